import type { TaskInfo } from '../../mesos/types.js';
import { parseResources, scalarMilli } from '../resources.js';
import { allowanceOf } from './allowance.js';
import type { DiskWatch } from './limits/disk-watch.js';
import type { MemoryWatch } from './limits/memory-watch.js';
import type { ForcedEnding } from './task-checkpoint.js';

const bytesPerMib = 2 ** 20;
/** Mesos gives no task less. */
const minMemoryBytes = 32 * bytesPerMib;
/** The longest that a timer of Node.js waits. */
const maxTimerMs = 2 ** 31 - 1;

/** `mesos.v1.TaskInfo` with what only this agent reads. */
interface TimedTaskInfo extends TaskInfo {
  readonly max_completion_time?: { readonly nanoseconds: number };
}

/** The task that is kept to its limits. */
export interface LimitedTask {
  readonly info: TimedTaskInfo;
  readonly sandbox: string;
  /** When it began to be started. */
  readonly beganAtMs: number;
  /** An engine holds its containers to their memory itself. */
  readonly isProcess: boolean;
  readonly session: () => number | undefined;
}

/**
 * Keeps a task to its disk, its memory and its time: `bringToEnd` is called when it goes over one of them, without `graceMs`
 * when it is to be asked as usual. The result ends the watch.
 */
export function watchLimits(
  task: LimitedTask,
  watches: { readonly diskWatch: DiskWatch; readonly memoryWatch: MemoryWatch; readonly now: () => number },
  bringToEnd: (options: { graceMs?: number; ending: ForcedEnding }) => void,
): () => void {
  const { info } = task;
  const resources = parseResources(info.resources);
  const stops: (() => void)[] = [];
  const exceeds = (reason: string, message: string): void =>
    bringToEnd({ graceMs: 0, ending: { state: 'TASK_FAILED', reason, message } });

  // What a persistent volume holds is not in the sandbox.
  const elsewhere = parseResources(info.resources.filter(({ name, disk }) => name === 'disk' && disk !== undefined));
  const disk = (scalarMilli(resources, 'disk') - scalarMilli(elsewhere, 'disk')) / 1000;
  if (disk > 0) {
    const onExceeded = (used: number): void =>
      exceeds(
        'REASON_CONTAINER_LIMITATION_DISK',
        `Disk usage (${Math.ceil(used / bytesPerMib)}MB) exceeds quota (${disk}MB)`,
      );
    stops.push(watches.diskWatch.add({ directory: task.sandbox, limitBytes: disk * bytesPerMib, onExceeded }));
  }

  const { limit: mem } = allowanceOf(info, 'mem');
  if (mem > 0 && Number.isFinite(mem) && task.isProcess) {
    const onExceeded = (used: number): void =>
      exceeds(
        'REASON_CONTAINER_LIMITATION_MEMORY',
        `Memory limit exceeded: Requested: ${mem}MB Maximum Used: ${Math.ceil(used / bytesPerMib)}MB`,
      );
    const limitBytes = Math.max(minMemoryBytes, mem * bytesPerMib);
    stops.push(watches.memoryWatch.add({ session: task.session, limitBytes, onExceeded }));
  }

  const { nanoseconds } = info.max_completion_time ?? {};
  if (nanoseconds !== undefined) {
    const leftMs = task.beganAtMs + nanoseconds / 1e6 - watches.now();
    const ending: ForcedEnding = { state: 'TASK_FAILED', reason: 'REASON_MAX_COMPLETION_TIME_REACHED' };
    const timer = setTimeout(() => bringToEnd({ ending }), Math.min(Math.max(0, leftMs), maxTimerMs));
    stops.push(() => clearTimeout(timer));
  }
  return () => {
    for (const stop of stops) stop();
  };
}
