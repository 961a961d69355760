import { SettingError, shown } from './values.js';

/** The values of `{fields}` of marathon-lb's templates, by name. */
export type TemplateFields = Readonly<Record<string, string>>;

/**
 * Puts values into one line as Python's `str.format` does, in which marathon-lb's templates are written: `{name}` is the value,
 * `{{` and `}}` are braces. Throws SettingError for a field that is not known (attributes, indexes and formats among them) and
 * for a brace without its other half.
 */
export function formatLine(line: string, fields: TemplateFields): string {
  return line.replace(/\{\{|\}\}|\{([^{}]*)\}|[{}]/g, (found: string, name: string | undefined) => {
    if (found === '{{') return '{';
    if (found === '}}') return '}';
    if (name === undefined) throw new SettingError(`a ${found} has no other half; write ${found}${found} for a brace`);
    const value = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (value === undefined) {
      throw new SettingError(`the field ${shown(found)} is not known; known are ${Object.keys(fields).join(', ')}`);
    }
    return value;
  });
}
