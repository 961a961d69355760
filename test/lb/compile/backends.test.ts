import t from 'tap';
import type { CatalogApp, CatalogHealthCheck, CatalogInstance } from '../../../src/catalog/types.js';
import { networkPortions } from '../../../src/lb/compile/backends.js';
import { compile } from '../../../src/lb/compile/compile.js';
import type { CompileInput } from '../../../src/lb/compile/compile.js';
import type { Backend, Routing } from '../../../src/lb/compile/routing-model.js';
import { findCulprits } from '../../../src/lb/culprits.js';
import { catalogOf, compileInput, readingRules } from '../../support/compile-input.js';
import { catalogApp, catalogInstance } from '../../support/fake-catalog.js';
import { proxySettings } from '../../support/proxy-settings.js';

function run(
  apps: readonly CatalogApp[],
  instances: readonly CatalogInstance[] = [],
  more: Partial<CompileInput> = {},
): Routing {
  return compile(compileInput({ catalog: catalogOf(apps, instances), ...more }));
}

const labelled = (labels: Record<string, string>, more: Partial<CatalogApp> = {}): CatalogApp =>
  catalogApp('/a', 10_001, { labels, ...more });

const backendOf = (app: CatalogApp, instances: readonly CatalogInstance[] = []): Backend | undefined =>
  run([app], instances).model.backends[0];

const check = (more: Partial<CatalogHealthCheck>): CatalogHealthCheck => ({
  protocol: 'HTTP',
  intervalSeconds: 10,
  timeoutSeconds: 7,
  maxConsecutiveFailures: 3,
  ...more,
});

t.test('what labels ask of a service', (t) => {
  const hash = '$5$saltsalt$0IyaXrmV7.sGNS6tirgqHLqX/G.FBvgkYA.lpPdS5sA';
  const routing = run([
    labelled({
      HAPROXY_0_VHOST: 'a.example.com,*.a.example.com',
      HAPROXY_0_PATH: '/in',
      HAPROXY_0_STICKY: 'true',
      HAPROXY_0_REDIRECT_TO_HTTPS: 'yes',
      HAPROXY_0_USE_HSTS: 't',
      HAPROXY_0_BALANCE: 'source',
      HAPROXY_0_AUTH: `Area:alice:${hash}`,
      HAPROXY_0_BACKEND_NETWORK_ALLOWED_ACL: '10.0.0.0/8 127.0.0.1',
      HAPROXY_0_HTTP_BACKEND_PROXYPASS_PATH: '/in',
      HAPROXY_0_HTTP_BACKEND_REVPROXY_PATH: '/out',
      HAPROXY_0_HTTP_BACKEND_REDIR: '/home',
    }),
  ]);
  t.same(routing.reports, []);
  const backend = routing.model.backends[0];
  t.match(backend, {
    mode: 'http',
    balance: 'source',
    cookie: 'mesosphere_server_id',
    redirectToHttps: true,
    hsts: true,
    auth: { realm: 'Area', userlist: `users_${backend?.name ?? ''}` },
    allowedNetworks: [['10.0.0.0/8', '127.0.0.1']],
    stripPrefix: '/in',
    locationPrefix: '/out',
    rootRedirect: '/home',
    hosts: ['a.example.com'],
    app: { kind: 'app', id: '/a' },
  });
  t.same(routing.model.userlists, [{ name: `users_${backend?.name ?? ''}`, user: 'alice', passwordHash: hash }]);
  t.match(backendOf(labelled({ HAPROXY_0_MODE: 'tcp', HAPROXY_0_STICKY: 'true' })), { mode: 'tcp', cookie: null });

  const bad = run([labelled({ HAPROXY_0_AUTH: 'nobody', HAPROXY_0_VHOST: 'a.example.com' })], [], {
    rules: [{ id: '/a', acl: 'path_beg /' }],
  });
  t.same(bad.model.backends, [], 'without its password a service is not served, by a rule neither');
  t.match(bad.reports, [
    { kind: 'app', reason: /^HAPROXY_0_AUTH: / },
    { kind: 'rule', reason: /port 0 is not served/ },
  ]);
  t.end();
});

