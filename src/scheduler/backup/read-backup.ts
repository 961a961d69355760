import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { pipeline } from 'node:stream';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { codeOf, messageOf } from '../../common/errors.js';
import { CorruptStateError, loadState } from '../core/load.js';
import { readRecords } from '../load-store.js';
import type { BackupHeader, BackupRecord } from './format.js';
import { backupFormat, recordsEndLine, recordsLine } from './format.js';
import { recordsInMemory } from './records-in-memory.js';
import { splitLines } from './split-lines.js';

/** A file cannot be restored from; nothing has been changed. The message names the file and says why. */
export class BackupError extends Error {
  override readonly name = 'BackupError';
}

/** A backup that was read to its end and found to be whole. */
export interface Backup {
  readonly header: BackupHeader;
  /** By key. */
  readonly records: readonly BackupRecord[];
}

/** A record is written at once, and was once part of a request: far above what the API takes. */
const maxLineBytes = 64 << 20;
/** All records are written at once, so they must fit into memory several times over; about 200,000 instances. In bytes, unpacked. */
const maxBytes = 400 << 20;

function isHeader(value: unknown): value is BackupHeader {
  if (typeof value !== 'object' || value === null) return false;
  const { ekiden, time, epoch, holder, frameworkId } = value as Partial<Record<keyof BackupHeader, unknown>>;
  return (
    typeof ekiden === 'string' &&
    typeof time === 'string' &&
    (epoch === null || typeof epoch === 'number') &&
    (holder === null || typeof holder === 'string') &&
    (frameworkId === null || typeof frameworkId === 'string')
  );
}

/** A line is not what it must be. */
class LineError extends Error {}

function parseHeader(line: string): BackupHeader {
  const match = /^\{"ekiden-state":(\{.*\}),$/.exec(line);
  if (match?.[1] === undefined) throw new LineError('this is not the beginning of a backup of Ekiden');
  const header = parsed(match[1]) as Partial<BackupHeader> | null;
  if (typeof header?.format === 'number' && header.format > backupFormat) {
    throw new LineError(
      `the backup has format ${header.format}, and this Ekiden knows ${backupFormat}: use Ekiden ${header.ekiden ?? ''}, which wrote it, or a later one`,
    );
  }
  if (header?.format !== backupFormat || !isHeader(header)) {
    throw new LineError('what the backup says of itself is not what Ekiden writes');
  }
  return header;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // The parser's message shows a part of the line, which may be a secret out of an app's environment
    throw new LineError('it is not JSON');
  }
}

/** A record, and whether another one follows. */
function parseRecord(line: string): { readonly record: BackupRecord; readonly isLast: boolean } {
  const keyText = /^"(?:[^"\\]|\\.)*"(?=:)/.exec(line)?.[0];
  if (keyText === undefined) throw new LineError('it is not a record: "key":value');
  const key = parsed(keyText) as string;
  if (key === '' || key.includes('\0')) throw new LineError(`${keyText} is not a key`);
  const isLast = !line.endsWith(',');
  const value = parsed(line.slice(keyText.length + 1, isLast ? undefined : -1));
  if (typeof value !== 'string' && (typeof value !== 'object' || value === null)) {
    throw new LineError(`the value of ${keyText} is neither an object nor text`);
  }
  return { record: [key, value], isLast };
}

function checkEnd(line: string, records: number, sha256: string): void {
  const match = /^("end":\{.*\})\}$/.exec(line);
  if (match?.[1] === undefined) throw new LineError('it is not the end of a backup');
  const { end } = parsed(`{${match[1]}}`) as { end: { readonly records?: unknown; readonly sha256?: unknown } };
  if (end.records !== records)
    throw new LineError(`there must be ${String(end.records)} records, and there are ${records}`);
  if (end.sha256 !== sha256) {
    throw new LineError('the lines before this one have another SHA-256 sum: the backup was damaged or changed');
  }
}

/** What the next line must be. */
type Expected = 'header' | 'records' | 'record' | 'recordsEnd' | 'end' | 'nothing';

