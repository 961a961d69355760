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

/** The instances of a rolling restart as they are now. */
export interface RolloutProgress {
  /** Live old instances, those asked to end included. */
  readonly oldActive: number;
  /** Old instances that were not asked to end. */
  readonly oldKept: number;
  /** Those of `oldKept` that are not considered healthy. */
  readonly oldUnhealthy: number;
  /** Live new instances. */
  readonly fresh: number;
  /** Those of `fresh` that are healthy and ready. */
  readonly freshReady: number;
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
  const kills = Math.max(0, now.oldKept - keep);
  const starts = Math.max(0, Math.min(n - now.fresh, rollout.maxCapacity - now.oldActive - now.fresh));
  const done = now.oldActive === 0 && now.freshReady >= n;
  // Too few are healthy for one to end, and there is no room for a new one: an unhealthy old instance makes room without any loss.
  // Marathon would wait until it recovers or ends by itself.
  const waits = now.oldActive > now.oldKept || now.fresh > now.freshReady;
  const isStuck = !done && !waits && kills === 0 && starts === 0 && now.oldUnhealthy > 0;
  return { kills: isStuck ? 1 : kills, starts, done };
}