t.test('networks fit in lines', (t) => {
  const many = Array.from({ length: 120 }, (_, i) => `10.0.${i}.0/24`);
  t.same(
    networkPortions(many).map((p) => p.length),
    [50, 50, 20],
  );
  t.same(networkPortions(many).flat(), many);
  const long = Array.from({ length: 100 }, (_, i) => `2001:db8:aaaa:bbbb:cccc:dddd:eeee:${i.toString(16)}/128`);
  t.ok(networkPortions(long).every((p) => p.join(' ').length < 1_600));
  t.same(networkPortions([]), []);
  t.end();
});

t.test('checks are those of the scheduler', (t) => {
  const of = (checks: CatalogHealthCheck[], labels: Record<string, string> = {}) =>
    backendOf(labelled(labels, { healthChecks: checks }))?.check;
  t.same(of([check({ path: '/health' })], { HAPROXY_0_VHOST: '*.x.org,a.example.com' }), {
    kind: 'http',
    path: '/health',
    host: 'a.example.com',
    port: null,
    intervalMs: 10_000,
    timeoutMs: 7_000,
    fall: 4,
  });
  t.match(of([check({ protocol: 'MESOS_HTTPS', port: 8443 })]), { kind: 'https', path: '/', host: null, port: 8443 });
  t.match(of([check({ protocol: 'TCP', intervalSeconds: 0 })]), { kind: 'connect', intervalMs: 1_000 });
  t.match(of([check({ protocol: 'COMMAND' })]), { kind: 'connect', intervalMs: 2_000 }, 'the scheduler runs it');
  t.match(of([check({ portIndex: 1 })]), { kind: 'connect', intervalMs: 2_000 }, 'of another port');
  t.match(of([check({ path: '/h HTTP/1.1\r\nX: y' })]), { path: '/' });

  const two = labelled(
    { HAPROXY_0_BACKEND_HEALTHCHECK_PORT_INDEX: '1' },
    {
      ports: [10_001, 0].map((servicePort) => ({ servicePort, protocol: 'tcp', labels: {} })),
      healthChecks: [check({ portIndex: 1, path: '/adm' })],
    },
  );
  const backend = backendOf(two, [catalogInstance('/a', 't', [31_001, 31_002], { healthy: true })]);
  t.match(backend, {
    check: { kind: 'http', path: '/adm' },
    servers: [{ endpoint: '127.0.0.1:31001', checkPort: 31_002 }],
  });
  t.end();
});

t.test('which instances get something', (t) => {
  const app = labelled({}, { healthChecks: [check({}), check({ protocol: 'TCP' })] });
  const instances = [
    catalogInstance('/a', 'good', [1], { healthy: true }),
    catalogInstance('/a', 'bad', [2], { healthy: false }),
    catalogInstance('/a', 'one-good', [3], { healthy: false, anyHealthy: true }),
    catalogInstance('/a', 'new', [4]),
    catalogInstance('/a', 'not-ready', [5], { healthy: true, ready: false }),
    catalogInstance('/a', 'lost', [6], { healthy: false, unreachable: true }),
    catalogInstance('/a', 'going', [7], { healthy: true, draining: true }),
    catalogInstance('/a', 'going-too', [8], { healthy: false, draining: true }),
  ];
  const ports = (health: 'all' | 'any' | 'ignore') =>
    run([app], instances, { settings: proxySettings({ health }) }).model.backends[0]?.servers.map((s) =>
      s.endpoint.slice(10),
    );
  t.same(ports('all'), ['1', '6']);
  t.same(ports('any'), ['1', '3', '6']);
  t.same(ports('ignore'), ['1', '2', '3', '4', '6']);
  t.match(run([app], instances).leaving, [
    { taskId: 'going', server: '127.0.0.1_7', endpoint: '127.0.0.1:7' },
    { taskId: 'going-too', server: '127.0.0.1_8' },
  ]);
  const reused = [...instances, catalogInstance('/a', 'next', [7], { healthy: true })];
  t.same(
    run([app], reused).leaving.map((l) => l.taskId),
    ['going-too'],
    'its place has been given to another one',
  );
  t.end();
});

