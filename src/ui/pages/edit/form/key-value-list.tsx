import { useState } from 'preact/hooks';
import type { ComponentChildren } from 'preact';
import { Button } from '../../../components/button.js';
import { equalJson } from '../json-value.js';
import type { Json, Path } from '../json-value.js';
import { objectOf, pastedRows, repeatedKeys, rowsOf } from '../key-values.js';
import type { KeyValue } from '../key-values.js';
import type { Form } from './form.js';
import { fieldText } from './form.js';
import { Errors } from './inputs.js';

/**
 * Names and values, one pair in a line. Lines keep what is typed while it is no object yet: an empty name, the same name twice. Several
 * lines of `NAME=value` that are pasted into a name become a line each.
 */
export function KeyValueList({
  form,
  path,
  label,
  keyLabel,
  valueLabel = 'Value',
  add,
  keyPlaceholder,
  draw,
  fresh = '',
}: {
  readonly form: Form;
  readonly path: Path;
  readonly label: string;
  /** What a name is of: `Variable`. */
  readonly keyLabel: string;
  readonly valueLabel?: string;
  readonly add: string;
  readonly keyPlaceholder?: string;
  /** Draws the field of values that are no text; undefined: they are shown as texts. */
  readonly draw?: (value: Json, set: (value: Json) => void, label: string) => ComponentChildren | undefined;
  readonly fresh?: Json;
}) {
  const value = form.valueAt(path);
  const [typed, setTyped] = useState(rowsOf(value));
  const rows = equalJson(objectOf(typed), value ?? {}) ? typed : rowsOf(value);
  const repeated = repeatedKeys(rows);

  const apply = (next: readonly KeyValue[]): void => {
    setTyped(next);
    form.set(path, value === undefined && next.length === 0 ? undefined : objectOf(next));
  };
  const replace = (index: number, row: KeyValue): void => apply(rows.with(index, row));
  const paste = (event: ClipboardEvent, index: number): void => {
    const text = event.clipboardData?.getData('text/plain') ?? '';
    const pasted = pastedRows(text);
    if (pasted.length === 0 || (pasted.length === 1 && rows[index]?.key !== '')) return;
    event.preventDefault();
    apply([...rows.slice(0, index), ...pasted, ...rows.slice(index + 1)]);
  };

  return (
    <fieldset class="texts">
      <legend>{label}</legend>
      <Errors texts={form.errorsAt(path)} />
      {rows.map((row, index) => {
        const errors = [
          ...(repeated.has(row.key) ? [`There is another ${row.key}: the last one counts`] : []),
          ...form.errorsAt([...path, row.key]),
        ];
        const drawn = draw?.(
          row.value,
          (next) => replace(index, { ...row, value: next }),
          `${valueLabel} ${index + 1}`,
        );
        return (
          <div key={index} class={errors.length === 0 ? 'pair' : 'pair field-wrong'}>
            <input
              class="mono"
              aria-label={`${keyLabel} ${index + 1}`}
              aria-invalid={errors.length > 0}
              placeholder={keyPlaceholder}
              value={row.key}
              spellcheck={false}
              autocomplete="off"
              onPaste={(event) => paste(event, index)}
              onInput={(event) => replace(index, { ...row, key: event.currentTarget.value })}
            />
            {drawn ?? (
              <input
                class="mono"
                aria-label={`${valueLabel} ${index + 1}`}
                value={fieldText(row.value)}
                spellcheck={false}
                autocomplete="off"
                onInput={(event) => replace(index, { ...row, value: event.currentTarget.value })}
              />
            )}
            <Button
              small
              kind="plain"
              label={`Remove ${keyLabel.toLowerCase()} ${index + 1}`}
              onClick={() => apply(rows.filter((_, other) => other !== index))}
            >
              Remove
            </Button>
            <Errors texts={errors} />
          </div>
        );
      })}
      <Button small onClick={() => setTyped([...rows, { key: '', value: fresh }])}>
        {add}
      </Button>
    </fieldset>
  );
}
