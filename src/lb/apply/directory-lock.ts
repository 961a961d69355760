import { readFile, rm } from 'node:fs/promises';
import { writeFileAtomic } from '../../common/atomic-file.js';
import { StartupError } from '../../common/errors.js';
import { identifyProcess, isRunning } from '../../common/process-identity.js';
import type { ProcessIdentity } from '../../common/process-identity.js';

/** Who has claimed the directory; undefined when nobody, or when that cannot be read. */
async function readHolder(lockFile: string): Promise<ProcessIdentity | undefined> {
  try {
    const holder = JSON.parse(await readFile(lockFile, 'utf8')) as ProcessIdentity | null;
    return holder === null ? undefined : holder;
  } catch {
    return undefined;
  }
}

/**
 * Claims a directory for this process: two load balancers on one would take HAProxy from each other. Throws StartupError when
 * another running process has it; the claim of a dead one counts for nothing. The returned function gives it back.
 */
export async function lockDirectory(lockFile: string): Promise<() => Promise<void>> {
  const holder = await readHolder(lockFile);
  if (holder !== undefined && holder.pid !== process.pid && isRunning(holder)) {
    throw new StartupError(
      `the load balancer of this work_dir runs already (process ${holder.pid}): stop it, or choose another with --work_dir`,
    );
  }
  await writeFileAtomic(lockFile, `${JSON.stringify(identifyProcess(process.pid))}\n`, 0o600);
  return () => rm(lockFile, { force: true });
}
