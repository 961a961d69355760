import { mkdir, open, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf, StartupError } from '../../common/errors.js';
import { identifyProcess, isRunning } from '../../common/process-identity.js';
import type { ProcessIdentity } from '../../common/process-identity.js';
import { sleep } from '../../common/time.js';

/** A work_dir that is ours alone until `release`, or until this process is gone. */
export interface Claim {
  release(): Promise<void>;
}

const heldSuffix = '.held';
const maxAttempts = 100;

/**
 * Takes `workDir` for this process. Throws StartupError, naming the other one, when a running process has it.
 *
 * `<workDir>/up.lock/` holds one empty file per claimant, named by its identity. Every claimant first makes its file and then
 * looks at all others: of two that start together the later to look sees the other, so that never both go on. Whoever sees a
 * running one that only claims steps back for a moment; one that holds is final. Files of processes that are gone mean nothing,
 * and may be removed by anybody: a process with the same identity never comes again.
 */
export async function claimWorkDir(workDir: string, random: () => number = Math.random): Promise<Claim> {
  const directory = join(workDir, 'up.lock');
  const self = identifyProcess(process.pid);
  if (self === undefined) throw new StartupError('cannot read /proc: Ekiden runs on Linux only');
  const name = nameOf(self);
  try {
    await mkdir(directory, { recursive: true });
  } catch (error) {
    throw workDirError(workDir, error);
  }
  const release = async (): Promise<void> => {
    await rm(join(directory, `${name}${heldSuffix}`), { force: true });
    await rm(join(directory, name), { force: true });
  };

  for (let attempt = 0; attempt < maxAttempts; attempt++) {
    try {
      await touch(join(directory, name));
    } catch (error) {
      throw workDirError(workDir, error);
    }
    const others = await runningOthers(directory, name);
    const holder = others.find((other) => other.held);
    if (others.length === 0) {
      // The first file stays: a reader that looks meanwhile must see at least one of the two.
      await touch(join(directory, `${name}${heldSuffix}`));
      return { release };
    }
    await release();
    if (holder !== undefined) {
      throw new StartupError(
        `work_dir ${workDir} is in use by another ekiden up (pid ${holder.identity.pid}): stop that one, or choose another with --work_dir`,
      );
    }
    await sleep(20 + 80 * random());
  }
  throw new StartupError(`work_dir ${workDir} is being claimed by others again and again: start again`);
}

interface Other {
  readonly identity: ProcessIdentity;
  readonly held: boolean;
}

/** All other claimants that run; files of those that are gone are removed. */
async function runningOthers(directory: string, ownName: string): Promise<Other[]> {
  const others: Other[] = [];
  for (const file of await readdir(directory)) {
    const held = file.endsWith(heldSuffix);
    const name = held ? file.slice(0, -heldSuffix.length) : file;
    const identity = identityOf(name);
    if (identity === undefined || name === ownName) continue;
    if (isRunning(identity)) others.push({ identity, held });
    else await rm(join(directory, file), { force: true });
  }
  return others;
}

async function touch(path: string): Promise<void> {
  const file = await open(path, 'a');
  await file.close();
}

function nameOf({ pid, startTime, bootId }: ProcessIdentity): string {
  return `${pid}_${startTime}_${bootId}`;
}

function identityOf(name: string): ProcessIdentity | undefined {
  const [, pid, startTime, bootId] = /^(\d+)_(\d+)_([0-9a-f-]*)$/.exec(name) ?? [];
  if (pid === undefined || startTime === undefined || bootId === undefined) return undefined;
  return { pid: Number(pid), startTime, bootId };
}

function workDirError(workDir: string, error: unknown): unknown {
  switch (codeOf(error)) {
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return new StartupError(`work_dir ${workDir} cannot be written to by this user: choose another with --work_dir`);
    case 'ENOTDIR':
    case 'EEXIST':
      return new StartupError(`work_dir ${workDir} is not a directory: choose another with --work_dir`);
    case 'ENOSPC':
      return new StartupError(`no space is left for work_dir ${workDir}: choose another with --work_dir`);
    default:
      return error;
  }
}
