import { equalJson, isObject } from './json-value.js';
import type { Json, JsonObject } from './json-value.js';

/** One's own changes laid over those of somebody else. */
export interface Rebased {
  readonly value: Json | undefined;
  /** Where both have changed the same thing to something else; one's own is taken. Paths as `container.docker.image`. */
  readonly conflicts: readonly string[];
}

function merged(
  path: string,
  base: Json | undefined,
  mine: Json | undefined,
  theirs: Json | undefined,
  conflicts: string[],
): Json | undefined {
  if (equalJson(mine, base)) return theirs;
  if (equalJson(theirs, base) || equalJson(mine, theirs)) return mine;
  if (!isObject(mine) || !isObject(theirs)) {
    conflicts.push(path);
    return mine;
  }
  const from: JsonObject = isObject(base) ? base : {};
  const own = (object: JsonObject, name: string): Json | undefined =>
    Object.hasOwn(object, name) ? object[name] : undefined;
  const names = [...new Set([...Object.keys(mine), ...Object.keys(theirs)])];
  return Object.fromEntries(
    names.flatMap((name): [string, Json][] => {
      const inner = path === '' ? name : `${path}.${name}`;
      const value = merged(inner, own(from, name), own(mine, name), own(theirs, name), conflicts);
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

/** What becomes of `mine`, made of `base`, when `base` has become `theirs` meanwhile. Members are taken one by one, arrays as a whole. */
export function rebase(base: Json | undefined, mine: Json | undefined, theirs: Json | undefined): Rebased {
  const conflicts: string[] = [];
  return { value: merged('', base, mine, theirs, conflicts), conflicts };
}
