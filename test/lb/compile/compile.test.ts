import t from 'tap';
import fc from 'fast-check';
import type { CatalogApp, CatalogInstance } from '../../../src/catalog/types.js';
import { compile } from '../../../src/lb/compile/compile.js';
import type { CompileInput } from '../../../src/lb/compile/compile.js';
import { backendName, ruleName } from '../../../src/lb/compile/names.js';
import type { Routing } from '../../../src/lb/compile/routing-model.js';
import type { Rule } from '../../../src/lb/rules/rule.js';
import { catalogOf, compileInput } from '../../support/compile-input.js';
import { catalogApp, catalogInstance } from '../../support/fake-catalog.js';

function run(
  apps: readonly CatalogApp[],
  instances: readonly CatalogInstance[] = [],
  rules: readonly Rule[] = [],
  more: Partial<CompileInput> = {},
): Routing {
  return compile(compileInput({ catalog: catalogOf(apps, instances), rules, ...more }));
}

t.test('a listener and a backend for each service port', (t) => {
  const app = catalogApp('/shop/api', 0, {
    ports: [
      { servicePort: 10_001, protocol: 'tcp', labels: {} },
      { servicePort: 0, protocol: 'tcp', labels: {} },
      { servicePort: 10_002, protocol: 'udp,tcp', labels: {} },
    ],
    healthChecks: [
      { protocol: 'MESOS_HTTP', portIndex: 2, intervalSeconds: 1, timeoutSeconds: 1, maxConsecutiveFailures: 1 },
    ],
    labels: { plain: 'it is', broken: 'a\nb' },
  });
  const instances = [
    catalogInstance('/shop/api', 'b', [31_001, 31_002, 31_003], { healthy: true, host: '10.0.0.2' }),
    catalogInstance('/shop/api', 'a', [31_001, 31_002, 31_003], { healthy: true, host: '10.0.0.1' }),
    catalogInstance('/shop/api', 'c', [31_001, 31_002, 31_003], { healthy: false, host: '10.0.0.3' }),
    catalogInstance('/shop/api', 'd', [31_001, 31_002, 31_003], { healthy: null, host: '10.0.0.4' }),
  ];
  const { model, reports } = run([app], instances);
  t.same(reports, []);
  t.match(model.listeners, [
    { name: 'port_10001', bind: '0.0.0.0:10001', mode: 'tcp', app: '/shop/api' },
    { name: 'port_10002', bind: '0.0.0.0:10002', mode: 'http', app: '/shop/api' },
  ]);
  t.match(model.backends[0], {
    name: /^shop_api_10001_[0-9a-f]{8}$/,
    mode: 'tcp',
    balance: 'roundrobin',
    servers: [
      { name: '10.0.0.1_31001', endpoint: '10.0.0.1:31001' },
      { name: '10.0.0.2_31001', endpoint: '10.0.0.2:31001' },
    ],
    app: { id: '/shop/api', labels: { plain: 'it is' } },
  });
  t.notOk('broken' in (model.backends[0]?.app.labels ?? {}), 'a label of two lines cannot be put into one');
  t.match(model.backends[1]?.servers[0], { endpoint: '10.0.0.1:31003' });
  t.end();
});

