import type { ExampleDefinition } from './examples.js';

/** What is not longer than this stands in one line. */
const lineLength = 40;

type Parts = readonly (readonly [key: string | undefined, value: unknown])[];

/** The elements of a list, the entries of an object; undefined: it has none. */
function partsOf(value: unknown): Parts | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  return Array.isArray(value) ? value.map((entry: unknown) => [undefined, entry] as const) : Object.entries(value);
}

function named(key: string | undefined, text: string): string {
  return key === undefined ? text : `${JSON.stringify(key)}: ${text}`;
}

function inLine(value: unknown): string {
  const parts = partsOf(value);
  if (parts === undefined) return JSON.stringify(value);
  const text = parts.map(([key, entry]) => named(key, inLine(entry))).join(', ');
  return Array.isArray(value) ? `[${text}]` : text === '' ? '{}' : `{ ${text} }`;
}

function inLines(value: unknown, indent: string): string {
  const inner = `${indent}  `;
  const lines = (partsOf(value) ?? []).map(([key, entry]) => {
    const line = inLine(entry);
    const isShort = partsOf(entry) === undefined || line.length <= lineLength;
    return inner + named(key, isShort ? line : inLines(entry, inner));
  });
  const [open, close] = Array.isArray(value) ? ['[', ']'] : ['{', '}'];
  return `${open}\n${lines.join(',\n')}\n${indent}${close}`;
}

/** JSON for people: small lists and objects stand in one line. */
export function compactJson(definition: ExampleDefinition): string {
  return inLines(definition, '');
}
