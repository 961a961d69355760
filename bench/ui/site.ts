import { appBody } from '../api/fleet.js';
import type { Child } from '../support/child.js';
import { askJson } from '../support/load.js';
import type { SchedulerChild } from '../support/scheduler-child.js';

/** A scheduler with many apps, and a server that sends what it is told to, for comparison. */
export interface Site {
  readonly scheduler: SchedulerChild;
  readonly peer: Child;
  readonly apps: number;
  readonly appId: (index: number) => string;
}

const groups = 100;
const instances = 3;

/** Creates apps of three instances each in a hundred groups, and waits until all of them run. */
export async function fillSite(scheduler: SchedulerChild, peer: Child, apps: number): Promise<Site> {
  const appId = (index: number): string => `/team-${index % groups}/app-${Math.floor(index / groups)}`;
  const sinceMs = performance.now();
  for (let group = 0; group < groups; group++) {
    const ids = Array.from({ length: apps }, (_, i) => i).filter((i) => i % groups === group);
    if (ids.length === 0) continue;
    const body = { id: `/team-${group}`, apps: ids.map((i) => appBody(appId(i), { instances })) };
    await askJson(scheduler.url, { method: 'PUT', path: `/v2/groups/team-${group}`, body: JSON.stringify(body) });
  }
  await scheduler.quiet();
  const tookMs = performance.now() - sinceMs;
  console.log(`\n${apps} apps with ${instances} instances each ran after ${(tookMs / 1000).toFixed(1)} s`);
  return { scheduler, peer, apps, appId };
}
