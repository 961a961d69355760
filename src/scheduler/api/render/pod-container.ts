import { isActive } from '../../core/recovery/condition-of.js';
import type { AssignedPort } from '../../core/wanted-ports.js';
import type { ContainerTask } from '../../model/instance.js';
import type { PodContainer, PodResources } from '../../model/pod-definition.js';
import { taskStateOf } from './task.js';

/** Resources as Marathon's API names them. */
export function renderResources({ cpus, memMib, diskMib, gpus }: PodResources): object {
  return { cpus, mem: memMib, disk: diskMib, gpus };
}

/** Whether a container holds its resources: Mesos knows of it, and it has not ended. */
function isLaunched({ condition }: ContainerTask): boolean {
  return condition !== 'Provisioned' && isActive(condition);
}

/** Whether a container that has come to run and has not ended fails its health check, or has not been heard of it: both count as unhealthy. */
export function isUnhealthy(task: ContainerTask, container: PodContainer | undefined): boolean {
  return hasHealth(task, container) && task.healthy !== true;
}

function hasHealth({ condition }: ContainerTask, container: PodContainer | undefined): boolean {
  const runs = condition === 'Running' || condition === 'Killing' || condition === 'Unreachable';
  return runs && container?.healthCheck !== undefined;
}

function conditionsOf(task: ContainerTask, container: PodContainer | undefined): readonly object[] {
  if (!hasHealth(task, container)) return [];
  return [
    {
      name: 'healthy',
      lastChanged: task.since,
      lastUpdated: task.since,
      value: String(task.healthy === true),
      reason: task.healthy === undefined ? 'health-unreported-by-mesos' : 'health-reported-by-mesos',
    },
  ];
}

/** Where the endpoints of a container are, while it has not ended. The one that its health check asks says how that goes. */
function endpointsOf(
  task: ContainerTask,
  container: PodContainer | undefined,
  ports: readonly AssignedPort[],
): readonly object[] {
  if (container === undefined || !isActive(task.condition)) return [];
  const checked = container.healthCheck?.http?.endpoint ?? container.healthCheck?.tcp?.endpoint;
  return container.endpoints.map(({ name }, i) => ({
    name,
    allocatedHostPort: ports[i]?.hostPort,
    healthy: name === checked ? task.healthy : undefined,
  }));
}

/** How a container ended (RAML's ContainerTerminationState); undefined while it has not. */
function terminationOf({ condition, exitCode, message }: ContainerTask): object | undefined {
  return isActive(condition) ? undefined : { exitCode, message };
}

/**
 * One container of an instance (RAML's ContainerStatus). `container` is its definition, undefined if that is not known any more; `ports`
 * those of its endpoints.
 */
export function renderContainerStatus(
  task: ContainerTask,
  container: PodContainer | undefined,
  ports: readonly AssignedPort[],
): object {
  return {
    name: task.name,
    status: taskStateOf(task.condition),
    statusSince: task.since,
    message: task.message,
    conditions: conditionsOf(task, container),
    containerId: task.taskId,
    endpoints: endpointsOf(task, container, ports),
    resources: container === undefined || !isLaunched(task) ? undefined : renderResources(container.resources),
    termination: terminationOf(task),
    lastUpdated: task.since,
    lastChanged: task.since,
  };
}

/** The same of an instance that is over (RAML's ContainerTerminationHistory). */
export function renderContainerTermination(task: ContainerTask): object {
  return {
    containerId: task.taskId,
    lastKnownState: taskStateOf(task.condition),
    termination: { exitCode: task.exitCode, message: task.message },
  };
}