t.test('instances', (t) => {
  const checked = catalogApp('/a', 10_001, {
    healthChecks: [{ protocol: 'TCP', intervalSeconds: 1, timeoutSeconds: 1, maxConsecutiveFailures: 1 }],
  });
  const unknown = run([checked], [catalogInstance('/a', 't', [1])]);
  t.same(unknown.model.backends[0]?.servers, []);
  t.match(unknown.reports, [{ kind: 'app', id: '/a', reason: /none of 1 instances is healthy/ }]);
  const servers = (isChecked: boolean) =>
    run([checked], [catalogInstance('/a', 't', [1], { isChecked })]).model.backends[0]?.servers.length;
  t.equal(servers(false), 1, 'it runs a version without health checks: the next one has some, not it');
  t.equal(servers(true), 0);

  const plain = catalogApp('/a', 10_001);
  t.equal(run([plain], [catalogInstance('/a', 't', [1])]).model.backends[0]?.servers.length, 1);
  t.equal(run([plain], [catalogInstance('/a', 't', [1], { healthy: false })]).model.backends[0]?.servers.length, 0);

  const named = catalogInstance('/a', 't', [31_000], { host: 'agent1.example.com' });
  t.match(run([plain], [named]).reports, [{ reason: /instance t: the address of "agent1.example.com" is not known/ }]);
  const addressOf = (): string => '10.1.1.1';
  t.match(run([plain], [named], [], { addressOf }).model.backends[0]?.servers, [{ endpoint: '10.1.1.1:31000' }]);

  const container = catalogApp('/a', 10_001, {
    ports: [{ servicePort: 10_001, protocol: 'tcp', containerPort: 8080, labels: {} }],
  });
  const own = catalogInstance('/a', 't', [], { ipAddresses: ['2001:DB8::1'] });
  t.match(run([container], [own]).model.backends[0]?.servers, [{ endpoint: '2001:db8::1:8080' }]);
  t.match(run([plain], [catalogInstance('/a', 't', [])]).reports, [{ reason: /port 0 has no number/ }]);

  const twice = [catalogInstance('/a', 't1', [31_000]), catalogInstance('/a', 't2', [31_000])];
  t.equal(run([plain], twice).model.backends[0]?.servers.length, 1, 'one server for one address');
  t.end();
});

t.test('service ports that cannot be served are reported, and the rest goes on', (t) => {
  const older = catalogApp('/z', 10_001, { version: '2020-01-01T00:00:00.000Z' });
  const newer = catalogApp('/a', 10_001, { version: '2021-01-01T00:00:00.000Z' });
  const { model, reports } = run([
    newer,
    older,
    ...[80, 443, 9090, 8000].map((port) => catalogApp(`/own${port}`, port)),
    catalogApp('/large', 70_000),
    catalogApp('/fraction', 1.5),
    catalogApp('/udp', 0, { ports: [{ servicePort: 53, protocol: 'udp', labels: {} }] }),
    catalogApp('/good', 10_002),
  ]);
  t.same(
    model.listeners.map((l) => [l.port, l.app]),
    [
      [10_001, '/z'],
      [10_002, '/good'],
    ],
  );
  const reasons = Object.fromEntries(reports.map((r) => [r.id, r.reason]));
  t.match(reasons, {
    '/a': 'service port 10001: belongs to /z',
    '/own80': /kept for the HTTP frontend/,
    '/own443': /kept for the HTTPS frontend/,
    '/own9090': /kept for the statistics/,
    '/own8000': /kept for the API/,
    '/large': /is not a port/,
    '/fraction': /is not a port/,
    '/udp': /cannot serve the protocol "udp"/,
  });

  const taken = run([catalogApp('/a', 10_001)], [], [], { portProblem: () => 'in use' });
  t.equal(taken.model.http, null);
  t.equal(taken.model.stats, null);
  t.same(taken.model.listeners, []);
  t.match(taken.reports.map((r) => r.id).sort(), ['/a', '80', '9090']);
  t.end();
});

t.test('rules', (t) => {
  const apps = ['/a', '/b', '/c', '/d', '/e'].map((id, i) => catalogApp(id, 10_001 + i));
  const rules: Rule[] = [
    { id: '/a', acl: 'path_beg /' },
    { id: '/b', acl: 'path_beg /api /api/v2' },
    { id: '/c', acl: 'path_beg /api/v1' },
    { id: '/d', acl: 'hdr_end(host) .example.com' },
    { id: '/e', acl: 'hdr(host) e.example.com' },
    { id: '/gone', acl: 'path /gone' },
  ];
  const { model, reports, routes } = run(apps, [], rules);
  t.same(
    routes.map((r) => r.app),
    ['/e', '/d', '/b', '/c', '/b', '/a'],
    'narrow before wide, longer paths first',
  );
  t.match(reports, [{ kind: 'rule', id: '/gone', reason: 'there is no such app' }]);
  t.ok(
    model.listeners.every((l) => l.mode === 'http'),
    'what a rule leads to speaks HTTP',
  );
  const backends = new Set(model.backends.map((b) => b.name));
  t.ok(routes.every((r) => backends.has(r.backend)));

  const unlisted = run([catalogApp('/n', 0)], [], [{ id: '/n', acl: 'path_beg /' }]);
  t.equal(unlisted.model.listeners.length, 0);
  t.equal(unlisted.model.backends.length, 1, 'no service port is needed');

  const odd = run(
    [catalogApp('/x', 10_001, { ports: [] }), catalogApp('/y', 10_002), catalogApp('/w', 10_003)],
    [],
    [
      { id: '/x', acl: 'path_beg /' },
      { id: '/y', acl: 'always_true' },
      { id: '/w', acl: 'path_beg /' },
    ],
    { rejected: (kind, id) => (kind === 'rule' && id === '/w' ? 'said HAProxy' : undefined) },
  );
  t.match(odd.reports, [
    { kind: 'rule', id: '/x', reason: 'the app has no TCP port' },
    { kind: 'rule', id: '/y', reason: /"always_true" cannot be used/ },
    { kind: 'rule', id: '/w', reason: 'said HAProxy' },
  ]);
  t.same(odd.routes, []);
  t.end();
});

