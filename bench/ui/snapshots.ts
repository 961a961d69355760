import { gzipSync } from 'node:zlib';
import { askJson, load } from '../support/load.js';
import { table } from '../support/report.js';
import { Page } from './page.js';
import type { Site } from './site.js';

/** What Marathon's own interface asks for every five seconds. */
const marathonsList =
  '/v2/groups?embed=group.groups&embed=group.apps&embed=group.apps.deployments&embed=group.apps.counts&embed=group.apps.readiness';
const repeats = 5;

interface Reading {
  readonly firstMs: number;
  readonly completeMs: number;
  readonly cpuMs: number;
  readonly page: Page;
}

async function readSnapshot({ scheduler }: Site): Promise<Reading> {
  const before = await scheduler.usage();
  const startMs = performance.now();
  const page = await Page.open(scheduler.url);
  await page.until(() => page.messages > 0);
  const firstMs = performance.now() - startMs;
  await page.snapshot();
  const completeMs = performance.now() - startMs;
  const after = await scheduler.usage();
  return { firstMs, completeMs, cpuMs: (after.cpuMicros - before.cpuMicros) / 1000, page };
}

function best(readings: readonly Reading[], value: keyof Omit<Reading, 'page'>): number {
  return Math.min(...readings.map((reading) => reading[value]));
}

/** The first messages of the overview: for a page that comes alone, for another one beside it, and what a bare server needs for as many bytes. */
export async function measureSnapshots(site: Site): Promise<void> {
  const { scheduler, peer } = site;
  const row = table('The first list: a snapshot of the overview', [
    ['first ms', 10],
    ['all ms', 9],
    ['cpu ms', 9],
    ['kB', 8],
    ['B/app', 8],
    ['messages', 10],
    ['gzip kB', 9],
    ['gzip ms', 9],
  ]);
  // The first ones are slower: nothing is compiled yet
  const cold = await readSnapshot(site);
  cold.page.close();
  const alone: Reading[] = [];
  for (let i = 0; i < repeats; i++) {
    const reading = await readSnapshot(site);
    alone.push(reading);
    reading.page.close();
    // What the page has left is noticed
    await scheduler.usage(true);
  }
  const standing = await Page.open(scheduler.url, true);
  await standing.snapshot();
  const beside: Reading[] = [];
  for (let i = 0; i < repeats; i++) {
    const reading = await readSnapshot(site);
    beside.push(reading);
    reading.page.close();
  }
  standing.close();
  const { content, bytes, messages } = standing;
  const startMs = performance.now();
  const packed = gzipSync(content, { level: 1 });
  const gzipMs = performance.now() - startMs;
  const sizes = [bytes / 1024, bytes / site.apps, messages, packed.length / 1024, gzipMs] as const;
  row('the first page after the start', cold.firstMs, cold.completeMs, cold.cpuMs, ...sizes);
  row('a page alone', best(alone, 'firstMs'), best(alone, 'completeMs'), best(alone, 'cpuMs'), ...sizes);
  row('another page', best(beside, 'firstMs'), best(beside, 'completeMs'), best(beside, 'cpuMs'), ...sizes);

  const whole = table('The same as one answer', [
    ['bytes', 12],
    ['p50 ms', 9],
  ]);
  const marathons = await load(scheduler.url, 1, { requests: repeats }, () => ({ method: 'GET', path: marathonsList }));
  whole("what Marathon's interface reads every 5 s", marathons.bytes, marathons.p50Ms);
  await askJson(peer.url, { method: 'PUT', path: '/body', body: content });
  const bare = await load(peer.url, 1, { requests: repeats }, () => ({ method: 'GET', path: '/body' }));
  whole('a bare server sends the bytes of the snapshot', bare.bytes, bare.p50Ms);
}
