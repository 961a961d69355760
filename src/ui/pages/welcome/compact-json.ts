import type { ExampleDefinition } from './examples.js';

/** What is shorter than this stands in one line. */
const lineLength = 48;

function written(value: unknown, indent: string): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const inner = `${indent}  `;
  const isList = Array.isArray(value);
  const parts = isList
    ? value.map((entry) => [undefined, entry] as const)
    : Object.entries(value).map(([key, entry]) => [key, entry as unknown] as const);
  const [open, close] = isList ? ['[', ']'] : ['{', '}'];
  const text = (key: string | undefined, entry: unknown, at: string): string =>
    `${key === undefined ? '' : `${JSON.stringify(key)}: `}${written(entry, at)}`;
  const line = parts.map(([key, entry]) => text(key, entry, '')).join(', ');
  if (indent !== '' && !line.includes('\n') && line.length <= lineLength) {
    return isList ? `[${line}]` : line === '' ? '{}' : `{ ${line} }`;
  }
  return `${open}\n${parts.map(([key, entry]) => inner + text(key, entry, inner)).join(',\n')}\n${indent}${close}`;
}

/** JSON for people: small lists and objects stand in one line. */
export function compactJson(definition: ExampleDefinition): string {
  return written(definition, '');
}
