import { createHash } from 'node:crypto';
import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { writeFileAtomic } from '../../common/atomic-file.js';
import { codeOf, messageOf } from '../../common/errors.js';
import type { KeptCluster } from './kept-cluster.js';
import { endLine, keptLines } from './kept-lines.js';
import type { KeptFor, KeptTimes } from './kept-lines.js';
import { readKept } from './read-kept.js';
import type { KeptReading } from './read-kept.js';

/** Names of tasks and addresses are nobody else's business. */
export const keptMode = 0o600;
/** Of a file: some hundred thousand tasks. */
export const maxKeptBytes = 256 << 20;
/** Characters that are made, and written, in one turn of the event loop: less than a millisecond of work. */
const sliceLength = 64 << 10;
/** What `writeFileAtomic` leaves behind when its process is killed, and how old it is when nobody can be writing it any more. */
const leftoverPattern = /^\.[0-9a-f]{12}\.tmp$/;
const leftoverAgeMs = 60_000;

/** What is written, with a turn of the event loop after each slice. Throws when it gets larger than `maxBytes`. */
export async function* slicesOf(lines: Iterable<string>, maxBytes: number): AsyncGenerator<Buffer, void, undefined> {
  const digest = createHash('sha256');
  let total = 0;
  let slice = '';
  const take = (): Buffer => {
    const bytes = Buffer.from(slice);
    slice = '';
    total += bytes.length;
    if (total > maxBytes) throw new Error(`it would be larger than ${maxBytes} bytes`);
    return bytes;
  };
  for (const line of lines) {
    slice += `${line}\n`;
    if (slice.length < sliceLength) continue;
    const bytes = take();
    digest.update(bytes);
    yield bytes;
    await nextTurn();
  }
  const last = take();
  digest.update(last);
  slice = `${endLine(digest.digest('hex'))}\n`;
  yield Buffer.concat([last, take()]);
}

/**
 * Replaces the file by the cluster, in slices between which the event loop turns; a crash at any instant leaves the old file or
 * the new one. Rejects with what the file system says, and when it would be larger than `maxBytes`.
 */
export async function saveKept(
  path: string,
  whose: KeptFor,
  times: KeptTimes,
  cluster: KeptCluster,
  maxBytes = maxKeptBytes,
): Promise<void> {
  await writeFileAtomic(path, slicesOf(keptLines(whose, times, cluster), maxBytes), keptMode);
}

/** Reads the file. Never rejects; `absent`: there is none. */
export async function loadKept(path: string): Promise<KeptReading | { readonly type: 'absent' }> {
  try {
    const found = await stat(path);
    if (!found.isFile()) return { type: 'unusable', reason: 'it is not a file' };
    if (found.size > maxKeptBytes) {
      return { type: 'unusable', reason: `it has ${found.size} bytes, at most ${maxKeptBytes} are read` };
    }
    return readKept(await readFile(path));
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return { type: 'absent' };
    return { type: 'unusable', reason: messageOf(error) };
  }
}

/** Removes what writers that were killed have left in the directory. Never rejects. */
export async function removeLeftovers(directory: string, nowMs: number): Promise<void> {
  try {
    for (const name of await readdir(directory)) {
      if (!leftoverPattern.test(name)) continue;
      const path = join(directory, name);
      if (nowMs - (await stat(path)).mtimeMs > leftoverAgeMs) await rm(path, { force: true });
    }
  } catch {
    // What cannot be listed or removed takes room, no more; the next save says what is wrong with the directory.
  }
}
