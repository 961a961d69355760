import type { InstanceCounts, OverviewApp } from '../../../src/ui/api/overview.js';

const none: InstanceCounts = { healthy: 0, unhealthy: 0, unknown: 0, staged: 0, overCapacity: 0, unscheduled: 0 };

/** The line of an app, all of whose instances are healthy unless said otherwise. */
export function line(
  id: string,
  change: Partial<Omit<OverviewApp, 'counts'>> & { counts?: Partial<InstanceCounts> } = {},
): OverviewApp {
  const instances = change.instances ?? 1;
  return {
    kind: 'app',
    status: 'Running',
    cpus: 0.1,
    mem: 32,
    disk: 0,
    gpus: 0,
    labels: {},
    version: 'v1',
    runs: 'exec sleep 100',
    deployment: null,
    delayedUntil: null,
    draining: 0,
    revision: 1,
    ...change,
    id,
    instances,
    counts: change.counts === undefined ? { ...none, healthy: instances } : { ...none, ...change.counts },
  };
}

export function ids(lines: readonly { readonly id: string }[]): string[] {
  return lines.map(({ id }) => id);
}
