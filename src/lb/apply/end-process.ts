import { isRunning } from '../../common/process-identity.js';
import type { ProcessIdentity } from '../../common/process-identity.js';
import { sleep } from '../../common/time.js';

/** Sends a signal to exactly this process, if it still runs. */
export function signalProcess(identity: ProcessIdentity, signal: NodeJS.Signals): void {
  if (!isRunning(identity)) return;
  try {
    process.kill(identity.pid, signal);
  } catch {
    // It ended in this moment.
  }
}

async function endsWithin(identities: readonly ProcessIdentity[], withinMs: number): Promise<boolean> {
  const end = performance.now() + withinMs;
  while (identities.some(isRunning)) {
    if (performance.now() >= end) return false;
    await sleep(20);
  }
  return true;
}

/**
 * Ends HAProxy processes: first softly (SIGUSR1: what is being served is finished), then without that (SIGTERM), at last by
 * force. Takes about 4 s at most.
 */
export async function endProcesses(identities: readonly ProcessIdentity[]): Promise<void> {
  const steps = [
    ['SIGUSR1', 1_000],
    ['SIGTERM', 2_000],
    ['SIGKILL', 1_000],
  ] as const;
  for (const [signal, withinMs] of steps) {
    for (const identity of identities) signalProcess(identity, signal);
    if (await endsWithin(identities, withinMs)) return;
  }
}
