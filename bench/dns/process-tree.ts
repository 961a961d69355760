import { readdirSync, readFileSync } from 'node:fs';

function read(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return ''; // it has just ended
  }
}

function threadsOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/task`).map((thread) => `/proc/${pid}/task/${thread}`);
  } catch {
    return [];
  }
}

/** The processes that `pid` has started and that still run. */
export function childrenOf(pid: number): number[] {
  return threadsOf(pid).flatMap((thread) =>
    read(`${thread}/children`)
      .split(' ')
      .filter((text) => text !== '')
      .map(Number),
  );
}

/** `pid` and all that it has started, itself first. */
export function treeOf(pid: number): number[] {
  return [pid, ...childrenOf(pid).flatMap(treeOf)];
}

/** Time that these processes have been on a processor, all threads, in nanoseconds: exact, not sampled by the clock's tick. */
export function processorNs(pids: readonly number[]): number {
  return pids
    .flatMap(threadsOf)
    .reduce((sum, thread) => sum + Number(/^\d+/.exec(read(`${thread}/schedstat`))?.[0] ?? 0), 0);
}

/** Memory of one process that is in use (VmRSS), in MB. */
export function residentMb(pid: number): number {
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(read(`/proc/${pid}/status`))?.[1] ?? Number.NaN) / 1024;
}
