import type { TaskState, TaskStatus, Value } from '../../mesos/types.js';
import type { Framework, TaskRecord } from './state.js';

/** States that only frameworks with PARTITION_AWARE know; the others are told TASK_LOST. */
const partitionAwareStates: ReadonlySet<TaskState> = new Set<TaskState>([
  'TASK_DROPPED',
  'TASK_UNREACHABLE',
  'TASK_GONE',
  'TASK_GONE_BY_OPERATOR',
  'TASK_UNKNOWN',
]);

/**
 * A status that the master itself tells (`SOURCE_MASTER`): without uuid, so it is not acknowledged. The state is the one
 * that `framework` understands.
 */
export function masterStatus(
  framework: Framework,
  nowMs: number,
  what: { taskId: string; agentId: string | undefined; state: TaskState; message: string; reason: string },
): TaskStatus {
  const known = framework.capabilities.has('PARTITION_AWARE') || !partitionAwareStates.has(what.state);
  return {
    task_id: { value: what.taskId },
    state: known ? what.state : 'TASK_LOST',
    message: what.message,
    source: 'SOURCE_MASTER',
    reason: what.reason,
    ...(what.agentId === undefined ? {} : { agent_id: { value: what.agentId } }),
    timestamp: nowMs / 1000,
  };
}

/** The answer of RECONCILE for a task that is known: what the framework was told last, with the details of that status. */
export function latestStatus(framework: Framework, task: TaskRecord, nowMs: number): TaskStatus {
  const last = task.statuses.at(-1);
  return {
    ...masterStatus(framework, nowMs, {
      taskId: task.fixed.task_id.value,
      agentId: task.fixed.agent_id.value,
      state: task.statusUpdate?.state ?? task.state,
      message: 'Reconciliation: Latest task state',
      reason: 'REASON_RECONCILIATION',
    }),
    ...(last?.healthy === undefined ? {} : { healthy: last.healthy }),
    ...(last?.labels === undefined ? {} : { labels: last.labels }),
    ...(last?.container_status === undefined ? {} : { container_status: last.container_status }),
    ...(last?.check_status === undefined ? {} : { check_status: last.check_status }),
  };
}

/** The answer of RECONCILE and KILL for a task that is not known. `agentKnown`: the agent named is registered. */
export function unknownTaskStatus(
  framework: Framework,
  task: { readonly task_id: Value; readonly agent_id?: Value },
  agentKnown: boolean,
  nowMs: number,
): TaskStatus {
  return masterStatus(framework, nowMs, {
    taskId: task.task_id.value,
    agentId: task.agent_id?.value,
    state: agentKnown ? 'TASK_GONE' : 'TASK_UNKNOWN',
    message: `Reconciliation: Task is unknown${agentKnown ? ' to the agent' : ''}`,
    reason: 'REASON_RECONCILIATION',
  });
}

/** Appends a status to a task: it replaces the last one when that has the same state. `data` is not kept. */
export function recordStatus(task: TaskRecord, status: TaskStatus): void {
  const kept: TaskStatus & { data?: unknown } = { ...status };
  delete kept.data;
  if (task.statuses.at(-1)?.state === status.state) task.statuses.pop();
  task.statuses.push(kept);
}
