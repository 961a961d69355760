import { useState } from 'preact/hooks';
import type { ComponentChildren } from 'preact';
import { Button } from '../../../components/button.js';
import { Field } from '../../../components/field.js';
import { equalJson, isArray, jsonText } from '../json-value.js';
import type { Json, Path } from '../json-value.js';
import { readJson } from '../read-json.js';
import { fieldText, typedNumber } from './form.js';
import type { Form } from './form.js';

interface FieldProps {
  readonly form: Form;
  readonly path: Path;
  readonly label: string;
  readonly hint?: ComponentChildren;
  /** What an empty field means. */
  readonly placeholder?: string;
}

/** A line of text; an empty one takes the value away. */
export function TextField({ form, path, label, hint, placeholder, readOnly }: FieldProps & { readOnly?: boolean }) {
  return (
    <Field label={label} hint={hint} errors={form.errorsAt(path)}>
      {(attributes) => (
        <input
          {...attributes}
          value={fieldText(form.valueAt(path))}
          placeholder={placeholder}
          readOnly={readOnly}
          spellcheck={false}
          autocomplete="off"
          onInput={(event) => form.set(path, event.currentTarget.value === '' ? undefined : event.currentTarget.value)}
        />
      )}
    </Field>
  );
}

/** Text of several lines. */
export function AreaField({ form, path, label, hint, placeholder, rows = 3 }: FieldProps & { readonly rows?: number }) {
  return (
    <Field label={label} hint={hint} errors={form.errorsAt(path)}>
      {(attributes) => (
        <textarea
          {...attributes}
          rows={rows}
          value={fieldText(form.valueAt(path))}
          placeholder={placeholder}
          spellcheck={false}
          onInput={(event) => form.set(path, event.currentTarget.value === '' ? undefined : event.currentTarget.value)}
        />
      )}
    </Field>
  );
}

/** A number; what is typed stays as it is typed while it means the same, and what is no number is kept for the errors to speak of. */
export function NumberField({ form, path, label, hint, placeholder }: FieldProps) {
  const value = form.valueAt(path);
  const [typed, setTyped] = useState(fieldText(value));
  const text = equalJson(typedNumber(typed) ?? null, value ?? null) ? typed : fieldText(value);
  return (
    <Field label={label} hint={hint} errors={form.errorsAt(path)}>
      {(attributes) => (
        <input
          {...attributes}
          class="number"
          inputMode="decimal"
          value={text}
          placeholder={placeholder}
          autocomplete="off"
          onInput={(event) => {
            setTyped(event.currentTarget.value);
            form.set(path, typedNumber(event.currentTarget.value));
          }}
        />
      )}
    </Field>
  );
}

/** Yes or no. */
export function FlagField({
  form,
  path,
  label,
  hint,
  byDefault = false,
}: FieldProps & { readonly byDefault?: boolean }) {
  const value = form.valueAt(path) ?? byDefault;
  const errors = form.errorsAt(path);
  return (
    <div class={errors.length === 0 ? 'field field-flag' : 'field field-flag field-wrong'}>
      <label class="row">
        <input
          type="checkbox"
          checked={value === true}
          aria-invalid={errors.length > 0}
          onChange={(event) => form.set(path, event.currentTarget.checked)}
        />
        <span>{label}</span>
      </label>
      <div class="field-more">
        <Errors texts={errors} />
        {hint === undefined ? null : <p class="field-hint">{hint}</p>}
      </div>
    </div>
  );
}

