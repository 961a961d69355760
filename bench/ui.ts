import { startChild } from './support/child.js';
import { startSchedulerChild } from './support/scheduler-child.js';
import { measureBrowser } from './ui/browser.js';
import { measureChanges } from './ui/changes.js';
import { measureRows } from './ui/rows.js';
import { fillSite } from './ui/site.js';
import type { Site } from './ui/site.js';
import { measureSnapshots } from './ui/snapshots.js';

/** What can be measured of a site with many apps, by name. */
const parts: Readonly<Record<string, (site: Site) => Promise<void>>> = {
  snapshots: measureSnapshots,
  changes: measureChanges,
  browser: measureBrowser,
};

/** What the web interface reads, of a scheduler with many apps of three instances each: the real engine and store, Mesos played. */
export async function measureUi(args: readonly string[]): Promise<void> {
  const apps = Number(args[0] ?? 10_000);
  const only = args.slice(1);
  const wants = (part: string): boolean => only.length === 0 || only.includes(part);
  if (wants('rows')) measureRows();
  const wanted = Object.entries(parts).filter(([name]) => wants(name));
  if (wanted.length === 0) return;
  const scheduler = await startSchedulerChild();
  const peer = await startChild(new URL('support/peer-process.js', import.meta.url));
  try {
    const site = await fillSite(scheduler, peer, apps);
    for (const [, measure] of wanted) await measure(site);
  } finally {
    await scheduler.stop();
    await peer.stop();
  }
}
