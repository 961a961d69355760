import fc from 'fast-check';
import t from 'tap';
import type { Command, Outcome } from '../../src/scheduler/core/commands.js';
import { isConsideredHealthy } from '../../src/scheduler/core/health.js';
import type { GroupUpdate } from '../../src/scheduler/core/normalize/group-update.js';
import { anOffer } from '../support/scheduler-fixtures.js';
import { World } from './simulated-world.js';

/** Deployments as a whole: their order, the bounds that they keep, what they leave alone, how they are refused and taken back. */

const origin = { clientIp: '127.0.0.1', uri: '/v2/apps' };
const app = (id: string, more: object = {}): Record<string, never> =>
  ({ id, cmd: 'sleep 1000', cpus: 0.01, mem: 8, ...more }) as unknown as Record<string, never>;

const create = (id: string, more: object = {}): Command => ({
  type: 'createApp',
  update: app(id, more),
  force: false,
  origin,
});

const put = (id: string, update: GroupUpdate, force = false): Command => ({
  type: 'updateGroup',
  id,
  update,
  force,
});

const change = (id: string, update: object, force = false): Command => ({
  type: 'updateApps',
  updates: [{ id, update: update as Record<string, never> }],
  partial: true,
  mayCreate: false,
  force,
  origin,
});

/** Room for all that is wanted: what bounds the number of tasks is the deployment alone. */
function offerPlenty(world: World, second: number): void {
  const offers = Array.from({ length: 8 }, (_, i) => anOffer({}, { id: `plenty-${second}-${i}`, agentId: `S${i}` }));
  world.receive({ type: 'offers', offers });
}

/** One second: the cluster acts, then the scheduler. */
function second(world: World): void {
  world.clusterStep();
  world.turn();
  world.nowMs += 1000;
}

/** The answer to a command that is carried out at once; what it starts has not come far. */
function answer(world: World, command: Command): Outcome {
  const id = world.command(command);
  world.turn();
  const outcome = world.outcomes.get(id);
  if (outcome === undefined) throw new Error('no answer');
  return outcome;
}

function run(world: World, command: Command): void {
  const outcome = answer(world, command);
  if (outcome.type !== 'deployed') throw new Error(JSON.stringify(outcome));
  world.settle();
}

/** What the cluster itself sees of an app. */
function tasksOf(world: World, id: string): { readonly running: number; readonly all: number } {
  const prefix = `${id.slice(1).replaceAll('/', '_')}.instance-`;
  const states = [...world.tasks].flatMap(([taskId, { state }]) => (taskId.startsWith(prefix) ? [state] : []));
  return { running: states.filter((state) => state === 'TASK_RUNNING').length, all: states.length };
}

/** Versions of an app's instances, without repetition. */
function versionsOf(world: World, id: string): string[] {
  return [...new Set([...world.state.instances.values()].filter((i) => i.appId === id).map((i) => i.appVersion))];
}

/** Example 18 of the user's: a database and a service that depends on it, each with a capacity of its own. */
const shop = (cmd: string, db?: object, service?: object): GroupUpdate => ({
  groups: [
    { id: 'db', apps: [app('mongo', { cmd, instances: 10, ...(db === undefined ? {} : { upgradeStrategy: db }) })] },
    {
      id: 'service',
      dependencies: ['../db'],
      apps: [
        app('web', {
          cmd,
          instances: 20,
          backoffSeconds: 0,
          ...(service === undefined ? {} : { upgradeStrategy: service }),
        }),
      ],
    },
  ],
});

interface Bounds {
  readonly least: number;
  readonly most: number;
}

