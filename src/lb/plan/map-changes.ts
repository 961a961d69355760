import type { MapFile } from '../compile/routing-model.js';
import type { RuntimeChange } from './runtime-change.js';

/** The entries that are different; null = it goes. */
export function entryDifference(
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): Map<string, string | null> {
  const different = new Map<string, string | null>();
  if (before === after) return different;
  for (const [key, value] of after) if (before.get(key) !== value) different.set(key, value);
  for (const key of before.keys()) if (!after.has(key)) different.set(key, null);
  return different;
}

/** What has to be told about the map files that a text reads; a template need not use all that there are. */
export function mapChanges(
  text: string,
  before: readonly MapFile[],
  after: readonly MapFile[],
): (RuntimeChange & { kind: 'change-map' })[] {
  const changes: (RuntimeChange & { kind: 'change-map' })[] = [];
  const old = new Map(before.map((map) => [map.path, map.entries]));
  for (const { path, entries } of after) {
    const different = entryDifference(old.get(path) ?? new Map<string, string>(), entries);
    if (different.size > 0 && text.includes(path)) changes.push({ kind: 'change-map', file: path, entries: different });
  }
  return changes;
}
