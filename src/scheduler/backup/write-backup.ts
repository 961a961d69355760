import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Readable, pipeline } from 'node:stream';
import { createGzip } from 'node:zlib';
import { writeFileAtomic } from '../../common/atomic-file.js';
import { packageVersion } from '../../common/package-version.js';
import { storeKeys } from '../core/keys.js';
import type { ReadableStore } from '../ports/store.js';
import type { KindCounts } from './kinds.js';
import { countKind } from './kinds.js';
import type { BackupHeader } from './format.js';
import { backupFormat, endLine, headerLine, recordLine, recordsEndLine, recordsLine } from './format.js';

/** Lines are written together up to so many bytes. */
const blockBytes = 64 << 10;

/** A backup holds what apps hold, secrets in their environment, too: nobody else may read it. */
const fileMode = 0o600;

/** Where a state comes from. */
export interface BackupSource {
  /** Holds still: nothing is written to it until the backup is done. */
  readonly store: ReadableStore;
  readonly epoch: number | undefined;
  readonly holder: string | undefined;
}

/** What was written. */
export interface WrittenBackup {
  readonly header: BackupHeader;
  readonly kinds: KindCounts;
}

async function headerOf({ store, epoch, holder }: BackupSource, nowMs: number): Promise<BackupHeader> {
  const frameworkId = await store.get(storeKeys.frameworkId);
  return {
    format: backupFormat,
    ekiden: packageVersion(),
    time: new Date(nowMs).toISOString(),
    epoch: epoch ?? null,
    holder: holder ?? null,
    frameworkId: typeof frameworkId === 'string' ? frameworkId : null,
  };
}

/** The lines of a backup with their line ends; one record is in memory at a time. */
async function* linesOf(
  store: ReadableStore,
  header: BackupHeader,
  kinds: Map<string, number>,
): AsyncGenerator<string> {
  const sum = createHash('sha256');
  const summed = (line: string): string => {
    sum.update(`${line}\n`);
    return `${line}\n`;
  };
  yield summed(headerLine(header));
  yield summed(recordsLine);
  let records = 0;
  let held: string | undefined;
  for await (const record of store.list('')) {
    if (held !== undefined) yield summed(`${held},`);
    held = recordLine(record);
    records++;
    countKind(kinds, record[0]);
  }
  if (held !== undefined) yield summed(held);
  yield summed(recordsEndLine);
  yield `${endLine(records, sum.digest('hex'))}\n`;
}

/** The same bytes in larger pieces. */
async function* blocksOf(lines: AsyncIterable<string>): AsyncGenerator<Buffer> {
  let block: string[] = [];
  let size = 0;
  for await (const line of lines) {
    block.push(line);
    size += line.length;
    if (size < blockBytes) continue;
    yield Buffer.from(block.join(''));
    block = [];
    size = 0;
  }
  yield Buffer.from(block.join(''));
}

/** Begins a backup: what it says of itself, and its bytes, which are made while they are read. */
async function beginBackup(
  source: BackupSource,
  nowMs: number,
): Promise<{ readonly written: WrittenBackup; readonly bytes: AsyncIterable<Buffer> }> {
  const kinds = new Map<string, number>();
  const header = await headerOf(source, nowMs);
  return { written: { header, kinds }, bytes: blocksOf(linesOf(source.store, header, kinds)) };
}

/**
 * Writes a backup to the file `path`, compressed when its name ends in `.gz`, readable for its owner alone. The file is there whole when
 * this resolves, on the disk, too; until then, and when it rejects, what was there before stays. The directory must exist.
 */
export async function writeBackupFile(path: string, source: BackupSource, nowMs: number): Promise<WrittenBackup> {
  const { written, bytes } = await beginBackup(source, nowMs);
  const content: AsyncIterable<Uint8Array> = path.endsWith('.gz')
    ? // An error of the source comes out of the other end
      pipeline(Readable.from(bytes), createGzip(), () => undefined)
    : bytes;
  await writeFileAtomic(path, content, fileMode);
  return written;
}

/** Writes a backup to a stream, as it is. */
export async function writeBackupStream(
  write: (bytes: Buffer) => Promise<void>,
  source: BackupSource,
  nowMs: number,
): Promise<WrittenBackup> {
  const { written, bytes } = await beginBackup(source, nowMs);
  for await (const block of bytes) await write(block);
  return written;
}

/** Rejects unless the directory of `path` is there: one that was misspelt is not made. */
export async function requireDirectory(path: string): Promise<void> {
  const directory = dirname(path);
  const found = await stat(directory).catch(() => undefined);
  if (found?.isDirectory() !== true) throw new Error(`there is no directory ${directory}`);
}
