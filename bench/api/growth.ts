import { askJson, load } from '../support/load.js';
import { table } from '../support/report.js';
import type { SchedulerChild } from '../support/scheduler-child.js';
import { appBody, putJson } from './fleet.js';
import type { Fleet } from './fleet.js';

const changes = 300;
const reads = 3000;

/** Processor time of the scheduler for each of `count` things that `act` does. */
async function microsEach(scheduler: SchedulerChild, count: number, act: () => Promise<unknown>): Promise<number> {
  const { cpuMicros } = await scheduler.usage(true);
  await act();
  await scheduler.quiet();
  return ((await scheduler.usage()).cpuMicros - cpuMicros) / count;
}

interface Costs {
  readonly create: number;
  readonly scale: number;
  readonly remove: number;
  readonly read: number;
}

async function costs(scheduler: SchedulerChild, fleet: Fleet): Promise<Costs> {
  const { url } = scheduler;
  const id = (i: number): string => `/growing/app-${i}`;
  const create = await microsEach(scheduler, changes, () =>
    load(url, 1, { requests: changes }, (i) => ({
      method: 'POST',
      path: '/v2/apps',
      body: JSON.stringify(appBody(id(i))),
    })),
  );
  const scale = await microsEach(scheduler, changes, () =>
    load(url, 1, { requests: changes }, (i) => putJson(`/v2/apps${id(i)}`, { instances: 2 })),
  );
  const remove = await microsEach(scheduler, changes, () =>
    load(url, 1, { requests: changes }, (i) => ({ method: 'DELETE', path: `/v2/apps${id(i)}` })),
  );
  await askJson(url, { method: 'DELETE', path: '/v2/groups/growing' });
  const read = await microsEach(scheduler, reads, () =>
    load(url, 4, { requests: reads }, (i) => ({
      method: 'GET',
      path: `/v2/apps${fleet.appId(0, i % fleet.appsPerGroup)}`,
    })),
  );
  return { create, scale, remove, read };
}

/**
 * Whether a change costs the same however many apps there are. Returns what a stage of the growth is measured with; the first call is the
 * one that the others are compared with, so the program is warm by then.
 */
export function startGrowth(scheduler: SchedulerChild, fleet: Fleet): (apps: number) => Promise<void> {
  let first: Costs | undefined;
  let row: ReturnType<typeof table> | undefined;
  return async (apps) => {
    if (first === undefined) {
      for (let i = 0; i < 3; i++) await costs(scheduler, fleet);
      row = table('Processor time of one change, µs, launches and ends included', [
        ['create', 9],
        ['ratio', 7],
        ['scale', 9],
        ['ratio', 7],
        ['delete', 9],
        ['ratio', 7],
        ['GET id', 9],
        ['ratio', 7],
      ]);
    }
    const now = await costs(scheduler, fleet);
    first ??= now;
    const pairs = (['create', 'scale', 'remove', 'read'] as const).flatMap((name) => [
      now[name],
      now[name] / (first?.[name] ?? Number.NaN),
    ]);
    row?.(`with ${apps} apps`, ...pairs);
  };
}