/** Upgrades the shop and says how few and how many tasks there were of each app, and whether the service was touched before the database was done. */
function upgradeShop(world: World, update: GroupUpdate): { db: Bounds; service: Bounds; inOrder: boolean } {
  const [db, service] = ['/shop/db/mongo', '/shop/service/web'];
  const [oldDb, oldService] = [versionsOf(world, db), versionsOf(world, service)];
  world.command(put('/shop', update));
  const seen = [db, service].map(() => ({ least: Infinity, most: 0 }));
  let inOrder = true;
  for (let i = 0; i === 0 || world.state.deployments.size > 0; i++) {
    if (i > 500) throw new Error('the upgrade does not end');
    offerPlenty(world, i);
    second(world);
    [db, service].forEach((id, at) => {
      const { running, all } = tasksOf(world, id);
      const bounds = seen[at];
      if (bounds === undefined) return;
      bounds.least = Math.min(bounds.least, running);
      bounds.most = Math.max(bounds.most, all);
    });
    const dbIsDone = versionsOf(world, db).every((version) => !oldDb.includes(version));
    const serviceIsOld =
      tasksOf(world, service).all === 20 && versionsOf(world, service).every((version) => oldService.includes(version));
    if (!dbIsDone && !serviceIsOld) inOrder = false;
  }
  const [ofDb = { least: 0, most: 0 }, ofService = { least: 0, most: 0 }] = seen;
  return { db: ofDb, service: ofService, inOrder };
}

t.test('two groups are upgraded in the order of their dependencies, each within its capacity', async (t) => {
  for (const [label, db, service, expected] of [
    [
      'db at 0.6 and 0.2, service at 0.8 and 0.6',
      { minimumHealthCapacity: 0.6, maximumOverCapacity: 0.2 },
      { minimumHealthCapacity: 0.8, maximumOverCapacity: 0.6 },
      { db: { least: 6, most: 12 }, service: { least: 16, most: 32 } },
    ],
    [
      'no room on top',
      { minimumHealthCapacity: 0.6, maximumOverCapacity: 0 },
      { minimumHealthCapacity: 0.8, maximumOverCapacity: 0 },
      { db: { least: 6, most: 10 }, service: { least: 16, most: 20 } },
    ],
    ['default capacities', undefined, undefined, { db: { least: 10, most: 20 }, service: { least: 20, most: 40 } }],
  ] as const) {
    const world = new World(18);
    run(world, put('/shop', shop('sleep 1', db, service)));
    const seen = upgradeShop(world, shop('sleep 2', db, service));
    t.ok(seen.inOrder, `${label}: the database is done before the service begins`);
    t.same([seen.db.least, seen.service.least], [expected.db.least, expected.service.least], `${label}: at least`);
    t.ok(seen.db.most <= expected.db.most, `${label}: ${seen.db.most} databases at most`);
    t.ok(seen.service.most <= expected.service.most, `${label}: ${seen.service.most} services at most`);
    t.same([tasksOf(world, '/shop/db/mongo').all, tasksOf(world, '/shop/service/web').all], [10, 20], label);
  }
});

t.test('a group starts what others depend on first, and stops it last when it goes', async (t) => {
  const world = new World(19);
  world.command(put('/shop', shop('sleep 1')));
  for (let i = 0; tasksOf(world, '/shop/db/mongo').running < 10; i++) {
    if (i > 100) throw new Error('the database does not start');
    t.equal(tasksOf(world, '/shop/service/web').all, 0);
    second(world);
  }
  world.settle();
  world.command({ type: 'deleteGroup', id: '/shop', force: false });
  world.turn();
  const plans = world.events.flatMap((event) => (event.type === 'deployment_info' ? [event.plan] : []));
  t.same(
    plans.at(-1)?.steps.map(({ actions }) => actions.map(({ action }) => action)),
    [['StopApplication'], ['StopApplication']],
    'what depends on something has a step before it',
  );
  for (let i = 0; tasksOf(world, '/shop/service/web').all > 0; i++) {
    if (i > 100) throw new Error('the service does not stop');
    t.equal(tasksOf(world, '/shop/db/mongo').running, 10, 'the database serves as long as there is a service');
    second(world);
  }
  world.settle();
  t.equal(world.tasks.size, 0);
  t.equal(world.state.deployments.size, 0);
});

