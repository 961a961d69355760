import type { KillCause } from '../../model/ended-instance.js';
import type { Instance } from '../../model/instance.js';
import { isPod } from '../../model/run-spec.js';
import { publishInstanceChanged } from '../instance-events.js';
import { liveContainersOf, liveTaskIdsOf } from '../launch/task-id.js';
import { definitionOf } from '../state.js';
import type { Tx } from '../tx.js';
import { recordGivenUp } from './ended.js';
import { recordTermination } from './termination.js';

/** The tasks of an instance that have not ended, with how long each may take to end if its definition says so. */
function endingTasks(
  tx: Tx,
  instance: Instance,
): readonly { taskId: string; gracePeriodSeconds: number | undefined }[] {
  const definition = definitionOf(tx.state, instance);
  if (definition === undefined || !isPod(definition)) {
    const gracePeriodSeconds = definition?.taskKillGracePeriodSeconds;
    return liveTaskIdsOf(instance).map((taskId) => ({ taskId, gracePeriodSeconds }));
  }
  return liveContainersOf(instance).map(({ name, taskId }) => ({
    taskId,
    gracePeriodSeconds: definition.containers.find((container) => container.name === name)?.lifecycle
      ?.killGracePeriodSeconds,
  }));
}

/** Has an instance's tasks ended when its turn comes (kill-queue.ts), and remembers to ask again until its end is known. */
function queueKill(tx: Tx, { id }: Instance): void {
  tx.setKillInFlight(id, undefined);
  tx.setKillWaiting(id, { kind: 'instance', instanceId: id });
  tx.setDeadline(`instance:${id}`, undefined);
}

/** Tells Mesos to end an instance's tasks. */
export function sendKill(tx: Tx, instance: Instance): void {
  for (const { taskId, gracePeriodSeconds } of endingTasks(tx, instance)) {
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
export function abandon(tx: Tx, instance: Instance, cause: KillCause): void {
  tx.removeInstance(instance);
  recordGivenUp(tx, instance, cause);
  recordTermination(tx, instance);
  // Marathon calls it Killed when it gives up an instance, though nobody saw its end
  publishInstanceChanged(tx, { ...instance, condition: 'Killed' });
}

/**
 * Decides that an instance shall end for good, and leave its place if it has one. One that is already to end is left to the retries; one
 * whose agent is lost is forgotten at once, because no deployment could wait for a confirmation that may never come, and so is one
 * without a task.
 */
export function decommission(tx: Tx, instance: Instance, cause: KillCause): void {
  if (instance.goal === 'Decommissioned') return;
  if (instance.unreachableSince !== undefined || instance.condition === 'Scheduled') {
    abandon(tx, instance, cause);
    return;
  }
  tx.setKillCause(instance.id, cause);
  const ending: Instance = { ...instance, goal: 'Decommissioned', killRequestedAt: tx.now };
  tx.putInstance(ending);
  queueKill(tx, ending);
}

/** An instance whose executor ends it by itself, as that of a pod does when one of its tasks fails: it is asked to only if it does not. */
export function awaitOwnEnd(tx: Tx, instance: Instance, cause: KillCause): void {
  if (instance.unreachableSince !== undefined) {
    retire(tx, instance, cause);
    return;
  }
  tx.setKillCause(instance.id, cause);
  tx.putInstance({ ...instance, goal: instance.reservation === undefined ? 'Decommissioned' : 'Stopped' });
  tx.setDeadline(`instance:${instance.id}`, tx.nowMs + tx.settings.killRetryTimeoutMs);
}

/**
 * Decides that an instance shall end, whose place is kept if it has one (marathon.md §8.3, §12): its data are there when it is taken up
 * again. One whose agent is lost is asked to end when the agent comes back.
 */
export function retire(tx: Tx, instance: Instance, cause: KillCause): void {
  const { reservation } = instance;
  if (reservation === undefined || (reservation.launches === 0 && !reservation.isConfirmed)) {
    decommission(tx, instance, cause);
    return;
  }
  if (instance.goal !== 'Running') return;
  const stopped: Instance = { ...instance, goal: 'Stopped' };
  if (instance.condition === 'Scheduled' || instance.unreachableSince !== undefined) {
    tx.putInstance(stopped);
    tx.setDeadline(`instance:${instance.id}`, undefined);
    return;
  }
  tx.setKillCause(instance.id, cause);
  const ending: Instance = { ...stopped, killRequestedAt: tx.now };
  tx.putInstance(ending);
  queueKill(tx, ending);
}

/** Asks again for the end of an instance that has not been confirmed. */
export function repeatKill(tx: Tx, instance: Instance): void {
  const again: Instance = { ...instance, killRequestedAt: tx.now };
  tx.putInstance(again);
  queueKill(tx, again);
}
