import { equalJson, isObject } from '../../edit/json-value.js';
import type { Json, JsonObject } from '../../edit/json-value.js';

const maxParts = 4;
const maxLength = 24;

function short(value: Json | undefined): string | undefined {
  if (value === undefined || typeof value === 'object') return undefined;
  const text = String(value);
  return text.length > maxLength ? undefined : text || '“”';
}

function partText(name: string, from: Json | undefined, to: Json | undefined): string {
  if (isObject(from) && isObject(to)) {
    const names = [...new Set([...Object.keys(from), ...Object.keys(to)])];
    const changed = names.filter((member) => !equalJson(from[member], to[member]));
    const shown = changed.slice(0, 3).join(', ');
    return `${name} (${shown}${changed.length > 3 ? ', …' : ''})`;
  }
  if (from === undefined) return `${name} added`;
  if (to === undefined) return `${name} removed`;
  const [before, after] = [short(from), short(to)];
  return before === undefined || after === undefined ? name : `${name} ${before} → ${after}`;
}

/** What is different between two versions of a definition, in a few words: `instances 2 → 3; env (LEVEL)`. No value of a map is told. */
export function changeWords(before: JsonObject, after: JsonObject): string {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  const changed = names.filter((name) => !equalJson(before[name], after[name]));
  if (changed.length === 0) return 'nothing: the same again';
  const parts = changed.slice(0, maxParts).map((name) => partText(name, before[name], after[name]));
  return `${parts.join('; ')}${changed.length > maxParts ? `; and ${changed.length - maxParts} more` : ''}`;
}
