import type { InstanceCounts, OverviewApp } from '../../api/overview.js';

/** What the health filter distinguishes (marathon.md §19). */
export const healthWords = ['Healthy', 'Unhealthy', 'Unknown', 'Staged'] as const;
export type HealthWord = (typeof healthWords)[number];

/** What filters and columns ask of an app again and again. */
export interface AppFacts {
  /** Instances that run, those of too much included. */
  readonly running: number;
  /** Of all wanted instances together; memory in MiB. */
  readonly cpus: number;
  readonly mem: number;
  /** What some instance of it is. */
  readonly health: readonly HealthWord[];
  /** From 0 (nothing is as it should be) to 1 (everything is known to be healthy). */
  readonly wellness: number;
  /** What the search looks at: id, labels and what it runs, in lower case. */
  readonly text: string;
}

/** Instances that run, those of too much included. */
export function runningOf({ healthy, unhealthy, unknown, overCapacity }: InstanceCounts): number {
  return healthy + unhealthy + unknown + overCapacity;
}

/**
 * How well instances are, for sorting: 1 when all are healthy. What is not known to be healthy counts for less, what is not there yet for
 * less still, what is unhealthy for nothing. Nothing wanted and nothing there: 1.
 */
export function wellnessOf({ healthy, unhealthy, unknown, staged, overCapacity, unscheduled }: InstanceCounts): number {
  const all = healthy + unhealthy + unknown + staged + overCapacity + unscheduled;
  return all === 0 ? 1 : (healthy + 0.9 * (unknown + overCapacity) + 0.5 * staged + 0.25 * unscheduled) / all;
}

function factsFrom({ id, counts, instances, cpus, mem, labels, runs }: OverviewApp): AppFacts {
  const labelTexts = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
  const present: Readonly<Record<HealthWord, number>> = {
    Healthy: counts.healthy,
    Unhealthy: counts.unhealthy,
    Unknown: counts.unknown,
    Staged: counts.staged,
  };
  return {
    running: runningOf(counts),
    cpus: cpus * instances,
    mem: mem * instances,
    health: healthWords.filter((word) => present[word] > 0),
    wellness: wellnessOf(counts),
    text: [id, runs, ...labelTexts].join('\n').toLowerCase(),
  };
}

const known = new WeakMap<OverviewApp, AppFacts>();

/** The facts of an app's line. A line never changes, it is replaced by another one: each is looked at once. */
export function factsOf(app: OverviewApp): AppFacts {
  let facts = known.get(app);
  if (facts === undefined) {
    facts = factsFrom(app);
    known.set(app, facts);
  }
  return facts;
}
