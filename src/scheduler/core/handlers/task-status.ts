import type { Condition, Instance } from '../../model/instance.js';
import { isPod } from '../../model/run-spec.js';
import type { TaskStatusUpdate } from '../../model/task-status.js';
import { publishInstanceChanged } from '../instance-events.js';
import { instanceIdOf } from '../launch/launch-instance.js';
import { conditionOf } from '../recovery/condition-of.js';
import { delayAfterFailure } from '../recovery/launch-delay.js';
import { returnToken } from '../recovery/launch-tokens.js';
import { postponeLaunches } from '../recovery/postpone-launches.js';
import { awaitUnreachable } from '../recovery/unreachable.js';
import { definitionOf, runSpecOf } from '../state.js';
import { toTimestamp } from '../timestamps.js';
import type { Tx } from '../tx.js';

const active: ReadonlySet<Condition> = new Set([
  'Provisioned',
  'Staging',
  'Starting',
  'Running',
  'Killing',
  'Unreachable',
]);

/** Ends that slow down the next launch (marathon.md §11.1): everything that the task did by itself. */
const limitWorthy: ReadonlySet<Condition> = new Set(['Dropped', 'Error', 'Failed', 'Gone', 'Finished']);

/** Steps of a launch: the time of the delay counts from the last of them. */
const launchSteps: ReadonlySet<Condition> = new Set(['Staging', 'Starting', 'Running']);

/** Tasks that nobody knows are killed in these conditions; in the others a kill would only bring the same news again. */
const killedWhenUnknown: ReadonlySet<Condition> = new Set(['Staging', 'Starting', 'Running']);

/** Ends that are shown as `lastTaskFailure`. */
const failures: ReadonlySet<Condition> = new Set(['Failed', 'Error', 'Dropped', 'Gone', 'Unreachable']);

export function isActive(condition: Condition): boolean {
  return active.has(condition);
}

function publishStatus(tx: Tx, instance: Instance, status: TaskStatusUpdate): void {
  tx.publish({
    type: 'status_update_event',
    slaveId: instance.agentId,
    taskId: instance.taskId,
    taskStatus: status.state,
    message: status.message,
    appId: instance.appId,
    host: instance.host,
    ipAddresses: instance.ipAddresses,
    ports: instance.ports,
    version: instance.appVersion,
  });
}

/** The instance has ended: it is forgotten, and its app learns from it. */
function end(tx: Tx, instance: Instance, condition: Condition, status: TaskStatusUpdate): void {
  const ended: Instance = { ...instance, condition };
  tx.removeInstance(instance);
  const runSpec = runSpecOf(tx.state, instance.appId);
  if (runSpec !== undefined && !isPod(runSpec) && failures.has(condition)) {
    tx.setFailure(runSpec.id, {
      appId: runSpec.id,
      taskId: instance.taskId,
      state: status.state,
      message: status.message,
      host: instance.host,
      slaveId: instance.agentId,
      version: instance.appVersion,
      timestamp: tx.now,
    });
  }
  // An end that was asked for is no failure, and one of an old configuration says nothing about the new one.
  if (
    runSpec !== undefined &&
    instance.goal === 'Running' &&
    limitWorthy.has(condition) &&
    instance.appVersion >= runSpec.versionInfo.lastConfigChangeAt
  ) {
    tx.setDelay(runSpec.id, delayAfterFailure(runSpec, tx.state.delays.get(runSpec.id), tx.nowMs));
  }
  publishStatus(tx, ended, status);
  publishInstanceChanged(tx, ended);
}

