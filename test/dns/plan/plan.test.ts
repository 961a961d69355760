import fc from 'fast-check';
import t from 'tap';
import type { CatalogView } from '../../../src/catalog/catalog.js';
import { Catalog } from '../../../src/catalog/catalog.js';
import type { CatalogApp, CatalogChange, CatalogInstance } from '../../../src/catalog/types.js';
import { Reasons } from '../../../src/dns/explain/reasons.js';
import { parseChange, PlanError } from '../../../src/catalog/parse-change.js';
import { planChange } from '../../../src/dns/plan/plan.js';
import type { Plan } from '../../../src/dns/plan/plan.js';
import { generate, ownersOf } from '../../../src/dns/records/generate.js';
import { keyOf } from '../../../src/dns/records/record.js';
import { RecordSet, recordsOfType } from '../../../src/dns/records/record-set.js';
import type { ViewTask } from '../../../src/dns/records/view.js';
import { ClusterView, graceFor } from '../../../src/dns/source/cluster-view.js';
import { instanceStanding } from '../../../src/dns/standing/instance-standing.js';
import { catalogApp, catalogInstance, catalogOf, noChange, taskAsMesosHasIt } from '../support/catalog.js';
import { recordOptions, snapshot, viewTask } from '../support/cluster.js';

/** The zone as it is made from scratch. */
function zoneOf(view: ClusterView): Set<string> {
  const records = new RecordSet();
  for (const owner of ownersOf(view)) {
    const { records: own, avoided } = generate(view, owner, recordOptions);
    records.replace(owner, own, avoided);
  }
  const keys = new Set<string>();
  for (const name of records.names()) {
    const found = records.find(name);
    if (found !== undefined) for (const record of recordsOfType(found, 'ANY')) keys.add(keyOf(record));
  }
  return keys;
}

/** The cluster in which the instances of a catalog run, besides tasks of others. */
function viewOf(catalog: CatalogView, others: readonly ViewTask[] = []): ClusterView {
  const view = new ClusterView(graceFor(60_000));
  const tasks = Array.from(catalog.instances.values(), (instance) =>
    taskAsMesosHasIt(instance, catalog.apps.get(instance.appId) ?? catalogApp({ id: instance.appId })),
  );
  const agents = ['a-S1', 'a-S2'].map((id, i) => ({ id, address: { host: `10.1.0.${i + 1}`, port: 5051 } }));
  view.reset(snapshot({ agents, tasks: [...tasks, ...others] }), { nowMs: 0, newLeadership: false });
  for (const instance of catalog.instances.values()) {
    view.setStanding(instance.taskId, instanceStanding(instance, catalog.apps.get(instance.appId)));
  }
  return view;
}

function plan(view: ClusterView, catalog: CatalogView | undefined, change: CatalogChange): Plan {
  const reasons = new Reasons({ view, options: recordOptions, notReady: () => '', hasRecords: () => true });
  for (const owner of ownersOf(view)) reasons.follow(owner, generate(view, owner, recordOptions));
  return planChange({ view, options: recordOptions, names: reasons.names, catalog }, change);
}

const lines = (records: Plan['added']): string[] =>
  records.map(({ name, type, data }) => `${type} ${name} ${data}`).sort();

t.test('an instance comes, one goes', (t) => {
  const app = catalogApp({ id: '/shop/cart', instances: 2 });
  const catalog = catalogOf(
    [app],
    [
      catalogInstance({ taskId: 'cart.1', appId: app.id, ipAddresses: ['10.1.0.1'] }),
      catalogInstance({
        taskId: 'cart.2',
        appId: app.id,
        agentId: 'a-S2',
        host: '10.1.0.2',
        ipAddresses: ['10.1.0.2'],
      }),
    ],
  );
  const view = viewOf(catalog);
  const { added, removed, names, text } = plan(view, catalog, {
    ...noChange,
    removedInstances: ['cart.1', 'nobody'],
    instances: [catalogInstance({ taskId: 'cart.3', appId: app.id, ipAddresses: ['10.1.0.1'], ports: [31_005] })],
  });
  t.notOk(lines(added).includes('A cart-shop.marathon.mesos 10.1.0.1'), 'the address is there before and after');
  t.ok(names.changed.includes('_cart-shop._tcp.marathon.mesos'));
  t.ok(lines(removed).some((line) => /^SRV _cart-shop\._tcp\.marathon\.mesos .*:31000$/.test(line)));
  t.ok(lines(added).some((line) => /^SRV _cart-shop\._tcp\.marathon\.mesos .*:31005$/.test(line)));
  t.ok(
    names.added.every((name) => /^cart[-.]shop-.{5}-s1\./.test(name)),
    'of the one instance',
  );
  t.equal(names.added.length, names.removed.length);
  t.match(text, /records would be added and .* removed; .* have other records\.$/);
  t.strictSame(plan(view, catalog, { ...noChange, removedInstances: ['nobody'] }), {
    text: 'No name would change.',
    added: [],
    removed: [],
    names: { added: [], removed: [], changed: [] },
    expected: [],
    unknownInstances: ['nobody'],
  });
  t.equal(view.tasks.size, 2, 'nothing happened');
  t.end();
});

