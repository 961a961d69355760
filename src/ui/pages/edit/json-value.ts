/** A JSON value. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [name: string]: Json;
}

/** Where something is in a JSON value: names of members and places in arrays, from the outside in. */
export type Path = readonly (string | number)[];

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isArray(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

/** A member; undefined when the value is no object or has none of that name. */
export function memberOf(value: Json | undefined, name: string): Json | undefined {
  return isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}

/** What is at a path; undefined when nothing is. */
export function valueAt(value: Json | undefined, path: Path): Json | undefined {
  let found = value;
  for (const part of path) {
    found = typeof part === 'string' ? memberOf(found, part) : isArray(found) ? found[part] : undefined;
  }
  return found;
}

function withMember(value: JsonObject, name: string, next: Json | undefined): JsonObject {
  if (next === undefined) return Object.fromEntries(Object.entries(value).filter(([other]) => other !== name));
  return { ...value, [name]: next };
}

function withElement(value: readonly Json[], index: number, next: Json | undefined): readonly Json[] {
  if (next === undefined) return value.filter((_, other) => other !== index);
  return index < value.length ? value.with(index, next) : [...value, next];
}

/**
 * The value with something else at a path, and nothing else different; `undefined` takes it away. What is missing on the way is made, and
 * what cannot have members gives way to what can. Elements after one that is taken away move up; one beyond the end is put at the end.
 */
export function withValue(value: Json | undefined, path: Path, next: Json | undefined): Json | undefined {
  const [part, ...rest] = path;
  if (part === undefined) return next;
  if (next === undefined && valueAt(value, path) === undefined) return value;
  if (typeof part === 'number') {
    const list = isArray(value) ? value : [];
    return withElement(list, part, withValue(list[part], rest, next));
  }
  const object = isObject(value) ? value : {};
  return withMember(object, part, withValue(memberOf(object, part), rest, next));
}

/** Whether two values are the same JSON, the order of members aside. */
export function equalJson(a: Json | undefined, b: Json | undefined): boolean {
  if (a === b) return true;
  if (isArray(a) && isArray(b)) return a.length === b.length && a.every((one, index) => equalJson(one, b[index]));
  if (!isObject(a) || !isObject(b)) return false;
  const names = Object.keys(a);
  return (
    names.length === Object.keys(b).length &&
    names.every((name) => Object.hasOwn(b, name) && equalJson(a[name], b[name]))
  );
}

/** The value as text, as it is shown and edited. */
export function jsonText(value: Json | undefined): string {
  return value === undefined ? '' : JSON.stringify(value, null, 2);
}

function sorted(value: Json): Json {
  if (isArray(value)) return value.map(sorted);
  if (!isObject(value)) return value;
  const entries = Object.entries(value).map(([name, member]): [string, Json] => [name, sorted(member)]);
  return Object.fromEntries(entries.sort(([a], [b]) => (a === 'id' ? -1 : b === 'id' ? 1 : a < b ? -1 : 1)));
}

/** The value as a text that is the same whatever the order of its members was: for comparing. `id` comes first, the others by name. */
export function canonicalText(value: Json | undefined): string {
  return value === undefined ? '' : jsonText(sorted(value));
}
