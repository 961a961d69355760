import type { Instance } from '../../model/instance.js';

/** Whether the instance keeps its place and waits for a task to be launched there. */
export function isScheduled({ goal, condition }: Pick<Instance, 'goal' | 'condition'>): boolean {
  return goal === 'Running' && condition === 'Scheduled';
}

/**
 * Whether the instance was stopped and has ended, as far as anybody can wait for it: its place is kept, and may be taken up again. One
 * whose agent is lost may end whenever the agent comes back.
 */
export function isParked({ goal, condition, unreachableSince }: Instance): boolean {
  return goal === 'Stopped' && (condition === 'Scheduled' || unreachableSince !== undefined);
}

/** Whether the instance has been asked to end, and its end is waited for. */
export function isEnding(instance: Instance): boolean {
  return instance.goal !== 'Running' && !isParked(instance);
}
