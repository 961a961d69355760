import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { ConfigProblem, HaproxyProgram } from '../apply/haproxy-program.js';
import { mapText } from '../apply/map-files.js';
import type { ConfigurationText } from '../render/configuration-text.js';

const timeoutMs = 10_000;

/**
 * Asks `haproxy -c` about a configuration that is not to be run: in a directory of its own below `directory`, with its own map files.
 * Undefined when it is fine, or there is no HAProxy to ask (`missing`).
 */
export async function checkConfiguration(
  program: HaproxyProgram,
  { directory, mapsDirectory }: { readonly directory: string; readonly mapsDirectory: string },
  { text, maps }: Pick<ConfigurationText, 'text' | 'maps'>,
): Promise<ConfigProblem | undefined> {
  const scratch = await mkdtemp(join(directory, 'preview-'));
  try {
    const mapsInScratch = join(scratch, 'maps');
    await mkdir(mapsInScratch);
    for (const { path, entries } of maps) await writeFile(join(mapsInScratch, basename(path)), mapText(entries));
    const file = join(scratch, 'haproxy.cfg');
    await writeFile(file, text.replaceAll(`${mapsDirectory}/`, `${mapsInScratch}/`), { mode: 0o600 });
    return await program.check(file, timeoutMs);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}
