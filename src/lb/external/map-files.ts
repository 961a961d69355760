import { mkdir, readFile, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { writeFileAtomic } from '../../common/atomic-file.js';
import { codeOf } from '../../common/errors.js';
import { mapText } from '../apply/map-files.js';
import type { MapFile } from '../compile/routing-model.js';

/** Writes maps that are different from what is there, each in one step; returns what puts all of them back as they were. */
export async function replaceMaps(maps: readonly MapFile[]): Promise<() => Promise<void>> {
  const undo: (() => Promise<void>)[] = [];
  for (const map of maps) {
    const before = await readFile(map.path, 'utf8').catch((error: unknown) => {
      if (codeOf(error) === 'ENOENT') return undefined;
      throw error;
    });
    const text = mapText(map.entries);
    if (before === text) continue;
    await mkdir(dirname(map.path), { recursive: true });
    await writeFileAtomic(map.path, text, 0o644);
    undo.push(() => (before === undefined ? rm(map.path, { force: true }) : writeFileAtomic(map.path, before, 0o644)));
  }
  return async () => {
    for (const step of undo.reverse()) await step();
  };
}
