import t from 'tap';
import fc from 'fast-check';
import { Catalog } from '../../../src/catalog/catalog.js';
import type { CatalogApp, CatalogInstance } from '../../../src/catalog/types.js';
import { compile, Compiler } from '../../../src/lb/compile/compile.js';
import type { Routing } from '../../../src/lb/compile/routing-model.js';
import type { Rule } from '../../../src/lb/rules/rule.js';
import { catalogOf, compileInput, readingRules } from '../../support/compile-input.js';
import { catalogApp, catalogInstance } from '../../support/fake-catalog.js';
import { proxySettings } from '../../support/proxy-settings.js';

const noChange = { apps: [], removedApps: [], instances: [], removedInstances: [] };

t.test('what has not changed stays the same object', (t) => {
  const apps = Array.from({ length: 20 }, (_, i) =>
    catalogApp(`/a${i}`, 10_000 + i, { labels: { HAPROXY_0_VHOST: `h${i}.example.com` } }),
  );
  const instances = apps.flatMap(({ id }) => [1, 2].map((n) => catalogInstance(id, `${id}.${n}`, [31_000 + n])));
  const catalog = catalogOf(apps, instances);
  const compiler = new Compiler();
  const rules: Rule[] = [{ id: '/a3', acl: 'path_beg /three' }];
  const settings = proxySettings();
  const reading = readingRules();
  let owners: Routing['owners'] = new Map();
  const next = (): Routing => {
    const routing = compiler.compile(compileInput({ catalog, rules, settings, reading, owners }));
    ({ owners } = routing);
    return routing;
  };
  const first = next();
  const same = next();
  t.equal(same.model.backends, first.model.backends);
  t.equal(same.routes, first.routes);
  t.equal(same.owners, first.owners);

  catalog.change({ ...noChange, instances: [catalogInstance('/a7', '/a7.1', [31_001], { healthy: false })] });
  const second = next();
  const changed = second.model.backends.filter((backend, i) => backend !== first.model.backends[i]);
  t.same(
    changed.map(({ app }) => app.id),
    ['/a7'],
  );
  t.equal(changed[0]?.servers.length, 1);
  t.equal(second.routes, first.routes);
  t.equal(second.model.listeners, first.model.listeners);
  t.equal(second.model.http?.steps, first.model.http?.steps);

  catalog.change({
    ...noChange,
    apps: [catalogApp('/a9', 10_009, { labels: { HAPROXY_0_VHOST: 'new.example.com' } })],
  });
  const third = next();
  t.same(
    third.model.backends.filter((backend) => !second.model.backends.includes(backend)).map(({ app }) => app.id),
    ['/a9'],
    'a new definition is new in its own backend alone',
  );
  t.ok(third.routes.some(({ host }) => host === 'new.example.com'));
  t.end();
});

const ids = fc.constantFrom('/a', '/b', '/c', '/g/d-blue', '/g/d-green', '/tcp');
const hosts = fc.constantFrom('x.org', 'y.org', '*.y.org', 'x.org,z.org');
const anApp = fc
  .record({
    id: ids,
    version: fc.constantFrom('1', '2', '3'),
    port: fc.constantFrom(0, 10_001, 10_002, 10_003, 80),
    host: fc.option(hosts),
    path: fc.option(fc.constantFrom('/p', '-i /P', '/p/q')),
    group: fc.boolean(),
    checks: fc.boolean(),
  })
  .map(({ id, version, port, host, path, group, checks }): CatalogApp => {
    const labels = {
      ...(host === null ? {} : { HAPROXY_0_VHOST: host }),
      ...(path === null ? {} : { HAPROXY_0_PATH: path }),
      ...(group
        ? { HAPROXY_DEPLOYMENT_GROUP: 'd', HAPROXY_DEPLOYMENT_STARTED_AT: `2020-01-0${version}T00:00:00` }
        : {}),
    };
    const check = { protocol: 'HTTP', intervalSeconds: 1, timeoutSeconds: 1, maxConsecutiveFailures: 1 };
    return catalogApp(id, port, { version, labels, healthChecks: checks ? [check] : [] });
  });
