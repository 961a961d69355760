import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { identifyProcess } from '../../../src/common/process-identity.js';

export interface Leftover {
  readonly pid: number;
  readonly commandLine: string;
}

function read(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}

function workingDirectoryOf(pid: number): string {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return '';
  }
}

/** Every running process but this one that mentions `directory` in its command line or environment, or works below it. */
export function processesOf(directory: string): Leftover[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .flatMap((pid) => {
      if (pid === process.pid || identifyProcess(pid) === undefined) return [];
      const commandLine = read(`/proc/${pid}/cmdline`);
      const mentions =
        commandLine.includes(directory) ||
        read(`/proc/${pid}/environ`).includes(directory) ||
        workingDirectoryOf(pid).startsWith(directory);
      return mentions ? [{ pid, commandLine: commandLine.replaceAll('\0', ' ').trim() }] : [];
    });
}
