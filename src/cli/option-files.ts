import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { codeOf, messageOf, UsageError } from '../common/errors.js';

/** What one file says of the option that it is named after. */
export interface OptionFile {
  readonly path: string;
  /** Its content without line breaks at the end; empty for a file `?name`, which is the bare flag. */
  readonly text: string;
}

const maxBytes = 64 << 10;
/** What editors and package managers leave behind. */
const leftBehind = /^\.|~$|\.(?:dpkg-\w+|rpm\w+|bak|orig|swp)$/;

/**
 * Reads a directory with one file for each option, named after it, as the Debian and RPM packages of Marathon did
 * (`/etc/marathon/conf/zk`, marathon.md §15.1): the files by option as it is spelled there. Throws UsageError for what cannot be read.
 */
export function readOptionFiles(directory: string): ReadonlyMap<string, OptionFile> {
  const files = new Map<string, OptionFile>();
  for (const entry of namesIn(directory)) {
    const path = join(directory, entry);
    const bare = entry.startsWith('?');
    if (leftBehind.test(entry)) continue;
    files.set(bare ? entry.slice(1) : entry, { path, text: bare ? '' : contentOf(path) });
  }
  return files;
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory).sort();
  } catch (error) {
    const why =
      codeOf(error) === 'ENOENT'
        ? 'does not exist'
        : codeOf(error) === 'ENOTDIR'
          ? 'is no directory'
          : messageOf(error);
    throw new UsageError(`--conf_dir: ${directory} ${why}`);
  }
}

function contentOf(path: string): string {
  try {
    const { size } = statSync(path);
    if (size > maxBytes) throw new UsageError(`${path} has ${size} bytes, an option has ${maxBytes} at most`);
    return readFileSync(path, 'utf8').replace(/[\r\n]+$/, '');
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`${path} cannot be read: ${messageOf(error)}`);
  }
}
