import t from 'tap';
import fc from 'fast-check';
import type { CatalogApp, CatalogInstance } from '../../../src/catalog/types.js';
import { findDeployments, instancesOfDeployment } from '../../../src/lb/labels/blue-green.js';
import type { Deployment } from '../../../src/lb/labels/blue-green.js';
import { catalogInstance } from '../../support/fake-catalog.js';
import { sampleApp } from './sample-app.js';

function app(id: string, labels: Record<string, string> = {}, parts: Partial<CatalogApp> = {}): CatalogApp {
  return sampleApp({ HAPROXY_DEPLOYMENT_GROUP: 'checkout', HAPROXY_0_PORT: '11001', ...labels }, { id, ...parts });
}
const blue = app('/checkout-blue', { HAPROXY_DEPLOYMENT_STARTED_AT: '2020-05-01T10:00:00.000000' }, { instances: 4 });
const green = app('/checkout-green', { HAPROXY_DEPLOYMENT_STARTED_AT: '2020-06-01T10:00:00.000000' }, { instances: 2 });

function deploymentOf(...apps: CatalogApp[]): Deployment {
  const { merged } = findDeployments(apps);
  const deployment = merged.get('/checkout');
  if (deployment === undefined) throw new Error(`only ${[...merged.keys()].join()}`);
  return deployment;
}

/** `/checkout-blue` with 4 instances and `/checkout-green` with 2: which are taken out. */
function disabled(
  deployment: Deployment,
  counts: Record<string, number>,
  parts: (taskId: string) => Partial<CatalogInstance> = () => ({}),
): string[] {
  const of = (appId: string): CatalogInstance[] =>
    Array.from({ length: counts[appId] ?? 0 }, (_, i) => {
      const taskId = `${appId.slice(-4)}.${i}`;
      return catalogInstance(appId, taskId, [31_000 + i], parts(taskId));
    }).reverse();
  const all = instancesOfDeployment(deployment, of, (_, { healthy }) => healthy !== false);
  if (all.some((one) => one.instance.appId !== one.app.id)) throw new Error('an instance of another app');
  return all.filter((one) => one.disabled).map((one) => one.instance.taskId);
}

t.test('two apps of a group are one, with the labels and the ports of the older one', (t) => {
  const other = sampleApp({}, { id: '/other' });
  const found = findDeployments([green, other, blue]);
  t.same([...found.merged.keys()], ['/checkout']);
  t.same([...found.of.keys()].sort(), ['/checkout-blue', '/checkout-green']);
  t.same(found.problems, []);
  const deployment = found.merged.get('/checkout');
  t.same(
    deployment?.apps.map(({ id }) => id),
    ['/checkout-blue', '/checkout-green'],
  );
  t.same(deployment?.servedAs, { ...blue, id: '/checkout' });
  t.same(deployment?.problems, []);
  t.equal(found.of.get('/checkout-green'), deployment);
  t.end();
});

t.test('as many old instances are taken out as there are good new ones, the first by id', (t) => {
  const deployment = deploymentOf(blue, green);
  t.same(disabled(deployment, { '/checkout-blue': 4, '/checkout-green': 2 }), ['blue.0', 'blue.1']);
  t.same(disabled(deployment, { '/checkout-blue': 4, '/checkout-green': 0 }), []);
  t.same(disabled(deployment, { '/checkout-blue': 1, '/checkout-green': 4 }), ['blue.0']);
  const sick = (taskId: string): Partial<CatalogInstance> => (taskId === 'reen.0' ? { healthy: false } : {});
  t.same(disabled(deployment, { '/checkout-blue': 4, '/checkout-green': 2 }, sick), ['blue.0']);
  const leaving = (taskId: string): Partial<CatalogInstance> => (/\.0$/.test(taskId) ? { draining: true } : {});
  t.same(disabled(deployment, { '/checkout-blue': 4, '/checkout-green': 2 }, leaving), ['blue.1']);
  t.end();
});

t.test('one app alone has the name of its group, and all of its instances', (t) => {
  const deployment = deploymentOf(green);
  t.equal(deployment.servedAs.id, '/checkout');
  t.same(disabled(deployment, { '/checkout-green': 3 }), []);
  t.end();
});

t.test('with a share for the new app: never fewer than the target, and the one that was scaled last is new', (t) => {
  const share = { HAPROXY_DEPLOYMENT_NEW_INSTANCES: '2', HAPROXY_DEPLOYMENT_TARGET_INSTANCES: '4' };
  const scaled = (of: CatalogApp, lastScalingAt: string): CatalogApp => ({
    ...of,
    labels: { ...of.labels, ...share },
    lastScalingAt,
  });
  const forward = deploymentOf(
    scaled({ ...blue, instances: 3 }, '2020-06-01T00:00:00Z'),
    scaled(green, '2020-06-02T00:00:00Z'),
  );
  t.same(
    forward.apps.map(({ id }) => id),
    ['/checkout-blue', '/checkout-green'],
  );
  t.same(disabled(forward, { '/checkout-blue': 3, '/checkout-green': 2 }), ['blue.0']);
  const back = deploymentOf(
    scaled({ ...blue, instances: 3 }, '2020-06-03T00:00:00Z'),
    scaled(green, '2020-06-02T00:00:00Z'),
  );
  t.same(
    back.apps.map(({ id }) => id),
    ['/checkout-green', '/checkout-blue'],
  );
  t.equal(back.servedAs.id, '/checkout');
  t.same(disabled(back, { '/checkout-blue': 3, '/checkout-green': 2 }), ['reen.0']);
  const noTarget = deploymentOf(blue, { ...green, labels: { ...green.labels, HAPROXY_DEPLOYMENT_NEW_INSTANCES: '2' } });
  t.match(noTarget.problems, [{ app: '/checkout-green', label: 'HAPROXY_DEPLOYMENT_TARGET_INSTANCES' }]);
  t.same(disabled(noTarget, { '/checkout-blue': 4, '/checkout-green': 2 }), [], 'rather too many than too few');
  t.end();
});

