import { askJson } from '../support/load.js';
import { table } from '../support/report.js';
import { percentile } from '../support/statistics.js';
import { Page } from './page.js';
import type { Site } from './site.js';

const rounds = 12;
/** Longer than what changes are gathered for. */
const pauseMs = 300;

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, pauseMs));
}

/** Sets the instances of so many apps, with one request. */
async function scale(site: Site, count: number, instances: number): Promise<void> {
  const updates = Array.from({ length: count }, (_, i) => ({ id: site.appId(i), instances }));
  await askJson(site.scheduler.url, { method: 'PUT', path: '/v2/apps?force=true', body: JSON.stringify(updates) });
}

interface Changed {
  readonly cpuMs: number;
  readonly bytes: number;
  readonly heardMs: readonly number[];
}

/** Apps get an instance more and lose it again, with a pause after each change; what that costs the scheduler, and when the last page hears first. */
async function change(site: Site, apps: number, pages: readonly Page[]): Promise<Changed> {
  // What opening the pages has left is not to be cleared away meanwhile
  const before = await site.scheduler.usage(true);
  const bytesBefore = pages.reduce((sum, page) => sum + page.bytes, 0);
  const heardMs: number[] = [];
  for (let i = 0; i < rounds; i++) {
    const known = pages.map((page) => page.messages);
    const startMs = performance.now();
    const heard = Promise.all(pages.map((page, at) => page.until(() => page.messages > (known[at] ?? 0)))).then(() =>
      heardMs.push(performance.now() - startMs),
    );
    await scale(site, apps, i % 2 === 0 ? 4 : 3);
    await heard;
    await pause();
  }
  await site.scheduler.quiet();
  const after = await site.scheduler.usage();
  return {
    cpuMs: (after.cpuMicros - before.cpuMicros) / 1000,
    bytes: pages.reduce((sum, page) => sum + page.bytes, 0) - bytesBefore,
    heardMs: heardMs.sort((a, b) => a - b),
  };
}

/** What a change costs while nobody reads, and what more it costs with readers. */
export async function measureChanges(site: Site): Promise<void> {
  const row = table('PUT /v2/apps: an instance more or less for each of some apps', [
    ['pages', 8],
    ['cpu ms', 9],
    ['more µs', 10],
    ['B/page', 9],
    ['p50 ms', 9],
    ['p99 ms', 9],
  ]);
  for (const apps of [1, 100]) {
    const counted = Math.min(apps, site.apps);
    await change(site, counted, []);
    const alone = await change(site, counted, []);
    row(`${counted} apps, nobody reads`, 0, alone.cpuMs / rounds, 0, 0, Number.NaN, Number.NaN);
    for (const readers of [1, 100]) {
      const pages = await Promise.all(Array.from({ length: readers }, () => Page.open(site.scheduler.url)));
      for (const page of pages) await page.snapshot();
      await change(site, counted, pages);
      const { cpuMs, bytes, heardMs } = await change(site, counted, pages);
      for (const page of pages) page.close();
      row(
        `${counted} apps`,
        readers,
        cpuMs / rounds,
        ((cpuMs - alone.cpuMs) * 1000) / rounds / counted,
        bytes / rounds / readers,
        percentile(heardMs, 0.5),
        percentile(heardMs, 0.99),
      );
    }
  }
}
