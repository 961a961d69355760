import t from 'tap';
import { silentLogger } from '../../src/common/logger.js';
import type { Explanation } from '../../src/lb/explain/explanation.js';
import type { RouteList } from '../../src/lb/explain/route-list.js';
import type { Preview } from '../../src/lb/preview/previewer.js';
import { startLb } from '../../src/lb/start.js';
import { catalogApp, catalogInstance, startFakeCatalog } from '../support/fake-catalog.js';
import { lbOptions, lbStatus, startNamedServer, withoutHaproxy } from '../support/haproxy.js';
import { waitFor } from '../support/wait.js';

t.test(
  'a load balancer tells who takes a request, and what a change would do',
  { skip: withoutHaproxy() },
  async (t) => {
    const scheduler = await startFakeCatalog();
    t.teardown(() => scheduler.close());
    const server = await startNamedServer('shop');
    t.teardown(() => server.close());
    const options = await lbOptions(t.testdir(), scheduler.url);
    const role = await startLb(options, { logger: silentLogger, fatal: (error) => t.fail(error.message) });
    t.teardown(() => role.stop('everything'));
    const url = `http://127.0.0.1:${options.lbPort}`;
    const read = async <T>(path: string, init?: RequestInit): Promise<T> =>
      (await (await fetch(`${url}${path}`, init)).json()) as T;
    const post = <T>(path: string, body: object): Promise<T> =>
      read(path, { method: 'POST', body: JSON.stringify(body) });

    scheduler.publish({
      apps: [catalogApp('/shop', 0, { labels: { HAPROXY_0_VHOST: 'shop.example.com' } })],
      instances: [catalogInstance('/shop', 'shop.1', [server.port])],
    });
    await waitFor('the app', async () => (await lbStatus(options)).haproxy.state === 'running');
    const told = await waitFor('its server', async () => {
      const explanation = await read<Explanation>('/api/explain?host=shop.example.com&path=/cart');
      return explanation.backend?.servers[0]?.state === 'up' ? explanation : undefined;
    });
    t.match(told, {
      route: { source: { kind: 'label', app: '/shop' } },
      backend: { app: '/shop', statesFrom: 'haproxy', servers: [{ taskId: 'shop.1', state: 'up', sessions: 0 }] },
    });
    t.match(told.text, /1 of 1 servers are up/);
    t.match(await read<RouteList>('/ekiden/v1/routes'), { total: 1, routes: [{ servers: { live: 1, all: 1 } }] });

    const before = await lbStatus(options);
    const instance = catalogInstance('/shop', 'shop.2', [server.port], { host: '127.0.0.2' });
    t.match(await post<Preview>('/ekiden/v1/plan', { instances: [instance] }), {
      accepted: true,
      checked: true,
      plan: { kind: 'runtime', changes: [{ kind: 'add-server', endpoint: `127.0.0.2:${server.port}` }] },
    });
    t.match(await post<Preview>('/api/plan', { id: '/shop', acl: 'hdr(x-shop) yes' }), {
      accepted: true,
      plan: { kind: 'reload' },
      routes: [{ effect: 'gained', app: '/shop' }],
    });
    const after = await lbStatus(options);
    t.same(after.haproxy, before.haproxy);
    t.same(after.counts, before.counts, 'nothing has happened');
    t.equal((await read<RouteList>('/ekiden/v1/routes')).total, 1);
  },
);
