import t from 'tap';
import type { CatalogApp } from '../../../src/catalog/types.js';
import { compile } from '../../../src/lb/compile/compile.js';
import type { CompileInput } from '../../../src/lb/compile/compile.js';
import type { Routing } from '../../../src/lb/compile/routing-model.js';
import { catalogOf, compileInput, readingRules } from '../../support/compile-input.js';
import { catalogApp } from '../../support/fake-catalog.js';
import { proxySettings } from '../../support/proxy-settings.js';

const older = '2020-01-01T00:00:00.000Z';
const newer = '2024-01-01T00:00:00.000Z';
const newest = '2025-01-01T00:00:00.000Z';

function site(id: string, version: string, labels: Record<string, string>, servicePort = 0): CatalogApp {
  return catalogApp(id, servicePort, { version, labels });
}

const run = (apps: readonly CatalogApp[], more: Partial<CompileInput> = {}): Routing =>
  compile(compileInput({ catalog: catalogOf(apps), ...more }));

const hosts = ({ routes }: Routing): Record<string, string | null> =>
  Object.fromEntries(routes.map(({ host, path, app }) => [`${host ?? ''}${path ?? ''}`, app]));

t.test('a host and path belongs to who has it', (t) => {
  const mine = site('/mine', older, { HAPROXY_0_VHOST: 'shop.example.com,old.example.com' });
  const other = site('/a', newer, { HAPROXY_0_VHOST: 'SHOP.example.com.', HAPROXY_0_BACKEND_WEIGHT: '100' });
  const first = run([other, mine]);
  t.same(hosts(first), { 'shop.example.com': '/mine', 'old.example.com': '/mine' }, 'at first the older version');
  t.match(first.reports, [{ kind: 'app', id: '/a', reason: 'host shop.example.com: belongs to /mine' }]);

  const updated = site('/mine', newest, { HAPROXY_0_VHOST: 'shop.example.com' });
  const second = run([other, updated], { owners: first.owners });
  t.same(hosts(second), { 'shop.example.com': '/mine' }, 'an update does not lose it');
  t.same(hosts(run([other, updated])), { 'shop.example.com': '/a' }, 'nobody remembers');

  const rejected = (kind: string, id: string) => (id === '/mine' && kind === 'app' ? 'said HAProxy' : undefined);
  const third = run([other, updated], { owners: second.owners, rejected });
  t.same(hosts(third), {}, 'it is kept for its owner while that is left out');
  t.same(hosts(run([other, updated], { owners: third.owners })), { 'shop.example.com': '/mine' });

  const left = run([other, site('/mine', newest, {})], { owners: second.owners });
  t.same(hosts(left), { 'shop.example.com': '/a' }, 'its owner does not want it any more');

  const below = run([mine, site('/b', newer, { HAPROXY_0_VHOST: 'shop.example.com', HAPROXY_0_PATH: '/api' })]);
  t.match(
    hosts(below),
    { 'shop.example.com': '/mine', 'shop.example.com/api': '/b' },
    'paths have owners of their own',
  );
  const cases = run([
    site('/b', older, { HAPROXY_0_VHOST: 's.example.com', HAPROXY_0_PATH: '-i /Api' }),
    site('/c', newer, { HAPROXY_0_VHOST: 's.example.com', HAPROXY_0_PATH: '/aPI' }),
  ]);
  t.same(hosts(cases), { 's.example.com/Api': '/b' }, 'in whatever case it is written');

  const twoPorts = catalogApp('/two', 0, {
    ports: [0, 0].map((servicePort) => ({ servicePort, protocol: 'tcp', labels: {} })),
    labels: { HAPROXY_0_VHOST: 'x.example.com', HAPROXY_1_VHOST: 'x.example.com,y.example.com' },
  });
  const ports = run([twoPorts]);
  t.same(Object.keys(hosts(ports)), ['x.example.com', 'y.example.com']);
  t.match(ports.reports, [{ reason: 'host x.example.com: is that of port 0 already' }]);
  t.end();
});

