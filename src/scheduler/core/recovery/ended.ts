import type { EndCause, EndedInstance } from '../../model/ended-instance.js';
import type { Condition, Instance } from '../../model/instance.js';
import type { TaskStatusUpdate } from '../../model/task-status.js';
import { runSpecOf } from '../state.js';
import type { Tx } from '../tx.js';

/** So many ends are remembered of each app and pod, the latest ones. */
export const maxEnded = 20;
/** What Mesos says may hold the output of a program. */
const maxMessageLength = 1000;

const lost: ReadonlySet<Condition> = new Set(['Dropped', 'Gone', 'GoneByOperator', 'Unknown']);

/** Why an instance ended that nobody here has ended. */
function ownCause(condition: Condition, status: Pick<TaskStatusUpdate, 'healthy' | 'message'>): EndCause {
  if (condition === 'Unreachable') return { type: 'unreachable' };
  if (lost.has(condition)) return { type: 'lost' };
  // The agent runs this health check, and kills the task when it has failed too often
  if (status.healthy === false) return { type: 'unhealthy', message: status.message.slice(0, maxMessageLength) };
  return { type: condition === 'Killed' ? 'killed' : 'exited' };
}

function remember(
  tx: Tx,
  instance: Instance,
  end: Pick<EndedInstance, 'cause' | 'condition' | 'state' | 'reason' | 'message'>,
): void {
  const { id, taskId, agentId, host, appId, appVersion, startedAt } = instance;
  tx.setKillCause(id, undefined);
  if (runSpecOf(tx.state, appId) === undefined) return;
  const ended: EndedInstance = {
    instanceId: id,
    taskId,
    agentId,
    host,
    version: appVersion,
    ...(startedAt === undefined ? {} : { startedAt }),
    endedAt: tx.now,
    ...end,
  };
  tx.setEnded(appId, [...(tx.state.ended.get(appId) ?? []), ended].slice(-maxEnded));
}

/** The last task of an instance has ended, as `status` tells; the reason why it was to end, if there was one, is the cause. */
export function recordEnd(tx: Tx, instance: Instance, condition: Condition, status: TaskStatusUpdate): void {
  const { state, reason, message } = status;
  remember(tx, instance, {
    cause: tx.state.killCauses.get(instance.id) ?? ownCause(condition, status),
    condition,
    state,
    ...(reason === undefined ? {} : { reason }),
    ...(message === '' ? {} : { message: message.slice(0, maxMessageLength) }),
  });
}

/** An instance is given up, and nobody saw its end. */
export function recordGivenUp(tx: Tx, instance: Instance, cause: EndCause): void {
  const { condition } = instance;
  remember(tx, instance, { cause: tx.state.killCauses.get(instance.id) ?? cause, condition });
}
