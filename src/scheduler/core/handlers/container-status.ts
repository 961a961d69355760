import { equalData } from '../../../common/equal.js';
import type { Timestamp } from '../../model/app-definition.js';
import type { Condition, ContainerTask, Instance } from '../../model/instance.js';
import { isPod } from '../../model/run-spec.js';
import type { TaskStatusUpdate } from '../../model/task-status.js';
import { publishInstanceChanged, publishStatus } from '../instance-events.js';
import { podHealthOf, wasHealthy } from '../pod-health.js';
import { isActive } from '../recovery/condition-of.js';
import { endInstance, slowDownLaunches } from '../recovery/instance-end.js';
import { awaitOwnEnd, repeatKill } from '../recovery/kill.js';
import { killUnknown } from '../recovery/kill-queue.js';
import { returnToken } from '../recovery/launch-tokens.js';
import { podConditionOf } from '../recovery/pod-condition.js';
import { postponeLaunches } from '../recovery/postpone-launches.js';
import { becameUnreachable } from '../recovery/unreachable.js';
import { definitionOf } from '../state.js';
import { toTimestamp } from '../timestamps.js';
import type { Tx } from '../tx.js';

/** An instance of a pod. */
type PodInstance = Instance & Required<Pick<Instance, 'containers'>>;

/** Steps of a launch: the time of the delay counts from the last of them. */
const launchSteps: ReadonlySet<Condition> = new Set(['Staging', 'Starting', 'Running']);

/** How Mesos' executors say it, for want of a field. */
const exitStatusPattern = /\bexited with status (\d{1,9})\b/;

function exitCodeOf({ state, message }: TaskStatusUpdate): number | undefined {
  const status = exitStatusPattern.exec(message)?.[1];
  if (status !== undefined) return Number(status);
  return state === 'TASK_FINISHED' ? 0 : undefined;
}

/** A container's record after an update; the same one when the update tells nothing new. */
function afterStatus(
  container: ContainerTask,
  status: TaskStatusUpdate,
  condition: Condition,
  now: Timestamp,
): ContainerTask {
  const at = status.timestampMs === undefined ? now : toTimestamp(status.timestampMs);
  const { healthy: lastHealthy, checkResult: lastCheckResult, message: lastMessage, ...kept } = container;
  const isChange = condition !== container.condition;
  const runs = condition === 'Running';
  const hasEnded = !isActive(condition);
  const message = isChange ? status.message : lastMessage;
  // An executor that is heard again repeats what it knows; one that ends a container does not speak of its health any more
  const healthy = hasEnded ? undefined : (status.healthy ?? lastHealthy);
  const checkResult = status.check === undefined ? lastCheckResult : status.check.result;
  const exitCode = hasEnded ? exitCodeOf(status) : undefined;
  const next: ContainerTask = {
    ...kept,
    condition,
    since: isChange ? at : container.since,
    ...(runs && container.startedAt === undefined ? { startedAt: at } : {}),
    ...(healthy === undefined ? {} : { healthy }),
    ...(healthy === true && container.firstHealthyAt === undefined ? { firstHealthyAt: at } : {}),
    ...(checkResult === undefined ? {} : { checkResult }),
    ...(message === undefined || message === '' ? {} : { message }),
    ...(exitCode === undefined ? {} : { exitCode }),
  };
  return equalData(next, container) ? container : next;
}

/** Whether an instance runs with all its containers and has been healthy, if it has health checks. */
function hasComeUp(tx: Tx, instance: PodInstance): boolean {
  const pod = definitionOf(tx.state, instance);
  return instance.startedAt !== undefined && (pod === undefined || !isPod(pod) || wasHealthy(pod, instance.containers));
}

function healthOf(tx: Tx, instance: PodInstance): boolean | null {
  const pod = definitionOf(tx.state, instance);
  return pod === undefined || !isPod(pod) ? null : podHealthOf(pod, instance.containers);
}

function publishHealth(tx: Tx, before: PodInstance, after: PodInstance): void {
  const healthy = healthOf(tx, after);
  if (healthy === healthOf(tx, before)) return;
  tx.publish({
    type: 'instance_health_changed_event',
    instanceId: after.id,
    runSpecId: after.appId,
    healthy,
    runSpecVersion: after.appVersion,
  });
}

