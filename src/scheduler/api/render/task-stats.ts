import { healthOf } from '../../core/health.js';
import { appOf, instancesOf } from '../../core/state.js';
import type { SchedulerState } from '../../core/state.js';
import { fromTimestamp } from '../../core/timestamps.js';
import type { AppDefinition } from '../../model/app-definition.js';
import type { Instance } from '../../model/instance.js';

/** How many tasks of an app are in which state (marathon.md §13.1). Without health checks none is healthy or unhealthy. */
export interface TaskCounts {
  readonly staged: number;
  readonly running: number;
  readonly healthy: number;
  readonly unhealthy: number;
}

export function countTasks(state: SchedulerState, instances: readonly Instance[]): TaskCounts {
  const counts = { staged: 0, running: 0, healthy: 0, unhealthy: 0 };
  for (const instance of instances) {
    if (instance.condition === 'Provisioned' || instance.condition === 'Staging') counts.staged += 1;
    if (instance.condition !== 'Running') continue;
    counts.running += 1;
    const app = appOf(state, instance);
    const healthy = app === undefined ? null : healthOf(app, state.health.get(instance.taskId));
    if (healthy === true) counts.healthy += 1;
    else if (healthy === false) counts.unhealthy += 1;
  }
  return counts;
}

function statsOf(state: SchedulerState, instances: readonly Instance[], nowMs: number): object | undefined {
  if (instances.length === 0) return undefined;
  const ages = instances
    .flatMap(({ startedAt }) => (startedAt === undefined ? [] : [(nowMs - fromTimestamp(startedAt)) / 1000]))
    .sort((a, b) => a - b);
  const middle = ages.length >> 1;
  const median = ages.length % 2 === 1 ? ages[middle] : ((ages[middle - 1] ?? 0) + (ages[middle] ?? 0)) / 2;
  const lifeTime =
    ages.length === 0
      ? {}
      : {
          lifeTime: {
            averageSeconds: ages.reduce((sum, age) => sum + age, 0) / ages.length,
            medianSeconds: median,
          },
        };
  return { stats: { counts: countTasks(state, instances), ...lifeTime } };
}

/** `taskStats` of an app: counts and ages of its tasks by how old their version is; groups without tasks are left out. */
export function renderTaskStats(state: SchedulerState, app: AppDefinition, nowMs: number): object {
  const instances = instancesOf(state, app.id);
  const { lastConfigChangeAt, lastScalingAt } = app.versionInfo;
  const latest = instances.filter(({ appVersion }) => appVersion >= lastConfigChangeAt);
  return {
    startedAfterLastScaling: statsOf(
      state,
      instances.filter(({ stagedAt }) => stagedAt >= lastScalingAt),
      nowMs,
    ),
    withLatestConfig: statsOf(state, latest, nowMs),
    withOutdatedConfig: statsOf(
      state,
      instances.filter(({ appVersion }) => appVersion < lastConfigChangeAt),
      nowMs,
    ),
    totalSummary: statsOf(state, instances, nowMs),
  };
}
