import { isObject } from './json-value.js';
import type { Json, JsonObject } from './json-value.js';

/** A line of a form for an object: its name as typed, and its value. */
export interface KeyValue {
  readonly key: string;
  readonly value: Json;
}

/** The lines of an object. */
export function rowsOf(value: Json | undefined): readonly KeyValue[] {
  return isObject(value) ? Object.entries(value).map(([key, member]) => ({ key, value: member })) : [];
}

/** The object that lines make; of lines with the same name the last counts, those without a name and a text do not. */
export function objectOf(rows: readonly KeyValue[]): JsonObject {
  const filled = rows.filter(({ key, value }) => key !== '' || (typeof value === 'string' && value !== ''));
  return Object.fromEntries(filled.map(({ key, value }): [string, Json] => [key, value]));
}

/** Names that more than one line has. */
export function repeatedKeys(rows: readonly KeyValue[]): ReadonlySet<string> {
  const seen = new Set<string>();
  const repeated = new Set<string>();
  for (const { key } of rows) {
    if (key !== '' && seen.has(key)) repeated.add(key);
    seen.add(key);
  }
  return repeated;
}

/** Lines of `NAME=value`, as files of variables have them, one each; what is no such line is left out, `export` and quotes are taken off. */
export function pastedRows(text: string): readonly KeyValue[] {
  return text.split(/\r?\n/).flatMap((line): KeyValue[] => {
    const [, key, given] = /^\s*(?:export\s+)?([^\s=#][^\s=]*)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
    if (key === undefined || given === undefined) return [];
    const [, , inner] = /^(["'])(.*)\1$/.exec(given) ?? [];
    return [{ key, value: inner ?? given }];
  });
}
