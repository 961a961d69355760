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

/** What a status of the master's own says. */
export interface MasterStatusPart {
  readonly state: TaskState;
  readonly message: string;
  readonly reason: string;
}

/**
 * A status that the master itself tells (`SOURCE_MASTER`): without uuid, so it is not acknowledged. The state is the one
 * that `framework` understands.
 */
export function masterStatus(
  framework: Framework,
  nowMs: number,
  what: MasterStatusPart & { readonly taskId: string; readonly agentId: string | undefined },
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

/** A status of the master's own about a task that it knows. */
export function taskStatusFromMaster(
  framework: Framework,
  { fixed }: TaskRecord,
  nowMs: number,
  what: MasterStatusPart,
): TaskStatus {
  const status = masterStatus(framework, nowMs, {
    taskId: fixed.task_id.value,
    agentId: fixed.agent_id.value,
    ...what,
  });
  return fixed.executor_id === undefined ? status : { ...status, executor_id: fixed.executor_id };
}

/** The answer of RECONCILE for a task that is known: what the framework was told last, with the details of that status. */
export function latestStatus(framework: Framework, task: TaskRecord, nowMs: number): TaskStatus {
  const last = task.statuses.at(-1);
  return {
    ...taskStatusFromMaster(framework, task, nowMs, {
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

/** What a master knows of the agent of a task that it does not know. */
export type AgentFate =
  { readonly is: 'registered' | 'gone' | 'unknown' } | { readonly is: 'unreachable'; readonly sinceMs: number };

const unknownTasks = {
  registered: { state: 'TASK_GONE', message: 'Reconciliation: Task is unknown to the agent' },
  unreachable: { state: 'TASK_UNREACHABLE', message: 'Reconciliation: Task is unreachable' },
  gone: { state: 'TASK_GONE_BY_OPERATOR', message: 'Reconciliation: Task is gone' },
  unknown: { state: 'TASK_UNKNOWN', message: 'Reconciliation: Task is unknown' },
} as const satisfies Record<AgentFate['is'], Omit<MasterStatusPart, 'reason'>>;

/** When a task's agent stopped answering, as a status tells it. */
export function unreachableTime(sinceMs: number): Pick<TaskStatus, 'unreachable_time'> {
  return { unreachable_time: { nanoseconds: Math.round(sinceMs * 1e6) } };
}

/** The answer of RECONCILE and KILL for a task that is not known, or not to be reached. */
export function unknownTaskStatus(
  framework: Framework,
  task: { readonly task_id: Value; readonly agent_id?: Value },
  agent: AgentFate,
  nowMs: number,
): TaskStatus {
  const status = masterStatus(framework, nowMs, {
    taskId: task.task_id.value,
    agentId: task.agent_id?.value,
    ...unknownTasks[agent.is],
    reason: 'REASON_RECONCILIATION',
  });
  return agent.is === 'unreachable' ? { ...status, ...unreachableTime(agent.sinceMs) } : status;
}

/** Appends a status to a task: it replaces the last one when that has the same state. `data` is not kept. */
export function recordStatus(task: TaskRecord, status: TaskStatus): void {
  const kept: TaskStatus & { data?: unknown } = { ...status };
  delete kept.data;
  if (task.statuses.at(-1)?.state === status.state) task.statuses.pop();
  task.statuses.push(kept);
}
