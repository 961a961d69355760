import t from 'tap';
import type { CatalogView } from '../../../src/catalog/catalog.js';
import type { CatalogApp } from '../../../src/catalog/types.js';
import { silentLogger } from '../../../src/common/logger.js';
import { defaultSoa } from '../../../src/dns/options.js';
import type { ZoneChange } from '../../../src/dns/served/zone-change.js';
import { ClusterView, graceFor } from '../../../src/dns/source/cluster-view.js';
import { ZoneState } from '../../../src/dns/zone-state.js';
import { catalogApp, catalogInstance, catalogOf, noChange } from '../support/catalog.js';
import { recordOptions, snapshot, viewTask } from '../support/cluster.js';

interface World {
  readonly view: ClusterView;
  readonly zone: ZoneState;
  /** What those who answer know. */
  readonly reasons: Map<string, string>;
  /** How many reasons were sent. */
  sent: number;
  readonly settled: () => Promise<void>;
  readonly follow: (catalog: CatalogView) => Promise<void>;
}

function world(...tasks: Parameters<typeof viewTask>[0][]): World {
  const view = new ClusterView(graceFor(60_000));
  const settings = { domain: 'mesos', ttlSeconds: 60, srvWeight: 1, soa: defaultSoa('mesos') };
  const zone = new ZoneState({ view, settings, recordOptions, clock: () => 1e12, logger: silentLogger });
  const reasons = new Map<string, string>();
  const made: World = {
    view,
    zone,
    reasons,
    sent: 0,
    async settled() {
      zone.follow(true);
      await zone.settled();
      while (zone.reasons.hasMore) await zone.settled();
    },
    async follow(catalog) {
      const all = { apps: [...catalog.apps.values()], instances: [...catalog.instances.values()] };
      zone.reasons.followCatalog(catalog, { type: 'snapshot', epoch: 'e', seq: 1, ...all });
      await made.settled();
    },
  };
  zone.subscribe((change: ZoneChange) => {
    made.sent += change.reasons.length;
    for (const [name, reason] of change.reasons) {
      if (reason === null) reasons.delete(name);
      else reasons.set(name, reason);
    }
  });
  view.reset(snapshot({ tasks: tasks.map(viewTask) }), { nowMs: 0, newLeadership: false });
  return made;
}

t.test('until a cluster was seen the zone itself has a reason', async (t) => {
  const { zone, reasons, settled } = world();
  t.strictSame([...reasons], [['mesos', 'no Mesos master has been reached yet']]);
  await settled();
  t.ok(zone.synced);
  t.strictSame([...reasons], []);
});

t.test('tasks without records, by name', async (t) => {
  const { view, reasons, settled } = world(
    { id: 'web.1', running: false, state: 'TASK_STAGING' },
    { id: 'web.2', running: false, state: 'TASK_STAGING' },
    { id: 'web.3', running: false, state: 'TASK_KILLING' },
    { id: 'db.1', agentId: 'a-S9', ports: [{ begin: 5000, end: 5000 }] },
    { id: 'ok.1' },
  );
  await settled();
  const web = 'web of marathon: 3 tasks, 0 in DNS: 2 staging, 1 being killed';
  t.equal(reasons.get('web.marathon.mesos'), web);
  t.equal(reasons.get('web.marathon.slave.mesos'), web);
  t.equal(reasons.get('_db._tcp.marathon.mesos'), 'db of marathon: 1 task, 0 in DNS: 1 on unknown agents');
  t.notOk([...reasons.keys()].some((name) => name.startsWith('ok') || name.endsWith('arpa')));

  view.setTask(viewTask({ id: 'web.1', addresses: { netinfo: ['172.16.0.9'], docker: [], mesos: [] } }));
  await settled();
  t.notOk(reasons.has('web.marathon.mesos'), 'a name with records needs no reason');
  view.updateTask(viewTask({ id: 'web.1' }), 'TASK_FINISHED', {});
  view.setAgent({ id: 'a-S9', address: { host: 'nowhere.example', port: 5051 } }, 0);
  await settled();
  t.match(reasons.get('web.marathon.mesos'), /2 tasks, 0 in DNS: 1 staging, 1 being killed/);
  t.match(reasons.get('db.marathon.mesos'), undefined, 'it has an address of its own');
  t.match(reasons.get('db.marathon.slave.mesos'), /1 on agents without an address/);
  for (const id of ['web.2', 'web.3', 'db.1']) {
    const agentId = id === 'db.1' ? 'a-S9' : 'a-S1';
    view.updateTask(viewTask({ id, agentId }), 'TASK_FINISHED', {});
  }
  await settled();
  t.strictSame([...reasons], [], 'nobody expects anything any more');
});