t.test('health and draining', (t) => {
  const app = catalogApp({ id: '/web', instances: 2 });
  const instances = [
    catalogInstance({ taskId: 'web.1', appId: app.id }),
    catalogInstance({ taskId: 'web.2', appId: app.id, agentId: 'a-S2', host: '10.1.0.2', ipAddresses: ['10.1.0.2'] }),
  ] as const;
  const catalog = catalogOf([app], instances);
  const view = viewOf(catalog);
  const sick = plan(view, catalog, { ...noChange, instances: [{ ...instances[0], healthy: false }] });
  t.ok(lines(sick.removed).includes('A web.marathon.mesos 10.1.0.1'));
  t.strictSame(sick.added, []);
  const allSick = plan(view, catalog, {
    ...noChange,
    instances: instances.map((instance) => ({ ...instance, healthy: false })),
  });
  t.strictSame(allSick.removed, [], 'better than none');
  const draining = plan(view, catalog, { ...noChange, instances: [{ ...instances[1], draining: true }] });
  t.ok(lines(draining.removed).includes('A web.marathon.mesos 10.1.0.2'));
  t.strictSame(draining.names.removed, [], 'the names of the instance stay');
  t.end();
});

t.test('an app without instances, and no catalog at all', (t) => {
  const empty = viewOf(new Catalog(), [viewTask({ id: 'x.1', frameworkId: 'F1' })]);
  const { expected, text, added } = plan(empty, undefined, { ...noChange, apps: [catalogApp({ id: '/shop/cart' })] });
  t.strictSame(added, []);
  t.match(expected, [{ app: '/shop/cart' }]);
  for (const name of [
    'cart.shop.marathon.mesos',
    'cart-shop.marathon.slave.mesos',
    '_cart-shop._tcp.marathon.mesos',
    '_http._cart-shop._tcp.marathon.mesos',
  ]) {
    t.ok(expected[0]?.names.includes(name), name);
  }
  t.notOk(expected[0]?.names.some((name) => /-s0\./.test(name) || name.endsWith('arpa')));
  t.match(text, '/shop/cart would have names with the first instance');
  t.strictSame(plan(empty, undefined, { ...noChange, apps: [catalogApp({ id: '/x', instances: 0 })] }).expected, []);
  t.ok(plan(empty, undefined, { ...noChange, removedInstances: ['x.1'] }).names.removed.includes('x.marathon.mesos'));
  t.end();
});

