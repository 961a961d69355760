import { measureChanges } from './api/changes.js';
import { fill, fleetOf } from './api/fleet.js';
import { measureGroups } from './api/groups.js';
import { startGrowth } from './api/growth.js';
import { measureReads } from './api/reads.js';
import { measureStreams } from './api/streams.js';
import { measureWaiting } from './api/waiting.js';
import { startChild } from './support/child.js';
import { askJson } from './support/load.js';
import { table } from './support/report.js';
import { startSchedulerChild } from './support/scheduler-child.js';

/**
 * Marathon's API with many apps, one instance each, over a socket: the real engine and store, Mesos played. Every number stands next to
 * one of the same run that says what it could be.
 */
export async function measureApi(args: readonly string[]): Promise<void> {
  const apps = Number(args[0] ?? 10_000);
  const only = args.slice(1);
  const wants = (part: string): boolean => only.length === 0 || only.includes(part);
  const fleet = fleetOf(apps);
  const scheduler = await startSchedulerChild();
  const peer = await startChild(new URL('support/peer-process.js', import.meta.url));
  try {
    const growth = startGrowth(scheduler, fleet);
    let filled = 0;
    let fillMs = 0;
    const { heapBytes: empty } = await scheduler.usage(true);
    for (const groups of [1, 10, 100]) {
      const sinceMs = performance.now();
      await fill(scheduler, fleet, filled, groups);
      fillMs += performance.now() - sinceMs;
      filled = groups;
      if (wants('growth')) await growth(groups * fleet.appsPerGroup);
    }
    const total = filled * fleet.appsPerGroup;
    console.log(`\n${total} apps were created, group by group, and ran after ${(fillMs / 1000).toFixed(1)} s`);
    const memory = table('Memory', [
      ['apps', 9],
      ['heap MB', 9],
      ['KB/app', 9],
    ]);
    const heap = async (name: string): Promise<void> => {
      const { heapBytes } = await scheduler.usage(true);
      memory(name, total, heapBytes / 2 ** 20, (heapBytes - empty) / 1024 / total);
    };
    await heap('1 instance each, never read');
    for (const path of ['/v2/apps?embed=apps.tasks', '/v2/groups', '/v2/tasks'])
      await askJson(scheduler.url, { method: 'GET', path });
    await heap('after everything has been read');
    if (wants('reads')) await measureReads(scheduler, peer, fleet);
    if (wants('changes')) await measureChanges(scheduler);
    if (wants('groups')) await measureGroups(scheduler, peer, fleet);
    if (wants('streams')) await measureStreams(scheduler, peer);
    if (wants('waiting')) await measureWaiting(scheduler);
  } finally {
    await scheduler.stop();
    await peer.stop();
  }
}