t.test('operators decide before labels do', (t) => {
  const shop = site('/shop', older, { HAPROXY_0_VHOST: 'shop.example.com', HAPROXY_1_VHOST: 'no' });
  const web = site('/web', newest, {});
  const rules = [{ id: '/web', acl: 'hdr(host) -i shop.example.com' }];
  const ruled = run([shop, web], { rules });
  t.same(hosts(ruled), { 'shop.example.com': '/web' });
  t.match(
    ruled.reports.filter((r) => r.reason.startsWith('host')),
    [{ id: '/shop', reason: 'host shop.example.com: belongs to the rule for /web' }],
  );

  const settings = proxySettings({
    hostClaims: [
      { host: '*.example.com', group: '/web' },
      { host: 'shop.example.com', group: '/shop' },
    ],
  });
  const thief = site('/thief', '2000', { HAPROXY_0_VHOST: 'shop.example.com,www.example.com,*.example.com,x.org' });
  const team = site('/web/www', newest, { HAPROXY_0_VHOST: 'www.example.com,*.example.com' });
  const webs = site('/webs', '2001', { HAPROXY_0_VHOST: 'a.example.com' });
  const claimed = run([thief, shop, team, webs], { settings });
  t.same(hosts(claimed), {
    'shop.example.com': '/shop',
    'www.example.com': '/web/www',
    '*.example.com': '/web/www',
    'x.org': '/thief',
  });
  const reasons = claimed.reports.map(({ id, reason }) => `${id} ${reason}`);
  t.ok(reasons.includes('/thief host shop.example.com: is kept for apps of /shop (shop.example.com)'));
  t.ok(reasons.includes('/webs host a.example.com: is kept for apps of /web (*.example.com)'), 'not by its letters');
  t.end();
});

t.test('no weight takes what another app has by name', (t) => {
  const { routes } = run([
    site('/wild', older, { HAPROXY_0_VHOST: '*.example.com', HAPROXY_0_BACKEND_WEIGHT: '1000' }),
    site('/path', older, { HAPROXY_0_VHOST: 'a.example.com', HAPROXY_0_PATH: '/late', HAPROXY_0_BACKEND_WEIGHT: '-3' }),
    site('/a', older, { HAPROXY_0_VHOST: 'a.example.com', HAPROXY_0_BACKEND_WEIGHT: '7' }),
  ]);
  t.same(
    routes.map(({ app, priority }) => [app, priority]),
    [
      ['/a', 7],
      ['/path', -3],
      ['/wild', -3],
    ],
  );
  t.end();
});

t.test('a service port belongs to who has it', (t) => {
  const mine = catalogApp('/mine', 10_001, { version: older });
  const other = catalogApp('/a', 10_001, { version: newer });
  const first = run([other, mine]);
  t.same(
    first.model.listeners.map((l) => l.app),
    ['/mine'],
  );
  const updated = { ...mine, version: newest };
  const second = run([other, updated], { owners: first.owners });
  t.same(
    second.model.listeners.map((l) => l.app),
    ['/mine'],
  );
  t.match(second.reports, [{ id: '/a', reason: 'service port 10001: belongs to /mine' }]);

  const reading = readingRules({ bindAddresses: ['127.0.0.42', '127.0.0.43'] });
  const at = (id: string, address: string) => site(id, older, { HAPROXY_0_BIND_ADDR: address }, 10_001);
  const settings = proxySettings({ bindAddress: '127.0.0.1' });
  const apart = run([at('/x', '127.0.0.42'), at('/y', '127.0.0.43'), catalogApp('/z', 10_001)], { reading, settings });
  t.match(apart.model.listeners, [
    { bind: '127.0.0.1:10001', app: '/z', name: 'port_10001' },
    { bind: '127.0.0.42:10001', app: '/x', name: /^port_10001_[0-9a-f]{8}$/ },
    { bind: '127.0.0.43:10001', app: '/y' },
  ]);
  const any = run([at('/x', '127.0.0.42'), catalogApp('/z', 10_001)], { reading });
  t.same(
    any.model.listeners.map((l) => l.app),
    ['/x'],
    'all addresses have that one, too',
  );
  t.end();
});