t.test('a service without servers', (t) => {
  const app = labelled({});
  const keep = run([app]);
  t.equal(keep.model.listeners.length, 1);
  const settings = proxySettings({ emptyServices: 'refuse' });
  t.same(run([app], [], { settings }).model.listeners, []);
  t.equal(run([app], [catalogInstance('/a', 't', [1])], { settings }).model.listeners.length, 1);
  t.end();
});

t.test('two apps of a deployment group are one service', (t) => {
  const colour = (id: string, startedAt: string): CatalogApp =>
    catalogApp(id, 11_001, {
      instances: 2,
      labels: {
        HAPROXY_DEPLOYMENT_GROUP: 'checkout',
        HAPROXY_DEPLOYMENT_STARTED_AT: startedAt,
        HAPROXY_0_VHOST: 'checkout.example.com',
        HAPROXY_0_PORT: '11001',
      },
    });
  const instances = ['blue', 'green'].flatMap((name, i) =>
    (i === 0 ? [1, 2] : [1]).map((n) => catalogInstance(`/checkout-${name}`, `${name}${n}`, [31_000 + 10 * i + n])),
  );
  const apps = [colour('/checkout-green', '2020-06-01T10:00:00'), colour('/checkout-blue', '2020-05-01T10:00:00')];
  const settings = proxySettings({ appIdPort: 9_091 });
  const { model, maps, reports, routes } = run(apps, instances, {
    settings,
    rules: [{ id: '/checkout', acl: 'path_beg /c' }],
  });
  t.same(reports, []);
  t.match(model.backends, [
    {
      app: { id: '/checkout', members: ['/checkout-blue', '/checkout-green'] },
      servers: [
        { name: '127.0.0.1_31001', disabled: true },
        { name: '127.0.0.1_31002', disabled: false },
        { name: '127.0.0.1_31011', disabled: false },
      ],
    },
  ]);
  t.match(model.listeners, [{ port: 11_001, app: '/checkout' }]);
  const culprits = findCulprits('frontend port_11001\n  bind', [2], model);
  t.same(
    culprits.map(({ id }) => id),
    ['/checkout-blue', '/checkout-green'],
    'they can be left out, and come back',
  );
  t.same([...new Set(routes.map(({ backend }) => backend))], [model.backends[0]?.name]);
  t.same([...(maps.find(({ path }) => path.endsWith('appId.map'))?.entries.keys() ?? [])], ['/checkout']);
  t.end();
});

t.test('frontends', (t) => {
  const certificates = [{ path: '/c/a.pem', fingerprint: 'f' }];
  const reading = readingRules({
    certificates: new Map([
      ['a', '/c/a.pem'],
      ['gone', '/c/gone.pem'],
    ]),
  });
  const app = labelled({ HAPROXY_0_VHOST: 'b.example.com,a.example.com', HAPROXY_0_SSL_CERT: 'a' });
  const all = { certificates, isStrictSni: true, appIdPort: 9_091, statsPath: '/haproxy_stats' };
  const { model, maps } = run([app], [], { reading, settings: proxySettings(all) });
  t.match(model.http, { bind: '0.0.0.0:80', statsPath: '/haproxy_stats' });
  t.match(model.https, { bind: '0.0.0.0:443', certificates, onlyNames: ['a.example.com', 'b.example.com'] });
  t.equal(model.https?.steps, model.http?.steps);
  t.match(model.appId, { bind: '0.0.0.0:9091', steps: [{ kind: 'map', key: 'appId', file: '/run/maps/appId.map' }] });
  t.match(model.listeners, [{ certificate: certificates[0] }]);
  t.same(
    maps.map(({ path }) => path),
    ['/run/maps/hostPath.map', '/run/maps/appId.map'],
  );

  const none = run([app], [], { reading, settings: proxySettings({ ...all, bindsHttpAndHttps: false }) });
  t.match(none.model, { http: null, https: null, appId: { steps: [{}] } });
  t.same(
    none.maps.map(({ path }) => path),
    ['/run/maps/appId.map'],
  );
  const gone = run([labelled({ HAPROXY_0_SSL_CERT: 'gone' })], [], { reading, settings: proxySettings(all) });
  t.same(gone.model.listeners, [], 'never without the TLS that it asks for');
  t.match(gone.reports, [{ reason: 'service port 10001: the certificate "/c/gone.pem" is not there' }]);
  t.end();
});

