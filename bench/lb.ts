import { identifyProcess } from '../src/common/process-identity.js';
import { endProcesses } from '../src/lb/apply/end-process.js';
import { haproxiesOf, withoutHaproxy } from '../test/support/haproxy.js';
import { expectations } from './dns/expectations.js';
import { measureOneServer } from './lb/one-server.js';
import { measureBareReloads, measureReloads } from './lb/reload.js';
import { openSite } from './lb/site.js';
import { measureStorm } from './lb/storm.js';
import { table } from './support/report.js';
import { median, percentile } from './support/statistics.js';

const sizes = [10, 100, 1_000, 5_000];
const changes = 60;
const reloads = 5;

/** The load balancer with a real HAProxy and a played scheduler. Arguments: numbers of apps. */
export async function measureLb(args: readonly string[]): Promise<void> {
  const missing = withoutHaproxy();
  if (missing !== false) {
    console.log(`skipped: ${missing}`);
    return;
  }
  const wanted = args.map(Number).filter((size) => Number.isInteger(size) && size > 1);
  const expected = expectations();
  const print = table('Apps × 3 servers, ms', [
    ['one, p50', 11],
    ['one, p99', 11],
    ['reload', 9],
    ['bare', 9],
    ['ratio', 8],
    ['storm', 9],
    ['reloads', 9],
  ]);
  for (const apps of wanted.length === 0 ? sizes : wanted) {
    const site = await openSite(apps);
    try {
      const one = await measureOneServer(site, changes);
      const storm = await measureStorm(site);
      const full = median(await measureReloads(site, reloads));
      // What is measured is HAProxy alone, so the role may not answer to its own replacement.
      await site.role.stop();
      const bare = median(await measureBareReloads(site, reloads));
      const sorted = [...one.ms].sort((a, b) => a - b);
      const [p50, p99] = [percentile(sorted, 0.5), percentile(sorted, 0.99)];
      print(`${apps} apps`, p50, p99, full, bare, full / bare, storm.settledMs, storm.reloads);
      expected.atMost(`${apps} apps: a one-server change, median`, p50, 30, ' ms');
      expected.atMost(`${apps} apps: reloads for ${changes} of them`, one.reloads, 0);
      expected.atMost(`${apps} apps: a reload to haproxy -c and a bare one`, full / bare, 1.3, ' times');
      expected.atMost(`${apps} apps: reloads in a storm`, storm.reloads, 3);
      expected.atLeast(`${apps} apps: its last event is in force`, storm.isRight ? 1 : 0, 1);
    } finally {
      const left = haproxiesOf(site.directory).flatMap((pid) => identifyProcess(pid) ?? []);
      await endProcesses(left);
      await site.stop();
    }
  }
  expected.print();
}