const anInstance = fc
  .record({
    appId: ids,
    n: fc.integer({ min: 1, max: 4 }),
    healthy: fc.constantFrom(true, false, null),
    isLeaving: fc.boolean(),
    host: fc.constantFrom('127.0.0.1', 'agent1', 'agent2'),
  })
  .map(({ appId, n, healthy, isLeaving, host }): CatalogInstance => {
    const more = { healthy, host, ...(isLeaving ? { draining: true as const } : {}) };
    return catalogInstance(appId, `${appId}.${n}`, [31_000 + n], more);
  });
const aRule = fc.record({
  id: ids,
  acl: fc.constantFrom('hdr(host) x.org', 'path_beg /p', 'hdr(x) y', 'nonsense'),
  config: fc.constantFrom({}, { Priority: '5' }, { Servers: 'agent1:80' }),
});
const aChange = fc.oneof(
  anApp.map((app) => ({ kind: 'app' as const, app })),
  ids.map((id) => ({ kind: 'no-app' as const, id })),
  anInstance.map((instance) => ({ kind: 'instance' as const, instance })),
  fc.tuple(ids, fc.integer({ min: 1, max: 4 })).map(([id, n]) => ({ kind: 'no-instance' as const, id: `${id}.${n}` })),
  aRule.map((rule) => ({ kind: 'rule' as const, rule })),
  ids.map((id) => ({ kind: 'no-rule' as const, id })),
  fc.constantFrom('agent1', 'agent2').map((host) => ({ kind: 'address' as const, host })),
  fc.constantFrom(80, 10_001).map((port) => ({ kind: 'port' as const, port })),
  ids.map((id) => ({ kind: 'rejected' as const, id })),
);

t.test('a history ends where a fresh start with the same owners does', (t) => {
  const settings = proxySettings({ defaultRule: 'path', emptyServices: 'refuse', appIdPort: 9_091 });
  const reading = readingRules();
  fc.assert(
    fc.property(fc.array(fc.array(aChange, { minLength: 1, maxLength: 4 }), { maxLength: 12 }), (history) => {
      const catalog = new Catalog();
      const rules = new Map<string, Rule>();
      const [addresses, ports, rejected] = [new Set<string>(), new Set<number>(), new Set<string>()];
      const compiler = new Compiler();
      let owners: Routing['owners'] = new Map();
      const toggle = <T>(set: Set<T>, value: T): unknown => set.delete(value) || set.add(value);
      for (const changes of history) {
        for (const change of changes) {
          if (change.kind === 'app') catalog.change({ ...noChange, apps: [change.app] });
          else if (change.kind === 'no-app') catalog.change({ ...noChange, removedApps: [change.id] });
          else if (change.kind === 'instance') catalog.change({ ...noChange, instances: [change.instance] });
          else if (change.kind === 'no-instance') catalog.change({ ...noChange, removedInstances: [change.id] });
          else if (change.kind === 'rule') rules.set(change.rule.id, change.rule);
          else if (change.kind === 'no-rule') rules.delete(change.id);
          else if (change.kind === 'address') toggle(addresses, change.host);
          else if (change.kind === 'port') toggle(ports, change.port);
          else toggle(rejected, change.id);
        }
        const input = compileInput({
          catalog,
          rules: [...rules.values()],
          settings,
          reading,
          owners,
          addressOf: (host) => (addresses.has(host) ? `10.0.0.${host.length}` : undefined),
          portProblem: (port) => (ports.has(port) ? 'in use' : undefined),
          rejected: (kind, id) => (kind === 'app' && rejected.has(id) ? 'said HAProxy' : undefined),
        });
        const routing = compiler.compile(input);
        const [found, expected] = [routing, compile(input)].map(written);
        if (found !== expected) throw new Error(`${found}\n is not\n${expected}`);
        if (written(compile({ ...input, owners: routing.owners })) !== found) throw new Error('not the same once more');
        ({ owners } = routing);
      }
    }),
    { numRuns: 150 },
  );
  t.end();
});

function written(routing: Routing): string {
  return JSON.stringify(routing, (_key, value: unknown) => (value instanceof Map ? [...value] : value), 1);
}
