import { randomBytes } from 'node:crypto';
import { mkdir, open, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/**
 * Replaces `path` by `content` so that a reader, or a crash at any instant, sees the old file or the new one, never a part:
 * a temporary file in the same directory, fsync, rename, fsync of the directory. Missing directories are made.
 * `sync: false` leaves out the fsyncs: it survives the death of the process, and of the machine only as whole file or old file
 * where the file system orders a rename after the data.
 */
export async function writeFileAtomic(
  path: string,
  content: string | Uint8Array | AsyncIterable<Uint8Array>,
  mode = 0o644,
  { sync = true }: { sync?: boolean } = {},
): Promise<void> {
  const directory = dirname(path);
  await mkdir(directory, { recursive: true });
  const temporary = join(directory, `.${randomBytes(6).toString('hex')}.tmp`);
  try {
    const file = await open(temporary, 'w', mode);
    try {
      await writeFile(file, content);
      if (sync) await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  if (!sync) return;
  const folder = await open(directory, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