t.test('what goes is stopped behind what depends on it, and together with what does not', async (t) => {
  const world = new World(29);
  run(
    world,
    put('/chain', {
      apps: [
        app('front', { dependencies: ['/chain/middle'] }),
        app('middle', { dependencies: ['/chain/back', '/stays'] }),
        app('back', { dependencies: ['/none'] }),
        app('alone'),
      ],
    }),
  );
  run(world, create('/stays'));
  answer(world, { type: 'deleteGroup', id: '/chain', force: false });
  const plans = world.events.flatMap((event) => (event.type === 'deployment_info' ? [event.plan] : []));
  t.same(
    plans.at(-1)?.steps.map(({ actions }) => actions.map(({ action, id }) => `${action} ${id}`).sort()),
    [
      ['StopApplication /chain/front'],
      ['StopApplication /chain/middle'],
      ['StopApplication /chain/alone', 'StopApplication /chain/back'],
    ],
  );
  world.settle();
  t.equal(world.tasks.size, 1);
});

t.test('a deletion that is cancelled before the turn of the database deletes it all the same', async (t) => {
  for (const crashes of [false, true]) {
    const world = new World(30);
    run(world, put('/shop', shop('sleep 1')));
    answer(world, { type: 'deleteGroup', id: '/shop', force: false });
    const [deployment] = world.state.deployments.values();
    t.equal(tasksOf(world, '/shop/db/mongo').running, 10);
    answer(world, { type: 'cancelDeployment', id: deployment?.id ?? '', force: true });
    if (crashes) world.crash();
    world.settle();
    t.equal(world.tasks.size, 0, crashes ? 'also with a crash' : 'at once');
    t.equal(world.state.instances.size, 0);
  }
});

t.test('before its turn in a deployment an app is kept as it was, by its old definition', async (t) => {
  for (const crashes of [false, true]) {
    const world = new World(20);
    run(world, put('/shop', shop('sleep 1')));
    const service = '/shop/service/web';
    const old = world.state.apps.get(service);
    if (old === undefined) throw new Error('no service');
    // A database that does not become healthy holds up the deployment
    const healthChecks = [{ protocol: 'HTTP', gracePeriodSeconds: 100_000 }];
    const update = shop('sleep 2');
    const [db = {}, web = {}] = update.groups ?? [];
    const held = { ...db, apps: [app('mongo', { cmd: 'sleep 2', instances: 10, healthChecks })] };
    const fewer = { ...web, apps: [app('web', { cmd: 'sleep 2', instances: 3, backoffSeconds: 0 })] };
    t.match(answer(world, put('/shop', { groups: [held, fewer] })), { type: 'deployed' });
    t.equal(world.state.apps.get(service)?.instances, 3);
    // All of them at once: nothing of the old definition is left but in the deployment
    for (const taskId of [...world.tasks.keys()]) if (taskId.startsWith('shop_service_web')) world.fail(taskId);
    for (let i = 0; i < 4; i++) second(world);
    if (crashes) world.crash();
    for (let i = 0; i < 40; i++) second(world);
    t.equal(world.state.deployments.size, 1, 'still held up');
    t.equal(tasksOf(world, service).running, 20);
    t.same(versionsOf(world, service), [old.version]);
    if (crashes) world.crash();
    for (let i = 0; i < 40; i++) {
      second(world);
      for (const { appId, taskId, condition } of world.state.instances.values()) {
        if (appId !== '/shop/db/mongo' || condition !== 'Running') continue;
        world.receive({ type: 'health', results: [{ taskId, checkIndex: 0, result: 'healthy' }] });
      }
    }
    world.settle();
    t.equal(tasksOf(world, service).all, 3);
    t.same(versionsOf(world, service), [world.state.apps.get(service)?.version]);
    t.notOk(
      [...world.records.keys()].some((key) => key.startsWith(`version:${service}@`) && key.endsWith(old.version)) &&
        !(world.state.versions.get(service) ?? []).includes(old.version) &&
        !world.state.historyKeeps.has(`${service}@${old.version}`),
      'no definition is left that nothing refers to',
    );
  }
});

