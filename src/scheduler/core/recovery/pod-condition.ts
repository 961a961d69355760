import type { Condition, ContainerTask } from '../../model/instance.js';

/**
 * Conditions of which the first that any container has is that of the whole instance (Marathon's order): what goes wrong with one
 * concerns all, it runs when the last container runs, and has finished when the last has finished.
 */
const decisive: readonly Condition[] = [
  'Error',
  'Failed',
  'Gone',
  'GoneByOperator',
  'Dropped',
  'Unreachable',
  'Killing',
  'Starting',
  'Staging',
  'Unknown',
  'Provisioned',
  'Running',
  'Finished',
  'Killed',
];

/** The condition of an instance of a pod, from those of its containers. */
export function podConditionOf(containers: readonly Pick<ContainerTask, 'condition'>[]): Condition {
  return decisive.find((condition) => containers.some((container) => container.condition === condition)) ?? 'Unknown';
}
