import { mkdir, open, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { StartupError } from './errors.js';
import { identifyProcess, isRunning } from './process-identity.js';
import type { ProcessIdentity } from './process-identity.js';
import { sleep } from './time.js';

/** What became of a claim: it is held until `release` or until this process is gone, or another process holds it. */
export type ClaimAnswer =
  | { readonly type: 'held'; readonly release: () => Promise<void> }
  | { readonly type: 'taken'; readonly by: ProcessIdentity }
  /** Others claim it at the same time, again and again, and none of them holds it. */
  | { readonly type: 'contested' };

const heldSuffix = '.held';
const maxAttempts = 100;

/**
 * Claims something for this process by a file in `directory`, which holds one empty file per claimant, named by its identity. Every
 * claimant first makes its file and then looks at all others: of two that start together the later to look sees the other, so that
 * never both go on. Whoever sees a running one that only claims steps back for a moment; one that holds is final. Files of processes
 * that are gone mean nothing, and may be removed by anybody: a process with the same identity never comes again. What this process
 * holds already it gets again. Throws StartupError where there is no /proc, and what the file system says.
 */
export async function claimDirectory(directory: string, random: () => number = Math.random): Promise<ClaimAnswer> {
  const self = identifyProcess(process.pid);
  if (self === undefined) throw new StartupError('cannot read /proc: Ekiden runs on Linux only');
  const name = nameOf(self);
  await mkdir(directory, { recursive: true });
  const release = async (): Promise<void> => {
    await rm(join(directory, `${name}${heldSuffix}`), { force: true });
    await rm(join(directory, name), { force: true });
  };

  for (let attempt = 0; attempt < maxAttempts; attempt++) {
    await touch(join(directory, name));
    const others = await runningOthers(directory, name);
    const holder = others.find((other) => other.held);
    if (others.length === 0) {
      // The first file stays: a reader that looks meanwhile must see at least one of the two.
      await touch(join(directory, `${name}${heldSuffix}`));
      return { type: 'held', release };
    }
    await release();
    if (holder !== undefined) return { type: 'taken', by: holder.identity };
    await sleep(20 + 80 * random());
  }
  return { type: 'contested' };
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
