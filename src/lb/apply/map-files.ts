import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomic } from '../../common/atomic-file.js';
import type { MapFile } from '../compile/routing-model.js';

/** A map as HAProxy reads it: key and value on each line. */
export function mapText(entries: ReadonlyMap<string, string>): string {
  let text = '';
  for (const [key, value] of entries) text += `${key} ${value}\n`;
  return text;
}

/** The entries of such a text. */
export function parseMapText(text: string): Map<string, string> {
  const entries = new Map<string, string>();
  for (const line of text.split('\n')) {
    const match = /^(\S+)[ \t]+(\S+)/.exec(line);
    const [, key, value] = match ?? [];
    if (key !== undefined && value !== undefined && !key.startsWith('#')) entries.set(key, value);
  }
  return entries;
}

/** Writes the maps that are not `before` already: each whole or not at all. */
export async function writeMaps(maps: readonly MapFile[], before: readonly MapFile[]): Promise<void> {
  const known = new Map(before.map(({ path, entries }) => [path, entries]));
  for (const { path, entries } of maps) {
    if (known.get(path) !== entries) await writeFileAtomic(path, mapText(entries), 0o600, { sync: false });
  }
}

/** The maps of a directory; none when there is no such directory. */
export async function readMaps(directory: string): Promise<MapFile[]> {
  const names = await readdir(directory).catch(() => []);
  const maps: MapFile[] = [];
  for (const name of names.filter((n) => !n.startsWith('.')).sort()) {
    const path = join(directory, name);
    const text = await readFile(path, 'utf8').catch(() => undefined);
    if (text !== undefined) maps.push({ path, entries: parseMapText(text) });
  }
  return maps;
}
