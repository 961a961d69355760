import type { Condition, Instance } from '../../model/instance.js';
import type { RunSpec } from '../../model/run-spec.js';

/** Instances that do the least good go first (marathon.md §8.2). */
const rank: Partial<Record<Condition, number>> = {
  Scheduled: -1,
  Unreachable: 0,
  Provisioned: 1,
  Staging: 1,
  Starting: 2,
  Running: 3,
};

/** `instances` in the order in which they are to be killed: by condition, unhealthy before healthy, then by the app's killSelection. */
export function inKillOrder(
  app: Pick<RunSpec, 'killSelection'>,
  instances: readonly Instance[],
  isHealthy: (instance: Instance) => boolean,
): Instance[] {
  const olderFirst = app.killSelection === 'OLDEST_FIRST';
  return [...instances].sort((a, b) => {
    const byCondition = (rank[a.condition] ?? 4) - (rank[b.condition] ?? 4);
    if (byCondition !== 0) return byCondition;
    const byHealth = Number(isHealthy(a)) - Number(isHealthy(b));
    if (byHealth !== 0) return byHealth;
    const [sinceA, sinceB] = [a.startedAt ?? a.stagedAt, b.startedAt ?? b.stagedAt];
    if (sinceA !== sinceB) return sinceA < sinceB === olderFirst ? -1 : 1;
    return a.id < b.id ? -1 : 1;
  });
}