t.test('a plan is what happens', (t) => {
  const ids = ['/web', '/shop/cart', '/db'] as const;
  const app = fc
    .record({ id: fc.constantFrom(...ids), instances: fc.nat(3), checked: fc.boolean(), two: fc.boolean() })
    .map(({ id, instances, checked, two }): CatalogApp => {
      const port = { servicePort: 1, protocol: 'tcp', labels: {} };
      return catalogApp({
        id,
        instances,
        ports: [{ ...port, name: 'http' }, ...(two ? [{ ...port, protocol: 'udp' }] : [])],
        healthChecks: checked
          ? [{ protocol: 'HTTP', intervalSeconds: 1, timeoutSeconds: 1, maxConsecutiveFailures: 1 }]
          : [],
      });
    });
  const instance = fc
    .record({
      number: fc.nat(5),
      agent: fc.integer({ min: 1, max: 2 }),
      port: fc.integer({ min: 31_000, max: 31_003 }),
      healthy: fc.constantFrom(true, false, null),
      draining: fc.boolean(),
    })
    .map(({ number, agent, port, healthy, draining }): CatalogInstance => {
      const appId = ids[number % ids.length] ?? '/web';
      return catalogInstance({
        taskId: `${appId.slice(1).replaceAll('/', '_')}.${number}`,
        appId,
        agentId: `a-S${agent}`,
        host: `10.1.0.${agent}`,
        ipAddresses: [`10.1.0.${agent}`],
        ports: [port, port + 100],
        healthy,
        ...(draining ? { draining: true } : {}),
      });
    });
  const byId = <T>(key: (one: T) => string, list: readonly T[]): T[] => [
    ...new Map(list.map((one) => [key(one), one])).values(),
  ];
  const apps = fc.array(app, { maxLength: 3 }).map((list) => byId(({ id }) => id, list));
  const instances = fc.array(instance, { maxLength: 6 }).map((list) => byId(({ taskId }) => taskId, list));
  const removed = fc
    .uniqueArray(fc.nat(5), { maxLength: 3 })
    .map((numbers) =>
      numbers.map((number) => `${(ids[number % ids.length] ?? '').slice(1).replaceAll('/', '_')}.${number}`),
    );
  fc.assert(
    fc.property(apps, instances, apps, instances, removed, (oldApps, oldInstances, newApps, newInstances, gone) => {
      const everyApp = ids.map((id) => oldApps.find((one) => one.id === id) ?? catalogApp({ id }));
      // A running task keeps the ports that it was started with: their names are those of the app as it was
      const samePorts = newApps.map((one) => ({
        ...one,
        ports: everyApp.find(({ id }) => id === one.id)?.ports ?? [],
      }));
      const before = catalogOf(everyApp, oldInstances);
      const change = { ...noChange, apps: samePorts, instances: newInstances, removedInstances: gone };
      const after = catalogOf(everyApp, oldInstances);
      after.change(change);
      const others = [viewTask({ id: 'web.other', addresses: { netinfo: ['172.16.0.9'], docker: [], mesos: [] } })];
      const [old, fresh] = [viewOf(before, others), viewOf(after, others)];
      const planned = plan(old, before, change);
      const [had, has] = [zoneOf(old), zoneOf(fresh)];
      const expected = {
        added: [...has].filter((key) => !had.has(key)).sort(),
        removed: [...had].filter((key) => !has.has(key)).sort(),
      };
      const got = { added: lines(planned.added), removed: lines(planned.removed) };
      if (JSON.stringify(got) !== JSON.stringify(expected)) {
        throw new Error(`planned ${JSON.stringify(got, null, 1)}\nhappened ${JSON.stringify(expected, null, 1)}`);
      }
    }),
    { numRuns: 150 },
  );
  t.end();
});

t.test('bodies that are no change', (t) => {
  const faults = (body: unknown): unknown => {
    try {
      parseChange(typeof body === 'object' ? JSON.stringify(body) : body);
    } catch (error) {
      if (error instanceof PlanError) return error.details.map(({ path, errors }) => `${path}: ${errors.join()}`);
    }
    return 'fine';
  };
  t.equal(faults({}), 'fine');
  t.equal(faults({ apps: [{ id: 'web' }], instances: null }), 'fine');
  t.strictSame(faults('{'), []);
  t.strictSame(faults(undefined), []);
  t.strictSame(faults('[]'), []);
  t.strictSame(faults({ app: [], apps: {} }), [
    '/app: is none of apps, removedApps, instances, removedInstances',
    '/apps: must be an array',
  ]);
  t.strictSame(faults({ apps: [{}, { id: '/A b', instances: -1, ports: [{ containerPort: 'x' }] }] }), [
    '/apps/0/id: is missing',
    '/apps/1/id: must consist of lower case letters, digits, "-" and ".", with "/" between the parts',
    `/apps/1/instances: must be an integer from 0 to ${Number.MAX_SAFE_INTEGER}`,
    '/apps/1/ports/0/containerPort: must be an integer from 0 to 65535',
  ]);
  t.strictSame(faults({ instances: [{ taskId: 't', appId: '/a', healthy: 'no' }], removedInstances: [1] }), [
    '/instances/0/agentId: is missing',
    '/instances/0/host: is missing',
    '/instances/0/healthy: must be true or false',
    '/removedInstances/0: must be a text that is not empty',
  ]);
  t.match(faults({ removedApps: Array.from({ length: 1001 }, () => '/a') }), [
    '/removedApps: has 1001 elements: at most 1000 are possible',
  ]);
  const ports = Array.from({ length: 1000 }, () => ({}));
  const apps = Array.from({ length: 20 }, (_, i) => ({ id: `/a${i}`, ports }));
  t.strictSame(
    faults({ apps }),
    ['/apps/19/ports: makes more than 20000 elements in all: plan less at a time'],
    'a small body can have a million ports, each with several records',
  );
  t.equal(faults({ apps: apps.slice(1) }), 'fine');
  t.match(faults({ removedInstances: Array.from({ length: 100 }, () => 1) }), { length: 20 });
  t.match(parseChange('{"apps":[{"id":"a","healthChecks":[{}]}]}').apps, [
    { id: '/a', instances: 1, ports: [], healthChecks: [{ protocol: 'HTTP' }] },
  ]);
  t.end();
});
