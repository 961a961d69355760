import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';

/** Where Debian keeps daemons; the PATH of ordinary users lacks them. */
const systemFolders = ['/usr/local/sbin', '/usr/sbin', '/sbin'];

/**
 * The absolute path of a program given by name (looked up in `path`, then in the folders of daemons) or by path;
 * undefined when there is none that may be run.
 */
export function findProgram(program: string, path: string): string | undefined {
  const candidates = program.includes('/')
    ? [resolve(program)]
    : [...path.split(delimiter), ...systemFolders].filter((f) => f !== '').map((folder) => join(folder, program));
  return candidates.find(isExecutableFile);
}

function isExecutableFile(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
