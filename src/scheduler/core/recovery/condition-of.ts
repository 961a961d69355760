import type { Condition } from '../../model/instance.js';
import type { TaskStatusUpdate } from '../../model/task-status.js';

const conditions: Readonly<Record<string, Condition>> = {
  TASK_STAGING: 'Staging',
  TASK_STARTING: 'Starting',
  TASK_RUNNING: 'Running',
  TASK_KILLING: 'Killing',
  TASK_FINISHED: 'Finished',
  TASK_FAILED: 'Failed',
  TASK_KILLED: 'Killed',
  TASK_ERROR: 'Error',
  TASK_DROPPED: 'Dropped',
  TASK_UNREACHABLE: 'Unreachable',
  TASK_GONE: 'Gone',
  TASK_GONE_BY_OPERATOR: 'GoneByOperator',
  TASK_UNKNOWN: 'Unknown',
};

const active: ReadonlySet<Condition> = new Set([
  'Provisioned',
  'Staging',
  'Starting',
  'Running',
  'Killing',
  'Unreachable',
]);

/** Whether a task in this condition has not ended. */
export function isActive(condition: Condition): boolean {
  return active.has(condition);
}

/** With these a lost task may come back: its agent is away, or the real reason is hidden behind the reconciliation that told us. */
const mayComeBack: ReadonlySet<string | undefined> = new Set([
  'REASON_RECONCILIATION',
  'REASON_AGENT_DISCONNECTED',
  'REASON_AGENT_REMOVED',
  'REASON_SLAVE_DISCONNECTED',
  'REASON_SLAVE_REMOVED',
]);

/** How Mesos begins the message about a task of which a registered agent, or the master, knows nothing. */
const unknownToMesos = 'Reconciliation: Task is unknown to the';

/** TASK_LOST is what masters say that do not tell the kinds of loss apart. */
function conditionOfLost({ reason, message }: Pick<TaskStatusUpdate, 'reason' | 'message'>): Condition {
  if (reason === 'REASON_TASK_UNKNOWN' || message.startsWith(unknownToMesos)) return 'Unknown';
  return mayComeBack.has(reason) ? 'Unreachable' : 'Gone';
}

/** Marathon's condition for a Mesos task state (marathon.md §11.3, §11.4). */
export function conditionOf(status: Pick<TaskStatusUpdate, 'state' | 'reason' | 'message'>): Condition {
  return status.state === 'TASK_LOST' ? conditionOfLost(status) : (conditions[status.state] ?? 'Unknown');
}
