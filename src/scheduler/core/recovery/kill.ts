import type { KillCause } from '../../model/ended-instance.js';
import type { Instance } from '../../model/instance.js';
import { isPod } from '../../model/run-spec.js';
import { publishInstanceChanged } from '../instance-events.js';
import { liveContainersOf, liveTaskIdsOf } from '../launch/task-id.js';
import { definitionOf } from '../state.js';
import { toTimestamp } from '../timestamps.js';
import type { Tx } from '../tx.js';
import { drainTimeoutOf, isOfDeployment } from './drain.js';
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
 * Decides that an instance shall end for good, and leave its place if it has one. With `isPlanned` its KILL waits until the edges have
 * withdrawn it (design.md §3). One that is already to end is left to the retries; one
 * whose agent is lost is forgotten at once, because no deployment could wait for a confirmation that may never come, and so is one
 * without a task.
 */
export function decommission(tx: Tx, instance: Instance, cause: KillCause, isPlanned = isOfDeployment(cause)): void {
  if (instance.goal === 'Decommissioned') {
    if (!isPlanned) handleDrained(tx, instance.id);
    return;
  }
  if (instance.unreachableSince !== undefined || instance.condition === 'Scheduled') {
    abandon(tx, instance, cause);
    return;
  }
  tx.setKillCause(instance.id, cause);
  begin(tx, { ...instance, goal: 'Decommissioned' }, isPlanned);
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
export function retire(tx: Tx, instance: Instance, cause: KillCause, isPlanned = isOfDeployment(cause)): void {
  const { reservation } = instance;
  if (reservation === undefined || (reservation.launches === 0 && !reservation.isConfirmed)) {
    decommission(tx, instance, cause, isPlanned);
    return;
  }
  if (instance.goal !== 'Running') {
    if (!isPlanned) handleDrained(tx, instance.id);
    return;
  }
  const stopped: Instance = { ...instance, goal: 'Stopped' };
  if (instance.condition === 'Scheduled' || instance.unreachableSince !== undefined) {
    tx.putInstance(stopped);
    tx.setDeadline(`instance:${instance.id}`, undefined);
    return;
  }
  tx.setKillCause(instance.id, cause);
  begin(tx, stopped, isPlanned);
}

/** An instance that is to end is killed now, or when those who send something to it have stopped. */
function begin(tx: Tx, ending: Instance, isPlanned: boolean): void {
  const timeoutMs = isPlanned ? drainTimeoutOf(tx, ending) : 0;
  if (timeoutMs === 0) {
    repeatKill(tx, ending);
    return;
  }
  tx.putInstance({ ...ending, drainUntil: toTimestamp(tx.nowMs + timeoutMs) });
  tx.setDeadline(`instance:${ending.id}`, tx.nowMs + timeoutMs);
}

/** Nobody sends anything to an instance any more that is to end: what its KILL waited for. */
export function handleDrained(tx: Tx, instanceId: string): void {
  const instance = tx.state.instances.get(instanceId);
  if (instance?.drainUntil !== undefined && instance.unreachableSince === undefined) repeatKill(tx, instance);
}

/** Asks, or asks again, for the end of an instance that has not been confirmed. */
export function repeatKill(tx: Tx, instance: Instance): void {
  const { drainUntil, ...kept } = instance;
  const again: Instance = { ...kept, killRequestedAt: tx.now };
  tx.putInstance(again);
  queueKill(tx, again);
}
