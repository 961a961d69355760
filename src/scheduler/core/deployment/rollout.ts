import type { Rollout } from '../../model/deployment.js';
import type { RunSpec } from '../../model/run-spec.js';

/**
 * The numbers of a rolling restart (marathon.md §8.3), fixed when it starts. `current` counts all instances, `old` those of
 * older versions, `healthy` those of either kind that are considered healthy, `freshReady` those of them that are new.
 */
export function startRollout(
  app: Pick<RunSpec, 'instances' | 'upgradeStrategy'>,
  now: {
    readonly current: number;
    readonly old: number;
    readonly healthy: number;
    readonly freshReady: number;
    readonly isResident?: boolean;
  },
): Rollout {
  const { instances: n, upgradeStrategy } = app;
  const minHealthy = Math.ceil(n * upgradeStrategy.minimumHealthCapacity);
  let maxCapacity = Math.floor(n * (1 + upgradeStrategy.maximumOverCapacity));
  let initialKills = Math.max(0, now.healthy - minHealthy);
  let keptHealthy = Math.min(minHealthy, now.healthy);
  // Nothing may be killed and nothing may be started: one instance more than allowed, or the rollout would never move. A resident is
  // replaced in its place, never beside it: there one fewer is healthy for a while.
  if (minHealthy === maxCapacity && maxCapacity <= now.healthy) {
    if (now.isResident === true) {
      initialKills = now.healthy - minHealthy + 1;
      keptHealthy -= 1;
    } else maxCapacity += 1;
  }
  if (n < now.current) initialKills = Math.max(now.current - n, initialKills);
  return {
    minHealthy,
    keptHealthy,
    maxCapacity,
    initialKills: Math.min(initialKills, now.old),
    oldInstances: now.old,
    readyAtStart: now.freshReady,
  };
}

/** The instances of a rolling restart as they are now. */
export interface RolloutProgress {
  /** Live old instances, those asked to end included. */
  readonly oldActive: number;
  /** Old instances that were not asked to end. */
  readonly oldKept: number;
  /** Those of `oldKept` that are not considered healthy. */
  readonly oldUnhealthy: number;
  /** Live new instances, those asked to end included. */
  readonly freshActive: number;
  /** New instances that were not asked to end. */
  readonly fresh: number;
  /** Those of `fresh` that are healthy and ready. */
  readonly freshReady: number;
  /** Those of `oldKept` and `fresh` that are considered healthy. */
  readonly healthy: number;
  readonly isResident?: boolean;
}

/** What a rollout may do now: how many old instances are to end, unhealthy ones first, and how many new ones are to be started. */
export function advanceRollout(
  n: number,
  rollout: Rollout,
  now: RolloutProgress,
): { readonly kills: number; readonly starts: number; readonly done: boolean } {
  const keep = Math.max(
    0,
    rollout.oldInstances - rollout.initialKills - Math.max(0, now.freshReady - rollout.readyAtStart),
  );
  // What fails meanwhile is not made worse: a healthy one ends only while enough others are healthy
  const mayEnd = now.oldUnhealthy + Math.max(0, now.healthy - rollout.keptHealthy);
  const kills = Math.min(Math.max(0, now.oldKept - keep), mayEnd);
  const starts = Math.max(0, Math.min(n - now.fresh, rollout.maxCapacity - now.oldActive - now.freshActive));
  const done = now.oldActive === 0 && now.freshReady >= n;
  // Too few are healthy for one to end, and there is no room for a new one. An unhealthy old instance makes room without any loss (Marathon
  // would wait until it recovers or ends by itself); if all have recovered, it goes on as if they had been healthy at the start.
  const waits = now.oldActive > now.oldKept || now.freshActive > now.freshReady;
  const isStuck = !done && !waits && kills === 0 && starts === 0;
  if (!isStuck) return { kills, starts, done };
  const mayMakeRoom = now.oldUnhealthy > 0 || now.healthy > rollout.minHealthy || now.isResident === true;
  return mayMakeRoom
    ? { kills: Math.min(1, now.oldKept), starts: 0, done }
    : { kills: 0, starts: Math.min(1, n - now.fresh), done };
}
