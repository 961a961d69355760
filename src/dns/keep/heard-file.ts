import { readFile } from 'node:fs/promises';
import { writeFileAtomic } from '../../common/atomic-file.js';
import { fieldsOf, numberOf } from '../source/read-json.js';
import { keptMode } from './cluster-file.js';
import type { KeptFor } from './kept-lines.js';

/**
 * When a master was last heard of, beside the file of the cluster: that one need not be written again and again while nothing
 * changes. It is written without waiting for the disk: what is lost with the machine is some precision.
 */
export async function saveHeard(path: string, { master, domain }: KeptFor, heardAtMs: number): Promise<void> {
  await writeFileAtomic(path, `${JSON.stringify({ master, domain, heardAtMs })}\n`, keptMode, { sync: false });
}

/** In milliseconds since 1970; undefined when the file is not there, not whole or about another cluster. */
export async function loadHeard(path: string, whose: KeptFor): Promise<number | undefined> {
  try {
    const { master, domain, heardAtMs } = fieldsOf(JSON.parse(await readFile(path, 'utf8')));
    return master === whose.master && domain === whose.domain ? numberOf(heardAtMs) : undefined;
  } catch {
    return undefined;
  }
}
