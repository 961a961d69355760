import type { ContainerTask, Instance } from '../../model/instance.js';
import { isActive } from '../recovery/condition-of.js';

/** The name of an app's one task where a pod's tasks have that of their container. */
const appTask = '_app';

/** The id of a task of an instance (marathon.md §9.5): `container` is that of a pod; each relaunch of the instance is another incarnation. */
export function taskIdOf(instanceId: string, container = appTask, incarnation = 1): string {
  return `${instanceId}.${container}.${incarnation}`;
}

const taskIdPattern = /^(.+)\.[^.]+\.\d+$/;

/** The instance that a task id belongs to. An id that has not the form of a task id is taken for that of an instance. */
export function instanceIdOf(taskId: string): string {
  return taskIdPattern.exec(taskId)?.[1] ?? taskId;
}

/** Whether a task is the one of an app's instance, not one of the containers of a pod's. */
export function isAppTask(taskId: string): boolean {
  return /\.([^.]+)\.\d+$/.exec(taskId)?.[1] === appTask;
}

/** The executor of a pod's instance as Marathon calls it: `instance-<safe path>.<uuid>`. */
export function executorIdOf(instanceId: string): string {
  return instanceId.replace(/^(.*)\.instance-/, 'instance-$1.');
}

/** The ids of all tasks of an instance: one of an app, one for each container of a pod. */
export function taskIdsOf({ taskId, containers }: Pick<Instance, 'taskId' | 'containers'>): readonly string[] {
  return containers === undefined ? [taskId] : containers.map((container) => container.taskId);
}

/** The containers of a pod's instance that have not ended. */
export function liveContainersOf({ containers = [] }: Pick<Instance, 'containers'>): readonly ContainerTask[] {
  return containers.filter(({ condition }) => isActive(condition));
}

/** The ids of those tasks of an instance that have not ended: of a pod, some may have. */
export function liveTaskIdsOf(instance: Pick<Instance, 'taskId' | 'containers'>): readonly string[] {
  return instance.containers === undefined ? [instance.taskId] : liveContainersOf(instance).map(({ taskId }) => taskId);
}

/** Whether the task is one of the instance as it is now, not one of an earlier incarnation. */
export function hasTask(instance: Pick<Instance, 'taskId' | 'containers'>, taskId: string): boolean {
  return taskIdsOf(instance).includes(taskId);
}
