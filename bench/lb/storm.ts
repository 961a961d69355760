import { get, startNamedServer } from '../../test/support/haproxy.js';
import type { LbSite } from './site.js';

export interface Storm {
  /** From the last event until HAProxy does what it says. */
  readonly settledMs: number;
  readonly reloads: number;
  readonly isRight: boolean;
}

const events = 1_000;
const durationMs = 1_000;
const newApps = 20;

/** A thousand events in a second: instances that move, and some new apps among them. */
export async function measureStorm(site: LbSite): Promise<Storm> {
  const server = await startNamedServer('last');
  try {
    const before = await site.settled();
    const started = performance.now();
    for (let event = 1; event <= events; event += 1) {
      const number = event % site.apps;
      if (event % (events / newApps) === 0) site.publish({ apps: [site.app(site.apps + 1_000 + event)] });
      else site.publish({ instances: [site.instance(number, event % 3, 2 + (event % 1_000))] });
      const wait = started + (durationMs * event) / events - performance.now();
      if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    }
    site.publish({ instances: [{ ...site.instance(1, 0, server.port), host: '127.0.0.1' }] });
    const ended = performance.now();
    const after = await site.settled();
    const settledMs = performance.now() - ended;
    const isRight = (await get(site.servicePort(1)).catch(() => '')) === 'last';
    return { settledMs, reloads: after.counts.reloads - before.counts.reloads, isRight };
  } finally {
    await server.close();
  }
}
