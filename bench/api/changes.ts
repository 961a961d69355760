import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger } from '../../src/common/logger.js';
import { openEmbeddedStore } from '../../src/scheduler/adapters/embedded/embedded-store.js';
import { askJson, load } from '../support/load.js';
import { table } from '../support/report.js';
import type { SchedulerChild } from '../support/scheduler-child.js';
import { appBody } from './fleet.js';

/** Writes of `bytes` each that the store alone makes durable in a second, by `atOnce` writers that each wait for their write. */
async function storeAlone(bytes: number, atOnce: number, writes: number): Promise<number> {
  const directory = mkdtempSync(join(tmpdir(), 'ekiden-bench-store-'));
  const store = await openEmbeddedStore(directory, silentLogger);
  const value = 'x'.repeat(Math.max(1, Math.round(bytes / 4)));
  let started = 0;
  const writer = async (): Promise<void> => {
    while (started < writes) {
      const id = started++;
      await store.write(['a', 'b', 'c', 'd'].map((part) => ({ key: `${part}:${id}`, value })));
    }
  };
  const startMs = performance.now();
  await Promise.all(Array.from({ length: atOnce }, writer));
  const perSecond = (writes * 1000) / (performance.now() - startMs);
  await store.close();
  rmSync(directory, { recursive: true });
  return perSecond;
}

/** POST /v2/apps, next to what the disk allows: one synced write of the same bytes for each change, joined when several wait. */
export async function measureChanges(scheduler: SchedulerChild): Promise<void> {
  const row = table('POST /v2/apps', [
    ['changes', 9],
    ['/s', 9],
    ['p50 ms', 9],
    ['p99 ms', 9],
    ['bytes', 8],
    ['writes', 8],
    ['store/s', 9],
    ['ratio', 8],
  ]);
  const cases = [
    { name: 'no instances, one after the other', instances: 0, atOnce: 1, changes: 500 },
    { name: 'no instances, 50 at once', instances: 0, atOnce: 50, changes: 3000 },
    { name: '1 instance, one after the other (with all its launches)', instances: 1, atOnce: 1, changes: 500 },
    { name: '1 instance, 50 at once (with all their launches)', instances: 1, atOnce: 50, changes: 2000 },
  ];
  for (const { name, instances, atOnce, changes } of cases) {
    const before = await scheduler.usage();
    const result = await load(scheduler.url, atOnce, { requests: changes }, (i) => ({
      method: 'POST',
      path: '/v2/apps',
      body: JSON.stringify(appBody(`/posted/app-${i}`, { instances })),
    }));
    await scheduler.quiet();
    const after = await scheduler.usage();
    const bytes = (after.storeBytes - before.storeBytes) / changes;
    const bound = await storeAlone(bytes, atOnce, changes);
    row(
      name,
      changes,
      result.perSecond,
      result.p50Ms,
      result.p99Ms,
      bytes,
      (after.storeWrites - before.storeWrites) / changes,
      bound,
      result.perSecond / bound,
    );
    await askJson(scheduler.url, { method: 'DELETE', path: '/v2/groups/posted?force=true' });
    await scheduler.quiet();
  }
}
