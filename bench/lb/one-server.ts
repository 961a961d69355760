import { get, startNamedServer } from '../../test/support/haproxy.js';
import type { LbSite } from './site.js';

/** How long changes took, and how often HAProxy was replaced meanwhile. */
export interface Times {
  readonly ms: readonly number[];
  readonly reloads: number;
}

/** So that a change is the first one of a quiet period, as most are. */
const pauseMs = 150;

/** From the publication of a change until the first answer of the server that it brings, asked without a pause. */
export async function measureOneServer(site: LbSite, changes: number): Promise<Times> {
  const servers = [await startNamedServer('one'), await startNamedServer('other')] as const;
  const ms: number[] = [];
  const publish = (port: number): void =>
    site.publish({ instances: [{ ...site.instance(0, 0, port), host: '127.0.0.1' }] });
  try {
    publish(servers[0].port);
    const before = await site.settled();
    for (let change = 1; change <= changes; change += 1) {
      const [port, name] = change % 2 === 0 ? [servers[0].port, 'one'] : [servers[1].port, 'other'];
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
      const started = performance.now();
      publish(port);
      while ((await get(site.servicePort(0)).catch(() => '')) !== name) {
        if (performance.now() - started > 20_000) throw new Error('the new server never answered');
      }
      ms.push(performance.now() - started);
      await site.settled();
    }
    return { ms, reloads: (await site.settled()).counts.reloads - before.counts.reloads };
  } finally {
    for (const server of servers) await server.close();
  }
}
