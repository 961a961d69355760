const escapes: Readonly<Record<string, string>> = {
  '<': '\\u003c',
  '>': '\\u003e',
  '&': '\\u0026',
  '\\b': '\\u0008',
  '\\f': '\\u000c',
  '\u2028': '\\u2028',
  '\u2029': '\\u2029',
};

/** A text as Go's encoding/json writes it; half characters (lone surrogates) become U+FFFD, as when Go reads them. */
function goText(text: string): string {
  const written = JSON.stringify(text.replace(/\p{Surrogate}/gu, '\ufffd'));
  // A pair of characters that begins with a backslash, or one character: so no backslash is taken for the beginning of the next pair.
  return written.replace(/\\.|[<>&\u2028\u2029]/g, (found) => escapes[found] ?? found);
}

/** What Go's encoding/json can be given here. A Map is a map of Go's, an object a struct. */
export type GoValue =
  | string
  | number
  | boolean
  | null
  | readonly GoValue[]
  | ReadonlyMap<string, GoValue>
  | { readonly [key: string]: GoValue };

function isMap(value: object): value is ReadonlyMap<string, GoValue> {
  return value instanceof Map;
}

function isList(value: object): value is readonly GoValue[] {
  return Array.isArray(value);
}

const byBytes = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number =>
  Buffer.compare(Buffer.from(a), Buffer.from(b));

/**
 * JSON as Go's encoding/json writes it (before 1.22, with which Bamboo was built): without blanks, the keys of maps sorted by their
 * bytes, `<`, `>`, `&` and the line separators escaped.
 */
export function goJson(value: GoValue): string {
  if (typeof value === 'string') return goText(value);
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (isList(value)) return `[${value.map(goJson).join(',')}]`;
  const entries = isMap(value) ? [...value].sort(byBytes) : Object.entries(value);
  return `{${entries.map(([key, part]) => `${goText(key)}:${goJson(part)}`).join(',')}}`;
}
