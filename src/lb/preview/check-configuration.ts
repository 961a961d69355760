import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { ConfigProblem, HaproxyProgram } from '../apply/haproxy-program.js';
import { mapText } from '../apply/map-files.js';
import type { ConfigurationText } from '../render/configuration-text.js';

const timeoutMs = 10_000;

/** A file that a configuration names, as it would be. */
export interface NamedFile {
  readonly path: string;
  readonly text: string;
}

/**
 * Asks `haproxy -c` about a configuration that is not to be run: in a directory of its own below `directory`, with map files, and others that
 * it names (`files`), of its own. Undefined when it is fine, or there is no HAProxy to ask (`missing`).
 */
export async function checkConfiguration(
  program: HaproxyProgram,
  { directory, mapsDirectory }: { readonly directory: string; readonly mapsDirectory: string },
  { text, maps, files }: Pick<ConfigurationText, 'text' | 'maps'> & { readonly files: readonly NamedFile[] },
): Promise<ConfigProblem | undefined> {
  const scratch = await mkdtemp(join(directory, 'preview-'));
  try {
    const mapsInScratch = join(scratch, 'maps');
    await mkdir(mapsInScratch);
    for (const { path, entries } of maps) await writeFile(join(mapsInScratch, basename(path)), mapText(entries));
    let own = text.replaceAll(`${mapsDirectory}/`, `${mapsInScratch}/`);
    for (const { path, text: content } of files) {
      const copy = join(scratch, basename(path));
      await writeFile(copy, content, { mode: 0o600 });
      own = own.replaceAll(path, copy);
    }
    const file = join(scratch, 'haproxy.cfg');
    await writeFile(file, own, { mode: 0o600 });
    return await program.check(file, timeoutMs);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}
