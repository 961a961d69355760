import type { Condition } from '../../model/instance.js';
import type { TaskStatusUpdate } from '../../model/task-status.js';

const drainReasons: ReadonlySet<string | undefined> = new Set(['REASON_AGENT_DRAINING', 'REASON_SLAVE_DRAINING']);

/**
 * Whether a task was ended because its agent is being drained: nothing is to hold up its replacement then, so the delay of its app or pod is
 * forgotten (marathon.md §11.1).
 */
export function isDrained(condition: Condition, { reason }: Pick<TaskStatusUpdate, 'reason'>): boolean {
  return (condition === 'Killed' || condition === 'GoneByOperator') && drainReasons.has(reason);
}
