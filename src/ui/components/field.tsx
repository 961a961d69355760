import { useId } from 'preact/hooks';
import type { ComponentChildren } from 'preact';
import './field.css';

/**
 * A labelled input of a form with its hint and what is wrong with it. `children` draws the input and gives it `id`, `aria-describedby` and
 * `aria-invalid`.
 */
export function Field({
  label,
  hint,
  errors = [],
  children,
}: {
  readonly label: ComponentChildren;
  readonly hint?: ComponentChildren;
  readonly errors?: readonly string[];
  readonly children: (attributes: {
    readonly id: string;
    readonly 'aria-describedby': string | undefined;
    readonly 'aria-invalid': boolean;
  }) => ComponentChildren;
}) {
  const id = useId();
  const isWrong = errors.length > 0;
  const described = isWrong || hint !== undefined ? `${id}-more` : undefined;
  return (
    <div class={isWrong ? 'field field-wrong' : 'field'}>
      <label for={id}>{label}</label>
      {children({ id, 'aria-describedby': described, 'aria-invalid': isWrong })}
      {described === undefined ? null : (
        <div id={described} class="field-more">
          {errors.map((error) => (
            <p key={error} class="field-error" role="alert">
              {error}
            </p>
          ))}
          {hint === undefined ? null : <p class="field-hint">{hint}</p>}
        </div>
      )}
    </div>
  );
}
