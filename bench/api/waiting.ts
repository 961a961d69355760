import { waitFor } from '../../test/support/wait.js';
import { askJson, load } from '../support/load.js';
import { table } from '../support/report.js';
import type { SchedulerChild } from '../support/scheduler-child.js';
import { appBody, putJson } from './fleet.js';

const launches = 10;

/** What a launch costs while many other apps wait for what no agent has: each offer is held against each of them. */
export async function measureWaiting(scheduler: SchedulerChild): Promise<void> {
  const row = table('Launch of an app while others wait in vain', [
    ['waiting', 9],
    ['CPU ms', 9],
    ['ratio', 8],
  ]);
  let alone: number | undefined;
  for (const waiting of [0, 100, 1000]) {
    const apps = Array.from({ length: waiting }, (_, i) => appBody(`/waiting/app-${i}`, { cpus: 20_000 }));
    if (waiting > 0) await askJson(scheduler.url, putJson('/v2/groups/waiting', { apps }));
    /** Nobody waits but those who wait in vain. */
    const idle = (): Promise<unknown> =>
      waitFor('the launches', async () => (await scheduler.usage()).queued === waiting, {
        withinMs: 120_000,
        everyMs: 20,
      });
    await idle();
    const { cpuMicros } = await scheduler.usage(true);
    await load(scheduler.url, 1, { requests: launches }, (i) => ({
      method: 'POST',
      path: '/v2/apps',
      body: JSON.stringify(appBody(`/launched/app-${i}`)),
    }));
    await idle();
    const each = ((await scheduler.usage()).cpuMicros - cpuMicros) / launches / 1000;
    alone ??= each;
    row(`${launches} launches, 100 agents offer`, waiting, each, each / alone);
    for (const group of waiting > 0 ? ['waiting', 'launched'] : ['launched'])
      await askJson(scheduler.url, { method: 'DELETE', path: `/v2/groups/${group}?force=true` });
    await scheduler.quiet();
  }
}
