import fc from 'fast-check';
import t from 'tap';
import { advanceRollout, startRollout } from '../../../src/scheduler/core/deployment/rollout.js';
import type { RolloutProgress } from '../../../src/scheduler/core/deployment/rollout.js';
import type { Rollout } from '../../../src/scheduler/model/deployment.js';

/** n, minimumHealthCapacity, maximumOverCapacity, current, healthy → minHealthy, maxCapacity, initialKills, starts at once, starts in all after those kills (marathon.md §8.3). */
const table: readonly (readonly number[])[] = [
  [10, 1, 1, 10, 10, 10, 20, 0, 10, 10],
  [10, 0.5, 0, 10, 10, 5, 10, 5, 0, 5],
  [10, 1, 0, 10, 10, 10, 11, 0, 1, 1],
  [10, 0, 0, 10, 10, 0, 10, 10, 0, 10],
  [10, 0.5, 0.2, 10, 10, 5, 12, 5, 2, 7],
  [10, 1, 0.5, 10, 10, 10, 15, 0, 5, 5],
  [10, 0.5, 0.2, 10, 3, 5, 12, 0, 2, 2],
  [1, 1, 0, 1, 1, 1, 2, 0, 1, 1],
  [1, 0, 0, 1, 1, 0, 1, 1, 0, 1],
  [1, 1, 1, 1, 1, 1, 2, 0, 1, 1],
  [3, 0.5, 0, 3, 3, 2, 3, 1, 0, 1],
  [4, 0.25, 0.25, 4, 4, 1, 5, 3, 1, 4],
  [5, 0.5, 0, 10, 10, 3, 5, 7, 0, 2],
  [5, 1, 0, 8, 8, 5, 6, 3, 0, 1],
  [100, 0.07, 0, 100, 100, 8, 100, 92, 0, 92],
];

/** All instances that are ready are healthy here, and no others of the new ones. */
function advance(
  n: number,
  rollout: Rollout,
  now: Omit<RolloutProgress, 'healthy' | 'freshActive'>,
): ReturnType<typeof advanceRollout> {
  return advanceRollout(n, rollout, {
    ...now,
    freshActive: now.fresh,
    healthy: now.oldKept - now.oldUnhealthy + now.freshReady,
  });
}

for (const row of table) {
  t.test(`n, minHC, maxOC, current, healthy = ${row.slice(0, 5).join(', ')}`, async (t) => {
    const [n = 0, min = 0, max = 0, current = 0, healthy = 0, minHealthy, maxCapacity, kills = 0, first, all] = row;
    const app = { instances: n, upgradeStrategy: { minimumHealthCapacity: min, maximumOverCapacity: max } };
    const rollout = startRollout(app, { current, old: current, healthy, freshReady: 0 });
    t.match(rollout, { minHealthy, maxCapacity, initialKills: kills, oldInstances: current });
    const atStart = advance(n, rollout, {
      oldActive: current,
      oldKept: current,
      oldUnhealthy: current - healthy,
      fresh: 0,
      freshReady: 0,
    });
    t.equal(atStart.kills, kills);
    t.equal(atStart.starts, first);
    const { starts } = advance(n, rollout, {
      oldActive: current - kills,
      oldKept: current - kills,
      oldUnhealthy: Math.max(0, current - healthy - kills),
      fresh: first ?? 0,
      freshReady: 0,
    });
    t.equal((first ?? 0) + starts, all);
  });
}

t.test('resident apps', { skip: 'persistent volumes are not placed yet: no app is resident' }, async (t) => {
  for (const [n, minHealthy, kills] of [
    [10, 1, 1],
    [10, 0.5, 5],
  ] as const) {
    const app = { instances: n, upgradeStrategy: { minimumHealthCapacity: minHealthy, maximumOverCapacity: 0 } };
    const rollout = startRollout(app, { current: n, old: n, healthy: n, freshReady: 0 });
    t.match(rollout, { maxCapacity: n, initialKills: kills });
  }
});