function becameUnreachable(tx: Tx, instance: Instance, status: TaskStatusUpdate): void {
  const strategy = definitionOf(tx.state, instance)?.unreachableStrategy ?? 'disabled';
  // What was to end is not waited for: nobody knows when, or whether, its end will be confirmed.
  const givenUp = instance.goal === 'Decommissioned' || (strategy !== 'disabled' && strategy.expungeAfterSeconds === 0);
  if (givenUp) {
    end(tx, instance, 'Unreachable', status);
    return;
  }
  const inactiveNow = strategy !== 'disabled' && strategy.inactiveAfterSeconds === 0;
  const unreachable: Instance = {
    ...instance,
    condition: inactiveNow ? 'UnreachableInactive' : 'Unreachable',
    unreachableSince: tx.now,
  };
  tx.putInstance(unreachable);
  awaitUnreachable(tx, unreachable);
  publishStatus(tx, unreachable, status);
  publishInstanceChanged(tx, unreachable);
}

function unknownTask(tx: Tx, status: TaskStatusUpdate, condition: Condition): void {
  if (killedWhenUnknown.has(condition)) {
    // It may be a task of a former life of this scheduler: nobody asked for it any more, so it must not run.
    if (status.agentId !== undefined) tx.call({ type: 'kill', taskId: status.taskId, agentId: status.agentId });
    return;
  }
  if (isActive(condition)) return;
  const instanceId = instanceIdOf(status.taskId);
  tx.publish({ type: 'unknown_instance_terminated_event', instanceId, runSpecId: runSpecIdOf(instanceId), condition });
}

/** The id of the app or pod in an instance id, as far as it can be told (`_` stands for `/`). */
export function runSpecIdOf(instanceId: string): string {
  const at = instanceId.lastIndexOf('.instance-');
  return `/${(at < 0 ? instanceId : instanceId.slice(0, at)).replaceAll('_', '/')}`;
}

/** Whether the update tells something about the instance that is not known yet. */
function isNews(instance: Instance, condition: Condition, status: TaskStatusUpdate): boolean {
  if (condition !== instance.condition) return true;
  return status.ipAddresses.length > 0 && JSON.stringify(status.ipAddresses) !== JSON.stringify(instance.ipAddresses);
}

export function handleTaskStatus(tx: Tx, status: TaskStatusUpdate): void {
  if (status.uuid !== undefined && status.agentId !== undefined) {
    tx.call({ type: 'acknowledge', taskId: status.taskId, agentId: status.agentId, uuid: status.uuid });
  }
  const condition = conditionOf(status);
  const instance = tx.state.instances.get(instanceIdOf(status.taskId));
  if (instance?.taskId !== status.taskId) {
    unknownTask(tx, status, condition);
    return;
  }
  if (condition === 'Unreachable') {
    if (instance.unreachableSince === undefined) becameUnreachable(tx, instance, status);
    return;
  }
  if (!isActive(condition)) {
    end(tx, instance, condition, status);
    return;
  }
  if (!isNews(instance, condition, status)) return;
  const { unreachableSince, ...reachable } = instance;
  const changed: Instance = {
    ...reachable,
    condition,
    ...(status.ipAddresses.length > 0 ? { ipAddresses: status.ipAddresses } : {}),
    ...(condition === 'Running' && instance.startedAt === undefined
      ? { startedAt: status.timestampMs === undefined ? tx.now : toTimestamp(status.timestampMs) }
      : {}),
  };
  tx.putInstance(changed);
  if (instance.goal === 'Running') {
    const confirmed = condition === 'Running' || condition === 'Killing';
    tx.setDeadline(`instance:${instance.id}`, confirmed ? undefined : tx.nowMs + tx.settings.taskLaunchTimeoutMs);
  }
  publishStatus(tx, changed, status);
  // An address that became known is news of the task, not of the instance
  if (condition === instance.condition) return;
  if (launchSteps.has(condition)) postponeLaunches(tx, instance);
  // That of an app with health checks comes back when they succeed.
  const isUp = condition === 'Running' && instance.startedAt === undefined;
  if (isUp && definitionOf(tx.state, instance)?.healthChecks.length === 0) returnToken(tx);
  publishInstanceChanged(tx, changed);
}
