import { fieldName } from '../fields.js';
import type { FieldErrors } from '../fields.js';
import { valueAt, withValue } from '../json-value.js';
import type { Json, JsonObject, Path } from '../json-value.js';
import { readyForEdit, withoutOldForms } from '../old-forms.js';

/** What the fields of the form show and change: places of an app's definition. */
export interface Form {
  /** The app as the form shows it: without old forms. */
  readonly app: JsonObject;
  readonly isNew: boolean;
  /** Sets what is at a place; undefined takes it away. */
  readonly set: (path: Path, value: Json | undefined) => void;
  /** Changes several places at once. Given the app as it is, old forms included. */
  readonly change: (edit: (app: JsonObject) => JsonObject) => void;
  readonly valueAt: (path: Path) => Json | undefined;
  readonly errorsAt: (path: Path) => readonly string[];
}

/** The form of an app; `apply` puts another definition in its place. */
export function formOf(
  app: JsonObject,
  { errors, isNew, apply }: { errors: FieldErrors; isNew: boolean; apply: (app: JsonObject) => void },
): Form {
  const shown = withoutOldForms(app);
  return {
    app: shown,
    isNew,
    set: (path, value) => apply(withValue(readyForEdit(app, path), path, value) as JsonObject),
    change: (edit) => apply(edit(app)),
    valueAt: (path) => valueAt(shown, path),
    errorsAt: (path) => errors.byField.get(fieldName(path)) ?? [],
  };
}

/** What somebody has typed into a field for a number: a number where it is one, the text itself where it is not, nothing where it is empty. */
export function typedNumber(text: string): number | string | undefined {
  const trimmed = text.trim();
  if (trimmed === '') return undefined;
  const value = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(trimmed) ? Number(trimmed) : NaN;
  return Number.isFinite(value) ? value : trimmed;
}

/** A value as the text of its field. */
export function fieldText(value: Json | undefined): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