t.test('times that are none, or are not there', (t) => {
  const bad = deploymentOf(
    blue,
    app('/checkout-green', { HAPROXY_DEPLOYMENT_STARTED_AT: 'yesterday' }, { version: '2021-01-01T00:00:00Z' }),
  );
  t.same(
    bad.apps.map(({ id }) => id),
    ['/checkout-blue', '/checkout-green'],
  );
  t.match(bad.problems, [
    { app: '/checkout-green', label: 'HAPROXY_DEPLOYMENT_STARTED_AT', reason: /"yesterday" is not a time/ },
  ]);
  t.same(
    deploymentOf(blue, app('/checkout-a')).apps.map(({ id }) => id),
    ['/checkout-a', '/checkout-blue'],
    'none is older than all',
  );
  t.same(
    deploymentOf(
      app('/checkout-a', {}, { version: '2020-02-01' }),
      app('/checkout-b', {}, { version: '2020-01-01' }),
    ).apps.map(({ id }) => id),
    ['/checkout-b', '/checkout-a'],
  );
  for (const time of [
    '2020-07-01 10:00:00.123456',
    '2020-07-01T10:00:00+0200',
    '2020-07-01T10:00:00.5Z',
    '2020-07-01T10:00',
  ]) {
    const late = deploymentOf(blue, app('/checkout-a', { HAPROXY_DEPLOYMENT_STARTED_AT: time }));
    t.same(late.problems, [], time);
    t.equal(late.apps.at(-1)?.id, '/checkout-a', time);
  }
  t.end();
});

t.test('there are none where labels are not read', (t) => {
  for (const from of ['env', 'none'] as const) {
    t.same(findDeployments([blue, green], from), { merged: new Map(), of: new Map(), problems: [] }, from);
  }
  t.equal(findDeployments([blue, green], 'both').merged.size, 1);
  t.end();
});

t.test('a foreign app does not get in, and takes no identity', (t) => {
  const evil = app('/evil', { HAPROXY_DEPLOYMENT_STARTED_AT: '2030-01-01T00:00:00' });
  const found = findDeployments([blue, green, evil]);
  t.same(found.merged.get('/checkout')?.apps.length, 2);
  t.notOk(found.of.has('/evil'));
  t.match(found.problems, [{ app: '/evil', label: 'HAPROXY_DEPLOYMENT_GROUP', isFatal: false }]);

  const victim = sampleApp({}, { id: '/checkout' });
  const against = findDeployments([victim, blue, green]);
  t.equal(against.merged.size, 0);
  t.same(
    against.problems.map(({ app: id }) => id),
    ['/checkout-blue', '/checkout-green'],
  );
  t.match(against.problems, [
    { reason: '/checkout is an app outside of the deployment group; the app is served by itself' },
    {},
  ]);
  t.end();
});

t.test('what is made of the same apps is the same object; a changed one makes a new one', (t) => {
  const [first, second] = [deploymentOf(blue, green), deploymentOf(green, blue)];
  t.equal(first, second);
  const changed = deploymentOf(blue, { ...green, instances: 3 });
  t.not(changed, first);
  t.equal(changed.servedAs, first.servedAs, 'the labels that count are the same');
  t.not(deploymentOf({ ...blue, instances: 3 }, green).servedAs, first.servedAs);
  t.end();
});

t.test('whatever the labels say, nothing throws and something is served', (t) => {
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 20 }),
    fc.constantFrom('0', '2', '-1', 'checkout', '2020-01-01T00:00:00'),
  );
  const labels = fc.dictionary(
    fc.constantFrom(
      ...['GROUP', 'STARTED_AT', 'NEW_INSTANCES', 'TARGET_INSTANCES', 'COLOUR'].map((n) => `HAPROXY_DEPLOYMENT_${n}`),
    ),
    text,
  );
  fc.assert(
    fc.property(fc.array(labels, { minLength: 1, maxLength: 4 }), fc.nat(5), (all, count) => {
      const apps = all.map((of, i) => app(`/checkout-${i}`, of, { instances: count }));
      const { merged, of } = findDeployments(apps);
      return [...merged.values()].every((deployment) => {
        const instances = instancesOfDeployment(
          deployment,
          (id) => Array.from({ length: count }, (_, i) => catalogInstance(id, `${id}.${i}`, [31_000 + i])),
          () => true,
        );
        const isWhole = instances.length === deployment.apps.length * count;
        const isServed = count === 0 || instances.some((one) => !one.disabled);
        return isWhole && isServed && deployment.apps.every(({ id }) => of.get(id) === deployment);
      });
    }),
    { numRuns: 300 },
  );
  t.end();
});