t.test('what can neither end nor begin is stuck no more when an unhealthy old instance makes room', async (t) => {
  for (const [n, min, healthy] of [
    [1, 0, 0],
    [10, 1, 9],
    [10, 0.5, 5],
  ] as const) {
    const app = { instances: n, upgradeStrategy: { minimumHealthCapacity: min, maximumOverCapacity: 0 } };
    const rollout = startRollout(app, { current: n, old: n, healthy, freshReady: 0 });
    const now = { oldActive: n, oldKept: n, oldUnhealthy: n - healthy, fresh: 0, freshReady: 0 };
    t.match(advance(n, rollout, now), { kills: 1, starts: 0, done: false });
    const ending = { ...now, oldKept: n - 1, oldUnhealthy: n - healthy - 1 };
    t.match(advance(n, rollout, ending), { kills: 0, starts: 0 }, 'one at a time');
    const ended = { ...ending, oldActive: n - 1 };
    t.match(advance(n, rollout, ended), { kills: 0, starts: 1 });
  }
});

t.test(
  'what fails meanwhile is not made worse: a healthy instance ends only while enough others are healthy',
  async (t) => {
    const app = { instances: 4, upgradeStrategy: { minimumHealthCapacity: 0.5, maximumOverCapacity: 0 } };
    const rollout = startRollout(app, { current: 4, old: 4, healthy: 4, freshReady: 0 });
    t.match(rollout, { initialKills: 2, keptHealthy: 2 });
    // Two old ones are left, two new ones are there, one of them has failed since it made an old one end
    const now = { oldActive: 2, oldKept: 2, oldUnhealthy: 0, freshActive: 2, fresh: 2, freshReady: 1 };
    t.match(advanceRollout(4, rollout, { ...now, healthy: 2 }), { kills: 0 });
    t.match(advanceRollout(4, rollout, { ...now, healthy: 3 }), { kills: 1 });
  },
);

t.test('what was unhealthy at the start, and recovers, does not hold a rollout for ever', async (t) => {
  const app = { instances: 10, upgradeStrategy: { minimumHealthCapacity: 1, maximumOverCapacity: 0 } };
  const rollout = startRollout(app, { current: 10, old: 10, healthy: 9, freshReady: 0 });
  const recovered = { oldActive: 10, oldKept: 10, oldUnhealthy: 0, fresh: 0, freshReady: 0 };
  t.match(advance(10, rollout, recovered), { kills: 0, starts: 1 });
  t.match(advance(10, rollout, { ...recovered, fresh: 1 }), { kills: 0, starts: 0 });
  t.match(advance(10, rollout, { ...recovered, fresh: 1, freshReady: 1 }), { kills: 1, starts: 0 });
});

t.test('any rollout keeps its bounds at every step, and ends', async () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 30 }),
      fc.integer({ min: 0, max: 10 }),
      fc.integer({ min: 0, max: 10 }),
      fc.integer({ min: 0, max: 30 }),
      fc.infiniteStream(fc.integer({ min: 0, max: 2 })),
      (n, min, max, old, choices) => {
        const app = {
          instances: n,
          upgradeStrategy: { minimumHealthCapacity: min / 10, maximumOverCapacity: max / 10 },
        };
        const rollout = startRollout(app, { current: old, old, healthy: old, freshReady: 0 });
        let [kept, dying, starting, ready] = [old, 0, 0, 0];
        // Old and new instances are all healthy here; what is random is which confirmation comes first.
        for (let step = 0; step < 1000; step++) {
          const now = {
            oldActive: kept + dying,
            oldKept: kept,
            oldUnhealthy: 0,
            fresh: starting + ready,
            freshReady: ready,
          };
          const { kills, starts, done } = advance(n, rollout, now);
          if (done) return kept + dying === 0 && ready >= n;
          kept -= kills;
          dying += kills;
          starting += starts;
          if (kept < 0) return false;
          if (kept + ready < Math.min(old, rollout.minHealthy)) return false;
          if (kept + dying + starting + ready > Math.max(old, rollout.maxCapacity)) return false;
          const choice: unknown = choices.next().value;
          if (choice === 0 && dying > 0) dying--;
          else if (choice === 1 && starting > 0) [starting, ready] = [starting - 1, ready + 1];
          else if (dying > 0) dying--;
          else if (starting > 0) [starting, ready] = [starting - 1, ready + 1];
          else if (kills === 0 && starts === 0) return false; // stuck
        }
        return false;
      },
    ),
    { numRuns: 2000 },
  );
});