t.test('an app that has yet to be scaled to nothing is kept until then', async (t) => {
  const world = new World(21);
  run(world, put('/shop', shop('sleep 1')));
  const healthChecks = [{ protocol: 'HTTP', gracePeriodSeconds: 100_000 }];
  const [db = {}, web = {}] = shop('sleep 1').groups ?? [];
  const groups = [
    { ...db, apps: [app('mongo', { cmd: 'sleep 2', instances: 10, healthChecks })] },
    { ...web, apps: [app('web', { cmd: 'sleep 1', instances: 0 })] },
  ];
  answer(world, put('/shop', { groups }));
  for (const taskId of [...world.tasks.keys()].slice(-5)) world.fail(taskId);
  for (let i = 0; i < 60; i++) second(world);
  t.equal(tasksOf(world, '/shop/service/web').running, 20);
});

t.test('the limit of deployments comes first, whatever is locked and however much force is used', async (t) => {
  const world = new World(22);
  for (let i = 0; i < 99; i++) answer(world, create(`/waits/n${i}`, { cpus: 1000 }));
  t.match(answer(world, change('/waits/n0', { cpus: 2000 })), { rejection: { kind: 'locked' } });
  t.match(answer(world, create('/waits/last', { cpus: 1000 })), { type: 'deployed' });
  for (const force of [false, true]) {
    const outcome = answer(world, change('/waits/n0', { cpus: 2000 }, force));
    t.match(outcome, { rejection: { kind: 'tooManyDeployments', limit: 100 } }, `force ${force}`);
  }
  const [[id = ''] = []] = world.state.deployments;
  t.match(
    answer(world, { type: 'cancelDeployment', id, force: true }),
    { type: 'done' },
    'what makes room is not refused',
  );
  t.match(answer(world, change('/waits/n1', { cpus: 2000 }, true)), { type: 'deployed' });
});

t.test(
  'a revert restores the dependencies of every group, the root group too, unless others changed them',
  async (t) => {
    const dependenciesOf = (world: World, id: string) => world.state.groups.get(id)?.dependencies;
    for (const meddles of [false, true]) {
      const world = new World(23);
      run(world, put('/', { dependencies: ['/before'], groups: [{ id: 'g', dependencies: ['/before'] }] }));
      const started = answer(
        world,
        put('/', {
          dependencies: ['/after'],
          groups: [{ id: 'g', dependencies: ['/after'], apps: [app('waits', { cpus: 1000 })] }],
        }),
      );
      if (started.type !== 'deployed') throw new Error(JSON.stringify(started));
      t.same([dependenciesOf(world, '/'), dependenciesOf(world, '/g')], [['/after'], ['/after']]);
      // Something else in the tree gives its groups new versions, but does not change their content
      answer(world, create('/elsewhere/x'));
      if (meddles) answer(world, put('/', { dependencies: ['/theirs'] }));
      t.match(answer(world, { type: 'cancelDeployment', id: started.deploymentId, force: false }), {
        type: 'deployed',
      });
      world.settle();
      t.same(dependenciesOf(world, '/g'), ['/before']);
      t.same(dependenciesOf(world, '/'), [meddles ? '/theirs' : '/before']);
      t.ok(world.state.apps.has('/elsewhere/x'));
      t.notOk(world.state.apps.has('/g/waits'));
    }
  },
);

t.test('an app that may run only once never runs twice', async (t) => {
  const world = new World(24);
  const labels = { MARATHON_SINGLE_INSTANCE_APP: 'true' };
  run(world, create('/single', { labels }));
  t.same(world.state.apps.get('/single')?.upgradeStrategy, { minimumHealthCapacity: 0, maximumOverCapacity: 0 });
  world.command(change('/single', { cmd: 'sleep 2' }));
  for (let i = 0; i === 0 || world.state.deployments.size > 0; i++) {
    if (i > 100) throw new Error('the upgrade does not end');
    second(world);
    if (world.tasks.size > 1) throw new Error('two tasks at once');
  }
  t.equal(tasksOf(world, '/single').all, 1);
  t.match(answer(world, change('/single', { instances: 2 })), { rejection: { kind: 'invalid' } });
});