/** One of several words; `''` stands for the default. */
export function ChoiceField({
  form,
  path,
  label,
  hint,
  options,
}: FieldProps & { readonly options: readonly (readonly [value: string, text: string])[] }) {
  const value = fieldText(form.valueAt(path));
  const isKnown = options.some(([known]) => known === value);
  return (
    <Field label={label} hint={hint} errors={form.errorsAt(path)}>
      {(attributes) => (
        <select
          {...attributes}
          value={value}
          onChange={(event) => form.set(path, event.currentTarget.value === '' ? undefined : event.currentTarget.value)}
        >
          {isKnown ? null : <option value={value}>{value === '' ? '–' : value}</option>}
          {options.map(([known, text]) => (
            <option key={known} value={known}>
              {text}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

/** A part of the definition that has no fields of its own, as JSON. What is not JSON is kept as a text, for the errors to speak of. */
export function JsonField({ form, path, label, hint, placeholder, rows = 4 }: FieldProps & { readonly rows?: number }) {
  const value = form.valueAt(path);
  const meant = (text: string): Json | undefined => {
    if (text.trim() === '') return undefined;
    const read = readJson(text);
    return 'value' in read ? read.value : text;
  };
  const shown = typeof value === 'string' ? value : jsonText(value);
  const [typed, setTyped] = useState(shown);
  const text = equalJson(meant(typed) ?? null, value ?? null) ? typed : shown;
  const read = text.trim() === '' ? undefined : readJson(text);
  const mistakes =
    read !== undefined && 'mistake' in read
      ? [`Line ${read.mistake.line}, column ${read.mistake.column}: ${read.mistake.text}`]
      : [];
  return (
    <Field label={label} hint={hint} errors={[...mistakes, ...form.errorsAt(path)]}>
      {(attributes) => (
        <textarea
          {...attributes}
          rows={rows}
          value={text}
          placeholder={placeholder}
          spellcheck={false}
          onInput={(event) => {
            setTyped(event.currentTarget.value);
            form.set(path, meant(event.currentTarget.value));
          }}
        />
      )}
    </Field>
  );
}

/** What is wrong with something that is more than one field. */
export function Errors({ texts }: { readonly texts: readonly string[] }) {
  return (
    <>
      {texts.map((text) => (
        <p key={text} class="field-error" role="alert">
          {text}
        </p>
      ))}
    </>
  );
}

/** Several things of one kind, each in a box of its own that can be taken away. */
export function Items({
  form,
  path,
  name,
  title,
  fresh,
  add,
  children,
  empty,
}: {
  readonly form: Form;
  readonly path: Path;
  /** What one of them is: `Port`. */
  readonly name: string;
  readonly title?: (index: number) => ComponentChildren;
  /** A new one. */
  readonly fresh: Json;
  /** What the button says. */
  readonly add: string;
  readonly children: (path: Path, index: number) => ComponentChildren;
  readonly empty: ComponentChildren;
}) {
  const list = form.valueAt(path);
  const items = isArray(list) ? list : [];
  return (
    <div class="items">
      <Errors texts={form.errorsAt(path)} />
      {items.length === 0 ? <p class="muted">{empty}</p> : null}
      {items.map((_, index) => (
        <fieldset key={index} class="item">
          <legend>
            {name} {index + 1}
            {title === undefined ? null : <span class="muted"> {title(index)}</span>}
          </legend>
          <Errors texts={form.errorsAt([...path, index])} />
          {children([...path, index], index)}
          <div class="item-end">
            <Button
              small
              kind="plain"
              label={`Remove ${name.toLowerCase()} ${index + 1}`}
              onClick={() => form.set([...path, index], undefined)}
            >
              Remove
            </Button>
          </div>
        </fieldset>
      ))}
      <Button small onClick={() => form.set([...path, items.length], fresh)}>
        {add}
      </Button>
    </div>
  );
}

/** A list of texts, one in a line. */
export function TextList({
  form,
  path,
  label,
  hint,
  itemLabel,
  add = 'Add',
  placeholder,
}: FieldProps & { readonly itemLabel: string; readonly add?: string }) {
  const list = form.valueAt(path);
  const items = isArray(list) ? list : [];
  return (
    <fieldset class="texts">
      <legend>{label}</legend>
      {hint === undefined ? null : <p class="field-hint">{hint}</p>}
      <Errors texts={form.errorsAt(path)} />
      {items.map((value, index) => {
        const errors = form.errorsAt([...path, index]);
        return (
          <div key={index} class={errors.length === 0 ? 'text-line' : 'text-line field-wrong'}>
            <input
              aria-label={`${itemLabel} ${index + 1}`}
              aria-invalid={errors.length > 0}
              value={fieldText(value)}
              placeholder={placeholder}
              spellcheck={false}
              autocomplete="off"
              onInput={(event) => form.set([...path, index], event.currentTarget.value)}
            />
            <Button
              small
              kind="plain"
              label={`Remove ${itemLabel.toLowerCase()} ${index + 1}`}
              onClick={() => form.set(items.length === 1 ? path : [...path, index], undefined)}
            >
              Remove
            </Button>
            <Errors texts={errors} />
          </div>
        );
      })}
      <Button small onClick={() => form.set([...path, items.length], '')}>
        {add}
      </Button>
    </fieldset>
  );
}
