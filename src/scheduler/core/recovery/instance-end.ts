import type { Condition, Instance } from '../../model/instance.js';
import { isPod } from '../../model/run-spec.js';
import type { TaskStatusUpdate } from '../../model/task-status.js';
import { publishInstanceChanged, publishStatus } from '../instance-events.js';
import { launchedDefinition } from '../deployment/launched-definition.js';
import { runSpecOf } from '../state.js';
import type { Tx } from '../tx.js';
import { isDrained } from './agent-drain.js';
import { delayAfterFailure } from './launch-delay.js';
import { recordEnd } from './ended.js';
import { recordTermination } from './termination.js';

/** Ends that slow down the next launch (marathon.md §11.1): everything that the task did by itself. */
const limitWorthy: ReadonlySet<Condition> = new Set(['Dropped', 'Error', 'Failed', 'Gone', 'Finished']);

/** Ends that are shown as `lastTaskFailure`. */
const failures: ReadonlySet<Condition> = new Set(['Failed', 'Error', 'Dropped', 'Gone', 'Unreachable']);

/**
 * An instance ended by itself, or begins to: the next launch waits. An end that was asked for is no failure, and one of an old
 * configuration says nothing about the new one.
 */
export function slowDownLaunches(tx: Tx, instance: Instance, condition: Condition): void {
  const runSpec = launchedDefinition(tx.state, instance.appId);
  if (runSpec === undefined || instance.goal !== 'Running' || !limitWorthy.has(condition)) return;
  // While a deployment has yet to come to the app, its old instances are replaced by their like
  if (instance.appVersion < runSpec.versionInfo.lastConfigChangeAt) return;
  tx.setDelay(runSpec.id, delayAfterFailure(runSpec, tx.state.delays.get(runSpec.id), tx.nowMs));
}

/**
 * Keeps the place of an instance whose task has ended; undefined when it has none, or is to leave it. An agent that its operator has
 * given up never comes back, nor does what was reserved there.
 */
function parkedAfter(instance: Instance, condition: Condition): Instance | undefined {
  const { unreachableSince, drainUntil, killRequestedAt, lastHealthy, checkResult, reservation, ...kept } = instance;
  if (reservation === undefined || instance.goal === 'Decommissioned' || condition === 'GoneByOperator')
    return undefined;
  return { ...kept, condition: 'Scheduled', reservation: { ...reservation, lastEnd: condition } };
}

/**
 * The task of an instance has ended: the instance is forgotten, or waits in its place if that is kept, and its app or pod learns from it.
 * `status` is the update that told of it.
 */
export function endInstance(tx: Tx, instance: Instance, condition: Condition, status: TaskStatusUpdate): void {
  const ended: Instance = { ...instance, condition };
  const parked = parkedAfter(instance, condition);
  if (parked === undefined) tx.removeInstance(instance);
  else {
    // Its end is known already
    if (instance.condition === 'Scheduled') return;
    tx.putInstance(parked);
    tx.setDeadline(`instance:${instance.id}`, undefined);
    tx.hopeForOffers(instance.role);
  }
  if (condition === 'GoneByOperator') tx.removeLeftover(instance.id);
  const runSpec = runSpecOf(tx.state, instance.appId);
  if (runSpec !== undefined && !isPod(runSpec) && failures.has(condition)) {
    tx.setFailure(runSpec.id, {
      appId: runSpec.id,
      taskId: status.taskId,
      state: status.state,
      message: status.message,
      host: instance.host,
      slaveId: instance.agentId,
      version: instance.appVersion,
      timestamp: tx.now,
    });
  }
  // The agent ended it because its health check failed: starting it again is the remedy
  if (status.healthy !== false) slowDownLaunches(tx, instance, condition);
  if (isDrained(condition, status)) tx.setDelay(instance.appId, undefined);
  recordTermination(tx, ended);
  recordEnd(tx, instance, condition, status);
  publishStatus(tx, ended, status);
  publishInstanceChanged(tx, ended);
  if (parked !== undefined) publishInstanceChanged(tx, parked);
}
