/** One place where two JSON values differ. `from` absent: it is only in the new one; `to` absent: it is only in the old one. */
export interface JsonDifference {
  /** JSON Pointer (RFC 6901): `/env/HOME`, `/healthChecks/0/path`; the empty text is the whole value. */
  readonly path: string;
  readonly from?: unknown;
  readonly to?: unknown;
}

type Members = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function memberPath(path: string, name: string): string {
  return `${path}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

function* differences(path: string, from: unknown, to: unknown): Generator<JsonDifference> {
  if (from === to) return;
  if (from === undefined) yield { path, to };
  else if (to === undefined) yield { path, from };
  else if (Array.isArray(from) && Array.isArray(to)) {
    for (let i = 0; i < Math.max(from.length, to.length); i++) yield* differences(`${path}/${i}`, from[i], to[i]);
  } else if (isObject(from) && isObject(to)) {
    const own = (members: Members, name: string): unknown => (Object.hasOwn(members, name) ? members[name] : undefined);
    for (const name of new Set([...Object.keys(from), ...Object.keys(to)])) {
      yield* differences(memberPath(path, name), own(from, name), own(to, name));
    }
  } else yield { path, from, to };
}

/**
 * Where two JSON values differ, as deep down as possible, in the order of the old one. Elements of arrays are compared by their place;
 * members that are `undefined` are absent. Recursion goes as deep as the data.
 */
export function diffJson(from: unknown, to: unknown): JsonDifference[] {
  return [...differences('', from, to)];
}
