import type { Instance } from '../../model/instance.js';
import { definitionOf } from '../state.js';
import type { Tx } from '../tx.js';

/** Tells Mesos to end a task, and remembers to ask again until its end is known. */
function sendKill(tx: Tx, instance: Instance): void {
  const gracePeriodSeconds = definitionOf(tx.state, instance)?.taskKillGracePeriodSeconds;
  tx.call({
    type: 'kill',
    taskId: instance.taskId,
    agentId: instance.agentId,
    ...(gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds }),
  });
  // Where the agent is lost nobody hears: it is asked again when the agent is back, or the instance is forgotten in its time.
  if (instance.unreachableSince !== undefined) return;
  tx.setDeadline(`instance:${instance.id}`, tx.nowMs + tx.settings.killRetryTimeoutMs);
}

/** Decides that an instance shall end for good. An instance that is already to end is left to the retries. */
export function decommission(tx: Tx, instance: Instance): void {
  if (instance.goal === 'Decommissioned') return;
  const ending: Instance = { ...instance, goal: 'Decommissioned', killRequestedAt: tx.now };
  tx.putInstance(ending);
  sendKill(tx, ending);
}

/** Asks again for the end of an instance that has not been confirmed. */
export function repeatKill(tx: Tx, instance: Instance): void {
  const again: Instance = { ...instance, killRequestedAt: tx.now };
  tx.putInstance(again);
  sendKill(tx, again);
}
