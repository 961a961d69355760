import { join } from 'node:path';
import { claimDirectory } from '../../common/directory-claim.js';
import type { ClaimAnswer } from '../../common/directory-claim.js';
import { codeOf, StartupError } from '../../common/errors.js';

/** A work_dir that is ours alone until `release`, or until this process is gone. */
export interface Claim {
  release(): Promise<void>;
}

/** Takes `workDir` for this process, by its `up.lock/`. Throws StartupError, naming the other one, when a running process has it. */
export async function claimWorkDir(workDir: string, random?: () => number): Promise<Claim> {
  let answer: ClaimAnswer;
  try {
    answer = await claimDirectory(join(workDir, 'up.lock'), random);
  } catch (error) {
    throw workDirError(workDir, error);
  }
  switch (answer.type) {
    case 'held':
      return { release: answer.release };
    case 'taken':
      throw new StartupError(
        `work_dir ${workDir} is in use by another ekiden up (pid ${answer.by.pid}): stop that one, or choose another with --work_dir`,
      );
    case 'contested':
      throw new StartupError(`work_dir ${workDir} is being claimed by others again and again: start again`);
  }
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
