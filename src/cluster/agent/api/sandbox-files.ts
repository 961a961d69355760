import type { Stats } from 'node:fs';
import { constants } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { lstat, open, readdir, readlink, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf } from '../../../common/errors.js';
import type { AgentLayout } from '../layout.js';
import { executorDirectory } from '../layout.js';
import { isSafeId } from '../../framework-info.js';

const virtualPath = /^\/frameworks\/([^/]+)\/executors\/([^/]+)\/runs\/([^/]+)(\/.*)?$/;

/** `/frameworks/…/runs/latest/…` as the path on disk; any other path as it is. */
export function physicalPath(path: string, layout: AgentLayout, agentId: string): string {
  const [, frameworkId = '', executorId = '', run = '', rest = ''] = virtualPath.exec(path) ?? [];
  if (!isSafeId(frameworkId) || !isSafeId(executorId) || !isSafeId(run)) return path;
  return join(executorDirectory(layout, agentId, frameworkId, executorId), 'runs', run) + rest;
}

/** Below the directory of all sandboxes, the one of a run of an executor. */
const runPattern = /^\/[^/]+\/frameworks\/[^/]+\/executors\/[^/]+\/runs\/[^/]+/;
const dotSegment = /\/\.{1,2}(?:\/|$)/;

/** The sandbox that a path on disk names something in; undefined: none of those below `sandboxes`. */
function sandboxNamed(sandboxes: string, path: string): string | undefined {
  if (!path.startsWith(`${sandboxes}/`)) return undefined;
  const rest = path.slice(sandboxes.length);
  const [run] = dotSegment.test(rest) ? [] : (runPattern.exec(rest) ?? []);
  return run === undefined ? undefined : sandboxes + run;
}

const isIn = (directory: string, path: string): boolean => path === directory || path.startsWith(`${directory}/`);

/**
 * Opens a sandbox, one of those below `sandboxes`, or a file or directory that truly lies in it; undefined when there is none, or it lies
 * elsewhere, be it in another sandbox: as in Mesos, the links of a task show nobody more than that task's own files. What was
 * opened is looked at, not the path to it: a task may swap directories of its sandbox for links at any moment.
 */
export async function openInSandbox(sandboxes: string, path: string): Promise<FileHandle | undefined> {
  const sandbox = path.includes('\0') ? undefined : sandboxNamed(sandboxes, path);
  if (sandbox === undefined) return undefined;
  let file: FileHandle;
  try {
    // Without O_NONBLOCK a FIFO would be waited for.
    file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'EACCES', 'ELOOP', 'ENXIO', 'ENAMETOOLONG', 'ENODEV'].includes(codeOf(error) ?? '')) {
      return undefined;
    }
    throw error;
  }
  try {
    const [real, realSandbox, realRoot] = await Promise.all([
      readlink(`/proc/self/fd/${file.fd}`),
      realpath(sandbox),
      realpath(sandboxes),
    ]);
    if (realSandbox !== realRoot && isIn(realRoot, realSandbox) && isIn(realSandbox, real)) return file;
  } catch {
    await file.close();
    return undefined;
  }
  await file.close();
  return undefined;
}

export interface FileInfo {
  readonly name: string;
  readonly stats: Stats;
}

/** More entries than these are not listed. */
const maxListed = 10_000;

/** What a directory holds, by name. Entries are described themselves, links are not followed. */
export async function listDirectory(directory: FileHandle): Promise<readonly FileInfo[]> {
  // By its descriptor: the path may lead elsewhere by now.
  const path = `/proc/self/fd/${directory.fd}`;
  const names = (await readdir(path)).sort().slice(0, maxListed);
  const infos: FileInfo[] = [];
  for (const name of names) {
    const stats = await lstat(join(path, name)).catch(() => undefined);
    if (stats !== undefined) infos.push({ name, stats });
  }
  return infos;
}

const typeLetters = new Map([
  [constants.S_IFDIR, 'd'],
  [constants.S_IFLNK, 'l'],
  [constants.S_IFIFO, 'p'],
  [constants.S_IFSOCK, 's'],
  [constants.S_IFCHR, 'c'],
  [constants.S_IFBLK, 'b'],
]);

/** A mode as ls(1) writes it: `drwxr-x---`. */
export function modeText(mode: number): string {
  const bits = [0o400, 0o200, 0o100, 0o040, 0o020, 0o010, 0o004, 0o002, 0o001];
  const letters = bits.map((bit, i) => ((mode & bit) === 0 ? '-' : ('rwx'[i % 3] as string)));
  const special = (bit: number, at: number, letter: string): void => {
    if ((mode & bit) !== 0) letters[at] = letters[at] === 'x' ? letter : letter.toUpperCase();
  };
  special(0o4000, 2, 's');
  special(0o2000, 5, 's');
  special(0o1000, 8, 't');
  return (typeLetters.get(mode & constants.S_IFMT) ?? '-') + letters.join('');
}
