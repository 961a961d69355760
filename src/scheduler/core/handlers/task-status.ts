import { equalData } from '../../../common/equal.js';
import type { Condition, Instance } from '../../model/instance.js';
import type { TaskStatusUpdate } from '../../model/task-status.js';
import { hasHealthChecks } from '../health.js';
import { publishInstanceChanged, publishStatus } from '../instance-events.js';
import { hasTask, instanceIdOf } from '../launch/task-id.js';
import { conditionOf, isActive } from '../recovery/condition-of.js';
import { endInstance } from '../recovery/instance-end.js';
import { repeatKill } from '../recovery/kill.js';
import { forgetUnknownKill, killUnknown } from '../recovery/kill-queue.js';
import { returnToken } from '../recovery/launch-tokens.js';
import { postponeLaunches } from '../recovery/postpone-launches.js';
import { becameUnreachable } from '../recovery/unreachable.js';
import { definitionOf } from '../state.js';
import { toTimestamp } from '../timestamps.js';
import type { Tx } from '../tx.js';
import { takeAgentHealth } from './agent-health.js';
import { handleContainerStatus } from './container-status.js';

/** Steps of a launch: the time of the delay counts from the last of them. */
const launchSteps: ReadonlySet<Condition> = new Set(['Staging', 'Starting', 'Running']);

/** Tasks that nobody knows are killed in these conditions; in the others a kill would only bring the same news again. */
const killedWhenUnknown: ReadonlySet<Condition> = new Set(['Staging', 'Starting', 'Running']);

function unknownTask(tx: Tx, status: TaskStatusUpdate, condition: Condition): void {
  if (killedWhenUnknown.has(condition)) {
    // It may be a task of a former life of this scheduler: nobody asked for it any more, so it must not run.
    if (status.agentId !== undefined) killUnknown(tx, status.taskId, status.agentId);
    return;
  }
  if (isActive(condition)) return;
  forgetUnknownKill(tx, status.taskId);
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
  const wasLaunched = instance?.reservation === undefined || instance.reservation.launches > 0;
  if (instance === undefined || !wasLaunched || !hasTask(instance, status.taskId)) {
    unknownTask(tx, status, condition);
    return;
  }
  const { containers } = instance;
  if (containers !== undefined) {
    handleContainerStatus(tx, { ...instance, containers }, status, condition);
    return;
  }
  if (condition === 'Unreachable') {
    const isKnown = instance.unreachableSince !== undefined || instance.condition === 'Scheduled';
    if (!isKnown) becameUnreachable(tx, instance, status);
    return;
  }
  if (!isActive(condition)) {
    endInstance(tx, instance, condition, status);
    return;
  }
  if (isNews(instance, condition, status)) taskChanged(tx, instance, condition, status);
  if (condition !== 'Running') return;
  takeCheckResult(tx, tx.state.instances.get(instance.id) ?? instance, status);
  takeAgentHealth(tx, tx.state.instances.get(instance.id) ?? instance, status);
}

/** What the agent's check of the task says now; results are shown, and have no other effect. */
function takeCheckResult(tx: Tx, instance: Instance, { check }: TaskStatusUpdate): void {
  if (check === undefined || equalData(check.result, instance.checkResult)) return;
  const { checkResult, ...unchecked } = instance;
  tx.putInstance({ ...unchecked, ...(check.result === undefined ? {} : { checkResult: check.result }) });
}

/** The task is in another condition, or its address has become known. */
function taskChanged(tx: Tx, instance: Instance, condition: Condition, status: TaskStatusUpdate): void {
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
  // It was given up, and is back: what it was to do then holds
  const isBack = unreachableSince !== undefined || instance.condition === 'Scheduled';
  if (isBack && instance.goal !== 'Running') repeatKill(tx, changed);
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
  if (isUp && !hasHealthChecks(definitionOf(tx.state, instance))) returnToken(tx);
  publishInstanceChanged(tx, changed);
}
