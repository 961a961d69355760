import { spawn } from 'node:child_process';
import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { Parser } from 'tar';
import type { ReadEntry } from 'tar';
import { codeOf, messageOf } from '../../../common/errors.js';
import { watchChild } from './child-end.js';
import { FetchError } from './fetch-uri.js';
import type { SandboxWriter } from './sandbox-writer.js';

/** The system's programs for what Node cannot decompress. */
const decompressors = { 'tar.bz2': 'bzip2', 'tar.xz': 'xz' } as const;

async function writeEntry(entry: ReadEntry, writer: SandboxWriter): Promise<void> {
  const { path, linkpath = '', mode = 0o644 } = entry;
  switch (entry.type) {
    case 'File':
    case 'OldFile':
    case 'ContiguousFile':
      await writer.addFile(path, mode, entry as AsyncIterable<Uint8Array>);
      return;
    case 'Directory':
    case 'GNUDumpDir':
      await writer.addDirectory(path);
      break;
    case 'SymbolicLink':
      writer.addSymlink(path, linkpath);
      break;
    case 'Link':
      await writer.addHardLink(path, linkpath);
      break;
    default:
      writer.skip(path, `entries of type ${entry.type} are not extracted`);
  }
  entry.resume();
}

/** Feeds an uncompressed or gzipped tar stream to the writer, entry by entry. */
async function parse(input: Readable, writer: SandboxWriter): Promise<void> {
  let work: Promise<void> = Promise.resolve();
  await new Promise<void>((resolve, reject) => {
    const parser = new Parser({
      strict: true,
      // The bytes that come out are counted by the writer.
      maxDecompressionRatio: Infinity,
      onReadEntry: (entry) => {
        // One after the other: the parser brings the next one when this one's content is read, which is before it is done.
        work = work.then(() => writeEntry(entry, writer));
        work.catch(reject);
      },
    });
    parser.on('error', reject);
    parser.on('end', resolve);
    input.on('error', reject);
    input.pipe(parser);
  }).finally(() => input.destroy());
  await work;
}

/** Extracts a tar archive. Throws FetchError when it is damaged, too large, or the program that decompresses it is missing. */
export async function extractTar(
  path: string,
  kind: 'tar' | 'tar.gz' | 'tar.bz2' | 'tar.xz',
  writer: SandboxWriter,
  signal: AbortSignal,
): Promise<void> {
  if (kind === 'tar' || kind === 'tar.gz') {
    await parse(createReadStream(path, { signal }), writer);
    return;
  }
  const program = decompressors[kind];
  const child = spawn(program, ['-dc'], { stdio: ['pipe', 'pipe', 'pipe'], signal, killSignal: 'SIGKILL' });
  const { complaint, exit } = watchChild(child, (error) =>
    codeOf(error) === 'ENOENT'
      ? new FetchError(`the program '${program}', which extracts such archives, is not installed on the agent`)
      : error instanceof Error
        ? error
        : new Error(messageOf(error)),
  );
  const source = createReadStream(path, { signal });
  // The program may stop reading before the end; how it ended tells.
  child.stdin.on('error', () => undefined);
  source.on('error', (error) => child.stdout.destroy(error));
  source.pipe(child.stdin);
  try {
    const [parsed, exited] = await Promise.allSettled([parse(child.stdout, writer), exit]);
    if (exited.status === 'rejected') throw exited.reason;
    if (exited.value !== 0 && exited.value !== null) throw new FetchError(`${program}: ${complaint()}`);
    if (parsed.status === 'rejected') throw parsed.reason;
    if (exited.value === null) throw new FetchError(`${program} was ended by a signal`);
  } finally {
    source.destroy();
    child.kill('SIGKILL');
  }
}