t.test('rules with addresses of their own', (t) => {
  const rules = [
    {
      id: '/mesos',
      acl: 'hdr(host) mesos.local',
      config: { Servers: '10.0.0.1:5050,[2001:db8::1]:5050 master.local:5050' },
    },
    { id: '/a', acl: 'path_beg /a', config: { Priority: '9', Port: '1' } },
  ];
  const app = labelled({}, { ports: [10_001, 0].map((servicePort) => ({ servicePort, protocol: 'tcp', labels: {} })) });
  const routing = run([app], [], { rules });
  t.match(routing.reports, [{ kind: 'rule', id: '/mesos', reason: 'the address of "master.local" is not known' }]);
  t.match(routing.routes, [
    { app: '/a', priority: 9, source: { kind: 'rule', id: '/a' } },
    { app: null, host: 'mesos.local', backend: /^fixed_mesos_/ },
  ]);
  const fixed = routing.model.backends.find((b) => b.app.kind === 'rule');
  t.match(fixed, {
    mode: 'http',
    app: { id: '/mesos' },
    servers: [{ endpoint: '10.0.0.1:5050' }, { endpoint: '2001:db8::1:5050' }],
  });
  const known = run([app], [], { rules, addressOf: () => '10.9.9.9' });
  t.equal(known.model.backends.find((b) => b.app.kind === 'rule')?.servers.length, 3);
  t.match(run([app], [], { rules: [{ id: '/a', acl: 'path_beg /', config: { Port: '7' } }] }).reports, [
    { kind: 'rule', reason: /no port 7/ },
  ]);
  t.end();
});

t.test('default rules', (t) => {
  const apps = [
    catalogApp('/shop', 10_001),
    catalogApp('/shop-admin', 10_002),
    catalogApp('/shop/cart', 10_003),
    catalogApp('/ruled', 10_004),
    catalogApp('/hosted', 10_005, { labels: { HAPROXY_0_VHOST: 'h.example.com' } }),
    catalogApp('/udp', 0, { ports: [{ servicePort: 53, protocol: 'udp', labels: {} }] }),
  ];
  const rules = [{ id: '/ruled', acl: 'hdr(host) r.example.com' }];
  const byId = (defaultRule: 'path' | 'bamboo' | 'none') =>
    run(apps, [], { rules, settings: proxySettings({ defaultRule }) });
  const defaults = (routing: Routing) => routing.routes.filter((r) => r.source.kind === 'default').map((r) => r.app);
  t.same(defaults(byId('none')), []);
  t.same(defaults(byId('path')), ['/shop-admin', '/shop/cart', '/shop']);
  const bamboo = byId('bamboo');
  t.same(defaults(bamboo), ['/hosted', '/shop']);
  t.ok(bamboo.reports.some(({ id, reason }) => id === '/shop-admin' && reason.includes('/shop takes all')));
  const path = byId('path');
  const shop = path.routes.find((r) => r.app === '/shop');
  t.match(
    path.model.listeners.find((l) => l.app === '/shop'),
    { mode: 'tcp' },
    'its service port stays plain TCP',
  );
  t.match(
    path.model.backends.find((b) => b.name === shop?.backend),
    { mode: 'http' },
  );
  t.end();
});