t.test('apps of the catalog', async (t) => {
  const http = { number: 31_000, name: 'http', protocol: 'tcp', isOfHost: true };
  const { view, reasons, settled, follow } = world(
    { id: 'web.1', discovery: { name: 'web', ports: [http] }, running: false, state: 'TASK_STAGING' },
    { id: 'busy.1', discovery: { name: 'busy', ports: [http] } },
  );
  await settled();
  const web = catalogApp({ id: '/web', instances: 3 });
  const cart = catalogApp({ id: '/shop/cart', instances: 0 });
  const busy = catalogApp({ id: '/busy' });
  await follow(catalogOf([web, cart, busy], [catalogInstance({ taskId: 'busy.1', appId: '/busy' })]));
  const why = '/web: 3 instances, 0 in DNS: 2 not started, 1 staging';
  for (const name of ['web.marathon.mesos', '_web._tcp.marathon.mesos', '_http._web._tcp.marathon.mesos']) {
    t.equal(reasons.get(name), why, name);
  }
  for (const name of ['cart.shop.marathon.mesos', 'cart-shop.marathon.slave.mesos', '_cart-shop._tcp.marathon.mesos']) {
    t.equal(reasons.get(name), '/shop/cart: suspended (0 instances wanted)', name);
  }
  t.notOk(reasons.has('busy.marathon.mesos'));

  view.updateTask(viewTask({ id: 'web.1' }), 'TASK_RUNNING', { state: 'TASK_RUNNING', timestamp: 5 });
  view.setFramework({ id: 'F1', name: 'own', pid: undefined, hostname: '10.0.0.9' }, true);
  await settled();
  t.equal(
    reasons.get('cart.shop.own.mesos'),
    '/shop/cart: suspended (0 instances wanted)',
    'their framework is renamed',
  );
  t.notOk(reasons.has('cart.shop.marathon.mesos'));
  t.notOk(reasons.has('web.own.mesos'));

  await follow(catalogOf([], []));
  t.strictSame([...reasons], []);
});

t.test('draining instances are withdrawn, unhealthy ones are better than none', async (t) => {
  const { view, reasons, settled } = world({ id: 'web.1' });
  view.setStanding('web.1', 'withdrawn');
  await settled();
  t.equal(reasons.get('web.marathon.mesos'), 'web of marathon: 1 task, 0 in DNS: 1 draining');
  t.notOk(
    [...reasons.keys()].some((name) => /^web-.*-s1/.test(name)),
    'the name of the instance stays',
  );
  view.setStanding('web.1', 'avoided');
  await settled();
  t.strictSame([...reasons], []);
});

t.test('a change tells of the names that it touches, and of nothing twice', async (t) => {
  const world1 = world(
    ...Array.from({ length: 300 }, (_, i) => ({ id: `app${i}.1`, running: false, state: 'TASK_STAGING' })),
  );
  await world1.settled();
  const before = world1.sent;
  world1.view.updateTask(viewTask({ id: 'app7.1' }), 'TASK_STARTING', {});
  await world1.settled();
  const names = [...world1.reasons].filter(([, reason]) => reason.includes('1 starting')).length;
  t.ok(names > 0);
  t.equal(world1.sent - before, names);
  world1.view.setTask(viewTask({ id: 'app7.1', running: false, state: 'TASK_STARTING' }));
  await world1.settled();
  t.equal(world1.sent - before, names);
});

t.test('an app whose definition cannot be read has no names, and costs itself alone', async (t) => {
  const { follow, reasons } = world({ id: 'ok.1' });
  const broken = { id: '/broken', instances: 1, ports: 'none' } as unknown as CatalogApp;
  await follow(catalogOf([broken, catalogApp({ id: '/idle', instances: 0 })], []));
  t.equal(reasons.get('idle.marathon.mesos'), '/idle: suspended (0 instances wanted)');
  t.notOk([...reasons.keys()].some((name) => name.includes('broken')));
});

t.test('a state that is called like a property of every object is told as it is', async (t) => {
  const { reasons, settled } = world({ id: 'web.1', running: false, state: 'constructor' });
  await settled();
  t.equal(reasons.get('web.marathon.mesos'), 'web of marathon: 1 task, 0 in DNS: 1 constructor');
});

t.test('apps of a framework of another name, which is known with its first task', async (t) => {
  const { view, zone, follow, reasons, settled } = world();
  const frameworks = ['F1', 'F2'].map((id) => ({ id, name: `own-${id}`, pid: undefined, hostname: undefined }));
  view.reset(snapshot({ frameworks }), { nowMs: 0, newLeadership: false });
  const idle = catalogApp({ id: '/idle', instances: 0 });
  await follow(catalogOf([idle], []));
  t.ok(reasons.has('idle.marathon.mesos'), 'nobody knows better');
  const instance = catalogInstance({ taskId: 'web.1', appId: '/web' });
  const message = { type: 'change', epoch: 'e', seq: 2, ...noChange, instances: [instance] } as const;
  zone.reasons.followCatalog(catalogOf([idle], [instance]), message);
  view.setTask(viewTask({ id: 'web.1', frameworkId: 'F2' }));
  await settled();
  t.notOk(reasons.has('idle.marathon.mesos'));
  t.equal(reasons.get('idle.own-f2.mesos'), '/idle: suspended (0 instances wanted)');
  view.setFramework({ id: 'F2', name: 'renamed', pid: undefined, hostname: undefined }, true);
  await settled();
  t.strictSame([reasons.has('idle.own-f2.mesos'), reasons.has('idle.renamed.mesos')], [false, true]);
});
