import type { Instance } from '../../model/instance.js';
import { publishInstanceChanged } from '../instance-events.js';
import { taskIdsOf } from '../launch/task-id.js';
import { appOf } from '../state.js';
import type { Tx } from '../tx.js';

/** Tells Mesos to end an instance's tasks, and remembers to ask again until its end is known. */
function sendKill(tx: Tx, instance: Instance): void {
  const gracePeriodSeconds = appOf(tx.state, instance)?.taskKillGracePeriodSeconds;
  for (const taskId of taskIdsOf(instance)) {
    tx.call({
      type: 'kill',
      taskId,
      agentId: instance.agentId,
      ...(gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds }),
    });
  }
  tx.setDeadline(`instance:${instance.id}`, tx.nowMs + tx.settings.killRetryTimeoutMs);
}

/** Forgets an instance whose end nobody can confirm. Should its task turn up again, it is unknown and therefore killed. */
export function abandon(tx: Tx, instance: Instance): void {
  tx.removeInstance(instance);
  // Marathon calls it Killed when it gives up an instance, though nobody saw its end
  publishInstanceChanged(tx, { ...instance, condition: 'Killed' });
}

/**
 * Decides that an instance shall end for good. One that is already to end is left to the retries; one whose agent is lost is
 * forgotten at once, because no deployment could wait for a confirmation that may never come.
 */
export function decommission(tx: Tx, instance: Instance): void {
  if (instance.goal === 'Decommissioned') return;
  if (instance.unreachableSince !== undefined) {
    abandon(tx, instance);
    return;
  }
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
