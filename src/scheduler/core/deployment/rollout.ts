import type { Rollout } from '../../model/deployment.js';
import type { RunSpec } from '../../model/run-spec.js';

/**
 * The numbers of a rolling restart (marathon.md §8.3), fixed when it starts. `current` counts all instances, `old` those of
 * older versions, `healthy` those of either kind that are considered healthy, `freshReady` those of them that are new.
 */
export function startRollout(
  app: Pick<RunSpec, 'instances' | 'upgradeStrategy'>,
  now: { readonly current: number; readonly old: number; readonly healthy: number; readonly freshReady: number },
): Rollout & { readonly minHealthy: number } {
  const { instances: n, upgradeStrategy } = app;
  const minHealthy = Math.ceil(n * upgradeStrategy.minimumHealthCapacity);
  let maxCapacity = Math.floor(n * (1 + upgradeStrategy.maximumOverCapacity));
  let initialKills = Math.max(0, now.healthy - minHealthy);
  // Nothing may be killed and nothing may be started: one instance more than allowed, or the rollout would never move.
  if (minHealthy === maxCapacity && maxCapacity <= now.healthy) maxCapacity += 1;
  if (n < now.current) initialKills = Math.max(now.current - n, initialKills);
  return {
    minHealthy,
    maxCapacity,
    initialKills: Math.min(initialKills, now.old),
    oldInstances: now.old,
    readyAtStart: now.freshReady,
  };
}

/**
 * What a rollout may do now. `old` are live old instances (to be killed or not confirmed dead: `oldActive` counts both,
 * `oldKept` only those not asked to end), `fresh` the live new ones, `freshReady` those healthy and ready.
 */
export function advanceRollout(
  n: number,
  rollout: Rollout,
  now: { readonly oldActive: number; readonly oldKept: number; readonly fresh: number; readonly freshReady: number },
): { readonly kills: number; readonly starts: number; readonly done: boolean } {
  const keep = Math.max(
    0,
    rollout.oldInstances - rollout.initialKills - Math.max(0, now.freshReady - rollout.readyAtStart),
  );
  return {
    kills: Math.max(0, now.oldKept - keep),
    starts: Math.max(0, Math.min(n - now.fresh, rollout.maxCapacity - now.oldActive - now.fresh)),
    done: now.oldActive === 0 && now.freshReady >= n,
  };
}
