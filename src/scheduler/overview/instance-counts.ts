import type { PathId } from '../../common/path-id.js';
import { instanceHealthOf } from '../core/health.js';
import type { SchedulerState } from '../core/state.js';
import type { Instance } from '../model/instance.js';
import type { InstanceCounts } from './types.js';

type Segment = 'healthy' | 'unhealthy' | 'unknown';

/** Running instances by what is known of their health. */
type BySegment = Record<Segment, number>;

const staged: ReadonlySet<Instance['condition']> = new Set(['Provisioned', 'Staging', 'Starting']);
/** An instance that is asked to end runs until it has. */
const running: ReadonlySet<Instance['condition']> = new Set(['Running', 'Killing']);

function segmentOf(state: SchedulerState, instance: Instance): Segment | undefined {
  if (instance.condition === 'Unreachable') return 'unknown';
  if (!running.has(instance.condition)) return undefined;
  const healthy = instanceHealthOf(state, instance);
  return healthy === null ? 'unknown' : healthy ? 'healthy' : 'unhealthy';
}

/** Takes up to `count` instances out of their segments; what is wrong is what is taken out last. Returns how many are left to be taken. */
function takeOut(from: BySegment, taken: BySegment, count: number): number {
  let left = count;
  for (const segment of ['healthy', 'unknown', 'unhealthy'] as const) {
    const some = Math.min(left, from[segment]);
    taken[segment] -= some;
    left -= some;
  }
  return left;
}

/** The instances of an app or pod. */
export interface CountedInstances {
  readonly counts: InstanceCounts;
  /** Running ones, those of too much included. */
  readonly running: number;
  /** Those that edges are to let go of before they are killed. */
  readonly draining: number;
}

/**
 * Counts the instances of an app or pod of which `wanted` are wanted. Where more run than that, as many as are too much count as over
 * capacity: first those that are to end. Places without a task, and instances that were given up as unreachable, are not there.
 */
export function countInstances(state: SchedulerState, id: PathId, wanted: number): CountedInstances {
  const kept: BySegment = { healthy: 0, unhealthy: 0, unknown: 0 };
  const leaving: BySegment = { healthy: 0, unhealthy: 0, unknown: 0 };
  let stagedCount = 0;
  let draining = 0;
  for (const instanceId of state.instancesOf.get(id) ?? []) {
    const instance = state.instances.get(instanceId);
    if (instance === undefined) continue;
    if (instance.drainUntil !== undefined) draining++;
    if (staged.has(instance.condition)) stagedCount++;
    const segment = segmentOf(state, instance);
    if (segment !== undefined) (instance.goal === 'Running' ? kept : leaving)[segment]++;
  }
  const all: BySegment = {
    healthy: kept.healthy + leaving.healthy,
    unhealthy: kept.unhealthy + leaving.unhealthy,
    unknown: kept.unknown + leaving.unknown,
  };
  const runningCount = all.healthy + all.unhealthy + all.unknown;
  const overCapacity = Math.max(0, runningCount - wanted);
  takeOut(kept, all, takeOut(leaving, all, overCapacity));
  return {
    counts: {
      healthy: all.healthy,
      unhealthy: all.unhealthy,
      unknown: all.unknown,
      staged: stagedCount,
      overCapacity,
      unscheduled: Math.max(0, wanted - runningCount - stagedCount),
    },
    running: runningCount,
    draining,
  };
}
