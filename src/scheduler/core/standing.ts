import type { Instance } from '../model/instance.js';
import { isConsideredHealthy } from './health.js';
import type { Standing } from './instance-tallies.js';
import { isReady } from './readiness.js';
import { isEnding, isParked } from './resident/phase.js';
import type { SchedulerState } from './state.js';

/**
 * What an instance counts as. It depends on the instance, on what is known of its health and readiness, and on the definition that it
 * runs, which never changes: whoever changes one of the others counts it anew.
 */
export function standingOf(state: SchedulerState, instance: Instance): Standing {
  const { goal, condition, reservation, unreachableSince } = instance;
  const parked = isParked(instance);
  const active = condition !== 'UnreachableInactive' && !parked;
  const kept = active && goal === 'Running';
  const healthy = kept && isConsideredHealthy(state, instance);
  return {
    ending: isEnding(instance),
    leaving: goal === 'Decommissioned',
    parked,
    active,
    kept,
    awaited: kept && reservation !== undefined && unreachableSince !== undefined,
    healthy,
    up: healthy && isReady(state, instance),
  };
}
