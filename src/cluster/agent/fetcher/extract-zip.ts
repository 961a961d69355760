import { crc32 } from 'node:zlib';
import type { Entry, ZipFile } from 'yauzl';
import { getFileNameLowLevel, openPromise } from 'yauzl';
import { FetchError } from './fetch-uri.js';
import type { SandboxWriter } from './sandbox-writer.js';

const madeByUnix = 3;
const fileTypeMask = 0o170000;
const fileTypes = { directory: 0o040000, file: 0o100000, symlink: 0o120000 };
/** PATH_MAX: no longer link can be made. */
const maxLinkBytes = 4096;

/** The content of an entry, which must have the checksum that the archive gives. */
async function* contentOf(zip: ZipFile, entry: Entry, name: string, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  if (entry.isEncrypted()) throw new FetchError(`${JSON.stringify(name)} is encrypted`);
  if (!entry.canDecodeFileData()) {
    throw new FetchError(`${JSON.stringify(name)} is compressed by an unknown method (${entry.compressionMethod})`);
  }
  let checksum = 0;
  for await (const chunk of (await zip.openReadStreamPromise(entry)) as AsyncIterable<Buffer>) {
    signal.throwIfAborted();
    checksum = crc32(chunk, checksum);
    yield chunk;
  }
  if (checksum !== entry.crc32) throw new FetchError(`${JSON.stringify(name)} is damaged: its checksum is wrong`);
}

async function linkTarget(content: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of content) {
    size += chunk.length;
    if (size > maxLinkBytes) throw new FetchError(`a link of the archive is longer than ${maxLinkBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

async function writeEntry(zip: ZipFile, entry: Entry, writer: SandboxWriter, signal: AbortSignal): Promise<void> {
  // The decoded name, not yet checked: the writer does that, and skips what yauzl would fail the whole archive for.
  const name = getFileNameLowLevel(entry.generalPurposeBitFlag, entry.fileNameRaw, entry.extraFields, false);
  const mode = entry.versionMadeBy >>> 8 === madeByUnix ? entry.externalFileAttributes >>> 16 : 0;
  const type = mode & fileTypeMask;
  if (name.endsWith('/') || type === fileTypes.directory) {
    await writer.addDirectory(name);
  } else if (type === fileTypes.symlink) {
    writer.addSymlink(name, await linkTarget(contentOf(zip, entry, name, signal)));
  } else if (type === fileTypes.file || type === 0) {
    await writer.addFile(name, mode === 0 ? 0o644 : mode, contentOf(zip, entry, name, signal));
  } else writer.skip(name, 'it is neither a file nor a directory nor a symbolic link');
}

/** Extracts a zip archive. Throws when it is damaged, encrypted or too large. */
export async function extractZip(path: string, writer: SandboxWriter, signal: AbortSignal): Promise<void> {
  const zip = await openPromise(path, { decodeStrings: false, autoClose: false });
  try {
    for await (const entry of zip.eachEntry()) {
      signal.throwIfAborted();
      await writeEntry(zip, entry, writer, signal);
    }
  } finally {
    zip.close();
  }
}