/** All containers run, or have finished: the instance counts as started since the first of them was. */
function startOf({ containers }: PodInstance): Timestamp | undefined {
  const times = containers.flatMap(({ startedAt }) => startedAt ?? []);
  return times.length === 0 ? undefined : times.reduce((a, b) => (a < b ? a : b));
}

/** The instance with its containers as they are now. While one of them is unreachable, so is the instance. */
function withContainers(
  tx: Tx,
  instance: PodInstance,
  containers: readonly ContainerTask[],
  status: TaskStatusUpdate,
): PodInstance {
  const derived = podConditionOf(containers);
  const { unreachableSince, ...reachable } = instance;
  const isLost = unreachableSince !== undefined && containers.some(({ condition }) => condition === 'Unreachable');
  const condition = isLost ? instance.condition : derived;
  const next: PodInstance = { ...(isLost ? instance : reachable), condition, containers };
  const startedAt = next.startedAt ?? (condition === 'Running' ? (startOf(next) ?? tx.now) : undefined);
  return {
    ...next,
    ...(status.ipAddresses.length > 0 ? { ipAddresses: status.ipAddresses } : {}),
    ...(startedAt === undefined ? {} : { startedAt }),
  };
}

/** The whole instance is told of by one of its containers, and lives on. */
function takeChange(tx: Tx, before: PodInstance, after: PodInstance, status: TaskStatusUpdate, isNews: boolean): void {
  tx.putInstance(after);
  const { condition } = after;
  const isChange = condition !== before.condition;
  const isBack = before.unreachableSince !== undefined && after.unreachableSince === undefined;
  if (isBack && after.goal !== 'Running') repeatKill(tx, after);
  if (isChange && after.goal === 'Running') {
    const confirmed = condition === 'Running' || condition === 'Killing';
    tx.setDeadline(`instance:${after.id}`, confirmed ? undefined : tx.nowMs + tx.settings.taskLaunchTimeoutMs);
  }
  if (isNews) publishStatus(tx, after, status);
  publishHealth(tx, before, after);
  if (hasComeUp(tx, after) && !hasComeUp(tx, before)) returnToken(tx);
  if (!isChange) return;
  if (launchSteps.has(condition)) postponeLaunches(tx, after);
  publishInstanceChanged(tx, after);
}

/**
 * A status update of one container of a pod (marathon.md §11). Each container has a condition of its own, the instance that which decides.
 * A container that ends otherwise than by finishing ends the instance: Mesos' executor kills the others, and is asked to if it does not.
 * The instance is over when the last container is.
 */
export function handleContainerStatus(
  tx: Tx,
  instance: PodInstance,
  status: TaskStatusUpdate,
  condition: Condition,
): void {
  const known = instance.containers.find(({ taskId }) => taskId === status.taskId);
  if (known === undefined) return;
  // What has ended stays so, whatever is told of it again; what runs all the same keeps the place from being used
  if (!isActive(known.condition)) {
    if (instance.condition === 'Scheduled' && condition === 'Running') killUnknown(tx, known.taskId, instance.agentId);
    return;
  }
  const container = afterStatus(known, status, condition, tx.now);
  const containers = instance.containers.map((other) => (other === known ? container : other));
  if (condition === 'Unreachable') {
    if (container === known) return;
    if (instance.unreachableSince === undefined) becameUnreachable(tx, { ...instance, containers }, status);
    else takeChange(tx, instance, { ...instance, containers }, status, true);
    return;
  }
  const hasNewAddress = status.ipAddresses.length > 0 && !equalData(status.ipAddresses, instance.ipAddresses);
  if (container === known && !hasNewAddress) return;
  const after = withContainers(tx, instance, containers, status);
  if (containers.every((task) => !isActive(task.condition))) {
    endInstance(tx, { ...instance, containers }, podConditionOf(containers), status);
    return;
  }
  takeChange(tx, instance, after, status, condition !== known.condition || hasNewAddress);
  if (isActive(condition) || condition === 'Finished' || after.goal !== 'Running') return;
  slowDownLaunches(tx, after, condition);
  const { name: ended, message } = container;
  awaitOwnEnd(tx, tx.state.instances.get(after.id) ?? after, {
    type: 'containerEnded',
    container: ended,
    ...(message === undefined ? {} : { message }),
  });
}