/** The instances of the app that a deployment may count on. */
function healthyInstances(world: World): Set<string> {
  const healthy = [...world.state.instances.values()].filter(
    (instance) => instance.goal === 'Running' && isConsideredHealthy(world.state, instance),
  );
  return new Set(healthy.map(({ id }) => id));
}

/** What a turn did to the bounds of a rolling restart; undefined: they hold. */
function brokenBound(
  world: World,
  minHealthy: number,
  maxTasks: number,
  before: ReadonlySet<string>,
): string | undefined {
  const after = healthyInstances(world);
  // Losses are what became unhealthy or ended without being asked to.
  const losses = [...before].filter((id) => !after.has(id) && world.state.instances.get(id)?.goal !== 'Decommissioned');
  const least = Math.min(minHealthy, before.size - losses.length);
  if (after.size < least) return `${after.size} healthy, ${least} at least`;
  return world.tasks.size > maxTasks ? `${world.tasks.size} tasks, ${maxTasks} at most` : undefined;
}

t.test('through deaths, ill health and crashes no rolling restart breaks its bounds, and all end', async () => {
  const settings = fc.record({
    seed: fc.integer(),
    from: fc.integer({ min: 1, max: 8 }),
    to: fc.integer({ min: 1, max: 8 }),
    min: fc.integer({ min: 0, max: 4 }),
    over: fc.integer({ min: 0, max: 4 }),
    crashes: fc.boolean(),
  });
  fc.assert(
    fc.property(settings, ({ seed, from, to, min, over, crashes }) => {
      const world = new World(seed);
      const upgradeStrategy = { minimumHealthCapacity: min / 4, maximumOverCapacity: over / 4 };
      const check = { protocol: 'HTTP', gracePeriodSeconds: 0, maxConsecutiveFailures: 0 };
      const more = { upgradeStrategy, healthChecks: [check], backoffSeconds: 0 };
      const judge = (isWell: () => boolean): void => {
        for (const { taskId, condition } of world.state.instances.values()) {
          if (condition !== 'Running') continue;
          const result = isWell() ? 'healthy' : 'unhealthy';
          world.receive({ type: 'health', results: [{ taskId, checkIndex: 0, result }] });
        }
      };
      world.command(create('/web', { ...more, instances: from }));
      for (let i = 0; i < 40; i++) {
        second(world);
        judge(() => true);
      }
      world.turn();
      if (world.state.deployments.size > 0) return false;

      let before = healthyInstances(world);
      answer(world, change('/web', { cmd: 'sleep 2', instances: to }));
      const minHealthy = Math.ceil((to * min) / 4);
      // One more than the capacity where nothing could move otherwise
      const room = Math.floor(to * (1 + over / 4));
      const maxTasks = Math.max(from, room + (minHealthy === room ? 1 : 0));
      for (let i = 0; i === 0 || world.state.deployments.size > 0; i++) {
        if (i > 400) throw new Error('the rolling restart does not end');
        const isWild = i < 60;
        const victim = [...world.tasks.keys()][Math.floor(world.random() * 40)];
        if (isWild && victim !== undefined && world.random() < 0.3) world.fail(victim);
        judge(() => !isWild || world.random() < 0.9);
        if (crashes && world.random() < 0.1) {
          world.crash();
          before = new Set();
        }
        second(world);
        const broken = brokenBound(world, minHealthy, maxTasks, before);
        if (broken !== undefined) throw new Error(`second ${i}: ${broken}`);
        before = healthyInstances(world);
      }
      world.settle();
      return world.tasks.size === to;
    }),
    { numRuns: 60 },
  );
});
