import type { Violation } from '../commands.js';

/** One error at one place of a definition; several at the same place are gathered into one `Violation`. */
export interface Problem {
  /** Marathon's notation (`/healthChecks(0)/path`); `''` is the definition itself. */
  readonly path: string;
  readonly error: string;
}

/** A definition with more broken places than this is answered with the first ones: an answer must not outgrow its question. */
export const maxViolations = 100;

export function problem(path: string, error: string): Problem {
  return { path, error };
}

/** The path of a member; names with other characters than letters, digits, `_`, `-` and `.` are quoted, as Marathon does. */
export function memberPath(path: string, name: string): string {
  return `${path}/${/^[\w.-]+$/.test(name) ? name : JSON.stringify(name)}`;
}

export function elementPath(path: string, index: number): string {
  return `${path}(${index})`;
}

/** Groups problems by path, in the order of their first appearance, equal texts once; at most `maxViolations` places. */
export function violationsOf(problems: Iterable<Problem>): readonly Violation[] {
  const byPath = new Map<string, Set<string>>();
  for (const { path, error } of problems) {
    const shown = path === '' ? '/' : path;
    const errors = byPath.get(shown);
    if (errors !== undefined) errors.add(error);
    else if (byPath.size < maxViolations) byPath.set(shown, new Set([error]));
    else break;
  }
  return [...byPath].map(([path, errors]) => ({ path, errors: [...errors] }));
}