async function parse(lines: AsyncIterable<Buffer>, onLine: (number: number) => void): Promise<Backup> {
  const utf8 = new TextDecoder('utf-8', { fatal: true });
  const sum = createHash('sha256');
  const records: BackupRecord[] = [];
  let header: BackupHeader | undefined;
  let expected: Expected = 'header';
  let number = 0;
  let bytes = 0;
  const textOf = (line: Buffer): string => {
    try {
      return utf8.decode(line);
    } catch {
      throw new LineError('it is not UTF-8');
    }
  };
  onLine(1);
  for await (const raw of lines) {
    onLine(++number);
    bytes += raw.length;
    if (bytes > maxBytes) throw new LineError(`the backup is larger than ${maxBytes} bytes, unpacked`);
    if (raw.at(-1) !== 10) throw new LineError('the line is cut off: the backup is not whole');
    const line = textOf(raw.subarray(0, -1));
    if (expected !== 'end' && expected !== 'nothing') sum.update(raw);
    switch (expected) {
      case 'header':
        header = parseHeader(line);
        expected = 'records';
        break;
      case 'records':
        if (line !== recordsLine) throw new LineError(`it must be ${recordsLine}`);
        expected = 'record';
        break;
      case 'record': {
        if (line === recordsEndLine && records.length === 0) {
          expected = 'end';
          break;
        }
        const { record, isLast } = parseRecord(line);
        const before = records.at(-1)?.[0];
        if (before === record[0]) throw new LineError(`the key ${JSON.stringify(before)} is there twice`);
        if (before !== undefined && before > record[0]) {
          throw new LineError(
            `the keys are not in order: ${JSON.stringify(record[0])} comes after ${JSON.stringify(before)}`,
          );
        }
        records.push(record);
        if (isLast) expected = 'recordsEnd';
        break;
      }
      case 'recordsEnd':
        if (line !== recordsEndLine) throw new LineError('a comma is missing before it, or it does not belong here');
        expected = 'end';
        break;
      case 'end':
        checkEnd(line, records.length, sum.digest('hex'));
        expected = 'nothing';
        break;
      case 'nothing':
        throw new LineError('nothing may follow the end');
    }
  }
  if (header === undefined || expected !== 'nothing') {
    onLine(number + 1);
    throw new LineError(number === 0 ? 'the file is empty' : 'the end is missing: the backup is not whole');
  }
  return { header, records };
}

/** What a scheduler could not start with is not restored. */
async function checkThatItLoads({ records }: Backup): Promise<void> {
  try {
    loadState(await readRecords(recordsInMemory(records)));
  } catch (error) {
    const why =
      error instanceof CorruptStateError ? messageOf(error) : `it is not what Ekiden stores (${messageOf(error)})`;
    throw new BackupError(`a scheduler could not start with it: ${why}`);
  }
}

/**
 * Reads a backup, compressed or not, and looks at all of it: that it is whole and unchanged, and that a scheduler could start with it.
 * Throws BackupError, with the number of the line that is wrong; nothing else for whatever the file may be.
 */
export async function readBackupFile(path: string): Promise<Backup> {
  let line: number | undefined;
  try {
    // Whoever names a pipe does not wait for somebody to write into it
    const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      if (!(await file.stat()).isFile()) throw new BackupError('it is not a file');
      const { buffer, bytesRead } = await file.read(Buffer.alloc(2), 0, 2, 0);
      const isPacked = bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b;
      const raw = file.createReadStream({ start: 0, autoClose: false });
      const chunks: Readable = isPacked ? pipeline(raw, createGunzip(), () => undefined) : raw;
      const backup = await parse(
        splitLines(chunks as AsyncIterable<Buffer>, maxLineBytes),
        (number) => (line = number),
      );
      line = undefined;
      await checkThatItLoads(backup);
      return backup;
    } finally {
      await file.close();
    }
  } catch (error) {
    const where = line === undefined ? path : `${path}, line ${line}`;
    const why = codeOf(error) === 'ENOENT' ? 'there is no such file' : messageOf(error);
    throw new BackupError(`${where}: ${why}`, { cause: error });
  }
}
