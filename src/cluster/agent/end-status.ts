import type { TaskStatus } from '../../mesos/types.js';
import type { ExecutorPart } from './executor-part.js';
import { terminalStatusOf } from './exit-status.js';
import type { ForcedEnding } from './task-checkpoint.js';
import type { Workload, WorkloadEnd } from './workload.js';

/** What is particular about one update. */
export type StatusPart = Pick<
  TaskStatus,
  'state' | 'message' | 'source' | 'reason' | 'container_status' | 'healthy' | 'check_status'
>;

/** The end of a task that never came to run, because it was not wanted any more. */
export const killedDuringLaunch: StatusPart = {
  state: 'TASK_KILLED',
  message: 'Killed before delivery to the executor',
  source: 'SOURCE_AGENT',
  reason: 'REASON_TASK_KILLED_DURING_LAUNCH',
};

/** The end of a task that could not be started. */
export function launchFailure(why: string): StatusPart {
  return {
    state: 'TASK_FAILED',
    message: `Failed to launch container: ${why}`,
    source: 'SOURCE_AGENT',
    reason: 'REASON_CONTAINER_LAUNCH_FAILED',
  };
}

/**
 * The last update of a task that ended like this. `ending` is present when it was made to end: with `forced` by this agent,
 * and for what reason.
 */
export function endStatus(
  end: WorkloadEnd,
  ending: { readonly forced: ForcedEnding | undefined } | undefined,
  executor: { readonly noun: Workload['noun']; readonly part: ExecutorPart },
): StatusPart {
  const wasKilled = ending !== undefined;
  switch (end.kind) {
    case 'lost':
      return {
        state: wasKilled ? 'TASK_KILLED' : 'TASK_FAILED',
        message: `Abnormal executor termination: ${end.why}`,
        source: 'SOURCE_AGENT',
        reason: 'REASON_EXECUTOR_TERMINATED',
      };
    case 'refused':
      return wasKilled ? killedDuringLaunch : launchFailure(end.why);
    case 'exited':
    case 'signaled': {
      const status = { ...terminalStatusOf(end, wasKilled, executor.noun), ...executor.part };
      const forced = ending?.forced;
      // What the agent ends for a limit ends without its executor.
      if (forced?.message !== undefined) return { ...status, ...forced, source: 'SOURCE_AGENT' };
      if (forced !== undefined) return { ...status, ...forced };
      if (wasKilled || end.limit === undefined) return status;
      return { ...status, ...end.limit, state: 'TASK_FAILED', source: 'SOURCE_AGENT' };
    }
  }
}
