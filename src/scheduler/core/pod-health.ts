import type { ContainerTask } from '../model/instance.js';
import type { PodDefinition } from '../model/pod-definition.js';

/** The containers whose health counts: those with a health check that have not done their work already. */
function checkedTasks(pod: PodDefinition, containers: readonly ContainerTask[]): readonly ContainerTask[] {
  const checked = new Set(pod.containers.flatMap(({ name, healthCheck }) => (healthCheck === undefined ? [] : [name])));
  return containers.filter(({ name, condition }) => checked.has(name) && condition !== 'Finished');
}

/** true: every health check succeeds; false: one does not; null: there are none, or one has no result yet. */
export function podHealthOf(pod: PodDefinition, containers: readonly ContainerTask[]): boolean | null {
  if (pod.containers.every(({ healthCheck }) => healthCheck === undefined)) return null;
  const results = checkedTasks(pod, containers).map(({ healthy }) => healthy);
  if (results.includes(false)) return false;
  return results.includes(undefined) ? null : true;
}

/** Whether every health check has succeeded at some time; what comes after does not change it. */
export function wasHealthy(pod: PodDefinition, containers: readonly ContainerTask[]): boolean {
  return checkedTasks(pod, containers).every(({ firstHealthyAt }) => firstHealthyAt !== undefined);
}