t.test('names never meet', (t) => {
  const ids = [
    '/shop/api',
    '/shop-api',
    '/shop.api',
    '/shop_api',
    '/shop',
    '/shop/api/1',
    `/${'x'.repeat(70)}`,
    `/${'x'.repeat(71)}`,
  ];
  const names = ids.flatMap((id) => [0, 1].map((i) => backendName(id, i, 10_001)));
  t.equal(new Set(names).size, names.length);
  t.equal(new Set(ids.map(ruleName)).size, ids.length);
  for (const name of [...names, ...ids.map(ruleName)]) t.match(name, /^[A-Za-z0-9_.-]{1,90}$/);
  t.not(backendName('/com/pay', 0, 1), backendName('/com-pay', 0, 1));
  t.end();
});

t.test('the order in which things arrive does not matter', (t) => {
  const apps = Array.from({ length: 6 }, (_, i) => catalogApp(`/a${i}`, 10_000 + (i % 4)));
  const instances = apps.flatMap((a) => [1, 2, 3].map((n) => catalogInstance(a.id, `${a.id}.${n}`, [31_000 + n])));
  const expected = run(apps, instances);
  fc.assert(
    fc.property(
      fc.shuffledSubarray(apps, { minLength: apps.length }),
      fc.shuffledSubarray(instances, { minLength: instances.length }),
      (a, i) => JSON.stringify(run(a, i)) === JSON.stringify(expected),
    ),
    { numRuns: 30 },
  );
  t.end();
});

t.test('nothing in an app or a rule makes it throw, or costs another app', (t) => {
  const victim = catalogApp('/victim', 20_000, { version: '2000' });
  const text = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('/evil\n  x', '__proto__', '', '/victim', '-f'));
  const hostile = fc.record({
    id: text,
    version: text,
    labels: fc.oneof(fc.dictionary(text, text), fc.constant(null)),
    ports: fc.oneof(fc.array(fc.record({ servicePort: fc.anything(), protocol: fc.anything() })), fc.anything()),
    healthChecks: fc.anything(),
  });
  const instance = fc.record({
    taskId: text,
    appId: text,
    host: text,
    ports: fc.anything(),
    ipAddresses: fc.anything(),
  });
  fc.assert(
    fc.property(
      fc.array(hostile, { maxLength: 4 }),
      fc.array(instance, { maxLength: 4 }),
      fc.array(fc.record({ id: text, acl: text }), { maxLength: 4 }),
      (apps, instances, rules) => {
        const others = apps.filter((a) => a.id !== '/victim') as unknown as CatalogApp[];
        const { model, routes } = run(
          [victim, ...others],
          [
            catalogInstance('/victim', 'good', [31_000]),
            ...(instances.filter((i) => i.appId !== '/victim' && i.taskId !== 'good') as unknown as CatalogInstance[]),
          ],
          rules,
        );
        const listener = model.listeners.find((l) => l.port === 20_000);
        const backend = model.backends.find((b) => b.name === listener?.backend);
        const names = [...model.backends, ...model.listeners, ...routes].map((x) => x.name);
        const servers = model.backends.flatMap((b) => b.servers);
        return (
          listener?.app === '/victim' &&
          backend?.servers.length === 1 &&
          names.every((n) => /^[A-Za-z0-9_.-]+$/.test(n)) &&
          servers.every((s) => /^[0-9a-f.:_]+$/.test(s.name + s.endpoint))
        );
      },
    ),
    { numRuns: 300 },
  );
  t.end();
});
