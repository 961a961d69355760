import { useRef } from 'preact/hooks';
import type { ComponentChildren } from 'preact';
import { countText } from '../../components/text.js';

export interface FormTab<T extends string> {
  readonly id: T;
  readonly text: string;
  /** How many errors are in it. */
  readonly errors: number;
}

/** Parts of one form, one of them shown; arrow keys, Home and End go between them. */
export function FormTabs<T extends string>({
  label,
  tabs,
  current,
  onChoose,
  children,
}: {
  readonly label: string;
  readonly tabs: readonly FormTab<T>[];
  readonly current: T;
  readonly onChoose: (id: T) => void;
  readonly children: ComponentChildren;
}) {
  const list = useRef<HTMLDivElement>(null);
  const pressed = (event: KeyboardEvent): void => {
    const at = tabs.findIndex(({ id }) => id === current);
    const to = {
      ArrowRight: (at + 1) % tabs.length,
      ArrowLeft: (at - 1 + tabs.length) % tabs.length,
      Home: 0,
      End: tabs.length - 1,
    }[event.key];
    const next = to === undefined ? undefined : tabs[to];
    if (next === undefined) return;
    event.preventDefault();
    onChoose(next.id);
    list.current?.querySelector<HTMLElement>(`#tab-${next.id}`)?.focus();
  };
  return (
    <div class="form-tabs">
      <div class="form-tab-list" role="tablist" aria-label={label} ref={list} onKeyDown={pressed}>
        {tabs.map(({ id, text, errors }) => (
          <button
            key={id}
            type="button"
            role="tab"
            id={`tab-${id}`}
            aria-selected={id === current}
            aria-controls="tab-panel"
            tabIndex={id === current ? 0 : -1}
            onClick={() => onChoose(id)}
          >
            {text}
            {errors === 0 ? null : (
              <>
                <span class="error-count" aria-hidden="true">
                  {errors}
                </span>
                <span class="hidden-text"> {countText(errors, 'error')}</span>
              </>
            )}
          </button>
        ))}
      </div>
      <div id="tab-panel" class="form-tab-panel" role="tabpanel" aria-labelledby={`tab-${current}`} tabIndex={-1}>
        {children}
      </div>
    </div>
  );
}
