import t from 'tap';
import type { Test } from 'tap';
import { resolvePathId } from '../../src/common/path-id.js';
import type { Command, Outcome } from '../../src/scheduler/core/commands.js';
import { groupAtVersion, versionsOfGroup } from '../../src/scheduler/core/groups/history.js';
import type { GroupAtVersion } from '../../src/scheduler/core/groups/history.js';
import type { GroupSnapshot } from '../../src/scheduler/core/groups/group-snapshot.js';
import type { GroupUpdate } from '../../src/scheduler/core/normalize/group-update.js';
import { planCommand } from '../../src/scheduler/core/plan/plan-command.js';
import { loadState } from '../../src/scheduler/core/load.js';
import { definitionKey, rootGroupOf } from '../../src/scheduler/core/state.js';
import { runTurn } from '../../src/scheduler/core/step.js';
import type { Turn } from '../../src/scheduler/core/step.js';
import { anApp } from '../support/scheduler-fixtures.js';
import { World } from './simulated-world.js';

const origin = { clientIp: '127.0.0.1', uri: '/v2/apps' };
const app = (id: string, more: object = {}): Record<string, never> =>
  ({ id, cmd: 'sleep 1000', cpus: 0.01, mem: 8, ...more }) as unknown as Record<string, never>;

function run(world: World, command: Command): Outcome {
  const id = world.command(command);
  world.settle();
  const outcome = world.outcomes.get(id);
  if (outcome === undefined) throw new Error('no answer');
  return outcome;
}

const put = (id: string, update: GroupUpdate, force = false): Command => ({
  type: 'updateGroup',
  id,
  update,
  force,
});
const post = (id: string, update: GroupUpdate): Command => ({ type: 'createGroup', id, update, force: false });

/** The user's own example: a product of databases and of services that depend on them. */
const product = (dependency: string): GroupUpdate => ({
  id: '/product',
  groups: [
    { id: 'database', apps: [app('mongo', { instances: 3 }), app('mysql')] },
    { id: 'service', dependencies: [dependency], apps: [app('play-app', { instances: 2 }), app('rails-app')] },
  ],
});

function steps(world: World, id: string): string[][] {
  const info = world.events.find((event) => event.type === 'deployment_info' && event.plan.id === id);
  if (info?.type !== 'deployment_info') return [];
  return info.plan.steps.map(({ actions }) => actions.map((a) => `${a.action} ${a.id}`));
}

for (const dependency of ['/product/database', '../database', 'specific/../../database']) {
  t.test(`databases start before what depends on them: ${dependency}`, async (t) => {
    const world = new World(1);
    const outcome = run(world, post('/', product(dependency)));
    if (outcome.type !== 'deployed') throw new Error(JSON.stringify(outcome));
    t.same(steps(world, outcome.deploymentId), [
      [
        'StartApplication /product/database/mongo',
        'StartApplication /product/database/mysql',
        'StartApplication /product/service/play-app',
        'StartApplication /product/service/rails-app',
      ],
      ['ScaleApplication /product/database/mongo', 'ScaleApplication /product/database/mysql'],
      ['ScaleApplication /product/service/play-app', 'ScaleApplication /product/service/rails-app'],
    ]);
    t.equal(world.tasks.size, 7);
    t.same(world.state.groups.get('/product/service')?.dependencies, ['/product/database']);
    t.match(run(world, put('/product', { scaleBy: 1.5 })), { type: 'deployed' });
    t.equal(world.state.apps.get('/product/database/mongo')?.instances, 5, 'rounded up');
    t.equal(world.tasks.size, 5 + 2 + 3 + 2);
  });
}

t.test('an equal group changes nothing; what a list leaves out goes, an absent list stays', async (t) => {
  const world = new World(2);
  run(world, post('/', product('../database')));
  const before = world.state.apps.get('/product/database/mongo');
  const same = run(world, put('/product', product('../database')));
  t.match(same, { type: 'deployed', created: [] });
  t.equal(world.state.apps.get('/product/database/mongo'), before, 'the very same definition');

  run(world, put('/product/database', { apps: [app('mysql')] }));
  t.same([...world.state.apps.keys()].sort(), [
    '/product/database/mysql',
    '/product/service/play-app',
    '/product/service/rails-app',
  ]);
  run(world, put('/product', { groups: [{ id: 'service' }] }));
  t.notOk(world.state.groups.has('/product/database'), 'a group that is not listed goes with all that is in it');
  t.ok(world.state.apps.has('/product/service/play-app'), 'one that is listed without apps keeps its apps');
  run(world, put('/product', { apps: [], groups: [] }));
  t.same([...world.state.groups.keys()].sort(), ['/', '/product']);
  t.equal(world.tasks.size, 0);
});

t.test('what a body gets wrong is told with its place', async (t) => {
  const world = new World(3);
  const answer = (command: Command): unknown => {
    const outcome = run(world, command);
    return outcome.type === 'rejected' ? outcome.rejection : outcome.type;
  };
  t.match(answer(put('/foo', { id: 'sub', apps: [app('lol/bibi')] })), {
    kind: 'invalid',
    violations: [{ path: '/apps(0)/id', errors: ["Identifier is not child of '/foo/sub'"] }],
  });
  t.match(
    answer(post('/', { id: '/c', groups: [{ id: 'b', apps: [app('a', { instances: 1, cmd: 'x', args: ['y'] })] }] })),
    {
      violations: [{ path: '/groups(0)/apps(0)' }],
    },
  );
  t.match(
    answer(post('/', { id: '/c', apps: [app('a', { dependencies: ['b'] }), app('b', { dependencies: ['a'] })] })),
    {
      violations: [{ path: '/', errors: ['Dependency graph has cyclic dependencies.'] }],
    },
  );
  t.match(answer(post('/', { id: '/c', apps: [app('a')], groups: [{ id: 'a', apps: [app('x')] }] })), {
    violations: [{ path: '/', errors: ['Groups and Applications may not have the same identifier.'] }],
  });
  t.match(answer(put('/x', { version: '2014-03-01T23:29:30.158Z', apps: [] })), {
    violations: [{ path: '/', errors: ['not allowed in conjunction with other properties.'] }],
  });
  t.match(answer(post('/', { id: '/prod', groups: [{ id: 'second', enforceRole: true }] })), {
    violations: [
      {
        path: '/groups(0)/enforceRole',
        errors: ['enforceRole can only be set for top-level groups, and /prod/second is not top-level'],
      },
    ],
  });
  t.match(
    answer(
      put('/', {
        groups: [
          { id: 'unrelated', apps: [app('a')] },
          { id: '/dev', enforceRole: true },
        ],
      }),
    ),
    {
      violations: [{ path: '/', errors: [/^enforceRole cannot be modified in a request that adds/] }],
    },
  );
  t.match(answer(post('/', { id: '/prod', enforceRole: true, apps: [app('a', { role: 'other' })] })), {
    violations: [{ path: '/apps(0)/role', errors: ['got other, expected one of: [prod]'] }],
  });
  t.same([...world.state.groups.keys()], ['/'], 'nothing was half done');
  t.same([...world.state.history], []);
});

t.test('a group enforces its role: apps in it get it, a group made before does not', async (t) => {
  const world = new World(4);
  run(world, post('/', { id: '/prod', enforceRole: true, apps: [app('a', { instances: 0 })] }));
  t.equal(world.state.apps.get('/prod/a')?.role, 'prod');
  run(world, post('/', { id: '/dev', apps: [app('a', { instances: 0 })] }));
  t.equal(world.state.apps.get('/dev/a')?.role, '*');
  t.match(run(world, { type: 'setEnforceRole', id: '/dev', enforceRole: true }), { type: 'done' });
  run(world, put('/dev', { apps: [app('a', { instances: 0, labels: { x: '1' } }), app('b', { instances: 0 })] }));
  t.equal(world.state.apps.get('/dev/b')?.role, 'dev');
  t.equal(world.state.apps.get('/dev/a')?.role, 'dev', 'a whole definition that names no role takes the default');
});

t.test('a group body cannot make two things of one id', async (t) => {
  const world = new World(8);
  const violations = (command: Command): unknown => {
    const outcome = run(world, command);
    return outcome.type === 'rejected' && outcome.rejection.kind === 'invalid' ? outcome.rejection.violations : outcome;
  };
  run(world, post('/', { id: '/g', groups: [{ id: 'sub', apps: [app('x', { instances: 0 })] }] }));
  const pod = {
    id: '/g/p',
    containers: [{ name: 'c', resources: { cpus: 0.1, mem: 32 } }],
    scaling: { kind: 'fixed', instances: 0 },
  };
  const update = pod as unknown as Extract<Command, { type: 'createPod' }>['update'];
  t.match(run(world, { type: 'createPod', update, force: false, origin }), { type: 'deployed' });

  t.same(violations(put('/g', { apps: [app('p')] })), [
    { path: '/', errors: ['Applications and Pods may not share the same id'] },
  ]);
  t.same(violations(put('/g', { apps: [app('p/x')] })), [
    { path: '/apps(0)/id', errors: ["Identifier is not child of '/g'"] },
  ]);
  t.same(violations(put('/g/p', { apps: [] })), [
    { path: '/', errors: ['Groups and Pods may not have the same identifier.'] },
  ]);
  const twice = { groups: [{ id: 'sub', apps: [app('x')] }, { id: '../g/sub' }] };
  t.same(violations(put('/g', twice)), [
    { path: '/groups(1)/id', errors: ['The group lists the group /g/sub twice.'] },
  ]);
  t.same([...world.state.apps.keys()], ['/g/sub/x']);
  t.same([...world.state.pods.keys()], ['/g/p']);
});

t.test('the same group again is no conflict while its deployment runs', async (t) => {
  const world = new World(10);
  const body = (cmd: string): GroupUpdate => ({ apps: [app('x', { cmd, instances: 2 }), app('y')] });
  run(world, put('/g', body('first')));
  world.command(put('/g', body('second')));
  world.turn();
  const running = [...world.state.deployments.keys()];
  t.equal(running.length, 1, 'a rolling restart is under way');
  const again = world.command(put('/g', body('second')));
  world.turn();
  t.match(world.outcomes.get(again), { type: 'deployed', created: [] });
  t.same([...world.state.deployments.keys()], running);

  run(world, { type: 'cancelDeployment', id: running[0] ?? '', force: true });
  world.command(put('/g', body('third')));
  world.turn();
  const [third = ''] = world.state.deployments.keys();
  world.command({ type: 'cancelDeployment', id: third, force: true });
  world.turn();
  t.match(run(world, put('/g', body('third'))), { type: 'deployed' });
  t.same([...world.tasks.keys()].length, 3, 'a restart that was stopped is brought to its end by the same body');
});

t.test('an id that was an app and is a pod now has both histories', async (t) => {
  const world = new World(11);
  const update = {
    id: '/g/x',
    containers: [{ name: 'c', resources: { cpus: 0.1, mem: 32 } }],
    scaling: { kind: 'fixed', instances: 0 },
  } as unknown as Extract<Command, { type: 'createPod' }>['update'];
  run(world, put('/g', { apps: [app('x', { instances: 0 })] }));
  const then = clone(world.state, '/g');
  const old = world.state.apps.get('/g/x');
  if (then === undefined || old === undefined) throw new Error('the app is not there');
  run(world, { type: 'deleteApp', id: '/g/x', force: false });
  run(world, { type: 'createPod', update, force: false, origin });
  const withPod = rootGroupOf(world.state).version;
  const before = clone(world.state, '/g');
  const snapshot = { id: '/g', groups: then.groups, apps: new Map([['/g/x', old]]), pods: new Map() };
  const back = run(world, { type: 'rollbackGroup', id: '/g', snapshot, force: false });
  t.match(back, { type: 'deployed' });
  t.same([[...world.state.apps.keys()], [...world.state.pods.keys()]], [['/g/x'], []]);
  t.same(groupAtVersion(world.state, '/g', withPod), before);
  assertStored(t, world, 'an app in place of a pod');
});

t.test('scaling a group keeps to the rules of its apps', async (t) => {
  const world = new World(12);
  const single = {
    labels: { MARATHON_SINGLE_INSTANCE_APP: 'true' },
    upgradeStrategy: { maximumOverCapacity: 0, minimumHealthCapacity: 0 },
  };
  run(world, put('/g', { apps: [app('a', { instances: 2 })], groups: [{ id: 'h', apps: [app('one', single)] }] }));
  const before = [...world.state.apps.values()];
  t.same(run(world, put('/g', { scaleBy: 2 })), {
    type: 'rejected',
    rejection: {
      kind: 'invalid',
      violations: [{ path: '/g/h/one', errors: ['Single instance app may only have one instance'] }],
    },
  });
  t.same([...world.state.apps.values()], before);
  t.match(run(world, put('/g', { scaleBy: 0.5 })), { type: 'deployed' });
  t.same(
    [...world.state.apps.values()].map(({ id, instances }) => [id, instances]),
    [
      ['/g/a', 1],
      ['/g/h/one', 1],
    ],
  );
});

t.test('a group below the top may say that it enforces no role', async (t) => {
  const world = new World(13);
  t.match(run(world, post('/', { id: '/prod', groups: [{ id: 'second', enforceRole: false }] })), { type: 'deployed' });
  t.notOk('enforceRole' in (world.state.groups.get('/prod/second') ?? {}));
});

t.test('ids of groups are held to the rules of ids', async (t) => {
  const world = new World(9);
  const errors = (command: Command): unknown => {
    const outcome = run(world, command);
    return outcome.type === 'rejected' && outcome.rejection.kind === 'invalid' ? outcome.rejection.violations : outcome;
  };
  const illegal = [{ path: '/id', errors: [/^must fully match regular expression/] }];
  for (const id of ['UPPER', '/a b', '*', 'é', '/-a', '__proto__']) {
    t.match(errors(post('/', { id })), illegal, `POST ${id}`);
    t.match(errors(put('/', { id, apps: [] })), illegal, `PUT ${id}`);
    t.match(errors(put(resolvePathId(id), {})), illegal, `PUT to ${id}`);
  }
  const deep = '/a'.repeat(101);
  const tooDeep = [{ path: '/id', errors: ['must have at most 100 path elements, not 101'] }];
  t.same(errors(post('/', { id: deep })), tooDeep);
  t.same(errors({ type: 'createApp', update: app(deep), force: false, origin }), tooDeep);
  t.same(errors(put('/a'.repeat(100), { groups: [{ id: 'b' }] })), [
    { path: '/groups(0)/id', errors: ['must have at most 100 path elements, not 101'] },
  ]);
  t.same([...world.state.groups.keys()], ['/']);
  t.match(errors(post('/', { id: '/a'.repeat(100) })), { type: 'deployed' });
  const long = `/${'a'.repeat(1_024)}`;
  const tooLong = [{ path: '/id', errors: ['must have at most 1024 characters, not 1025'] }];
  t.same(errors(post('/', { id: long })), tooLong);
  t.same(errors({ type: 'createApp', update: app(long), force: false, origin }), tooLong);
  t.same(errors(post('/', { id: '/g', apps: [{ id: long.slice(1), cmd: 'sleep 1' }] })), [
    { path: '/apps(0)/id', errors: ['must have at most 1024 characters, not 1027'] },
  ]);
  t.match(errors({ type: 'createApp', update: app(long.slice(0, -1)), force: false, origin }), { type: 'deployed' });
});

t.test('an app takes the place of a group in which nothing runs', async (t) => {
  const world = new World(5);
  run(world, post('/', { id: '/a/b/c' }));
  t.ok(world.state.groups.has('/a/b/c'), 'the groups around it are made');
  run(world, { type: 'createApp', update: app('/a/b'), force: false, origin });
  t.ok(world.state.apps.has('/a/b'));
  t.same([...world.state.groups.keys()].sort(), ['/', '/a']);
  t.match(run(world, { type: 'createApp', update: app('/a/b/x'), force: false, origin }), {
    rejection: { kind: 'invalid' },
  });
  t.match(run(world, post('/', { id: '/a/b' })), { rejection: { kind: 'groupPathTaken', id: '/a/b' } });
  t.match(run(world, post('/', { id: '/a' })), { rejection: { kind: 'groupExists', id: '/a' } });
});

t.test('a dry run plans and changes nothing', async (t) => {
  const world = new World(6);
  world.settle();
  const before = world.records.size;
  const command: Command = { type: 'updateGroup', id: '/product', update: product('../database'), force: false };
  const outcome = planCommand(world.state, command, world.settings, {
    nowMs: world.nowMs,
    uuid: () => 'u',
    random: world.random,
  });
  t.match(outcome, { type: 'planned', plan: { steps: [{}, {}, {}] } });
  world.settle();
  t.equal(world.records.size, before);
});

t.test('a deployment that is undone leaves the groups as they were, and what others changed since', async (t) => {
  const world = new World(7);
  run(world, post('/', { id: '/old', dependencies: ['/nowhere'], apps: [app('x')] }));
  const id = world.command(put('/', { groups: [{ id: 'fresh', groups: [{ id: 'deep', apps: [app('y')] }] }] }));
  world.turn();
  const outcome = world.outcomes.get(id);
  if (outcome?.type !== 'deployed') throw new Error(JSON.stringify(outcome));
  t.notOk(world.state.groups.has('/old'));
  world.command({ type: 'createApp', update: app('/fresh/mine'), force: false, origin });
  world.turn();
  t.match(run(world, { type: 'cancelDeployment', id: outcome.deploymentId, force: false }), { type: 'deployed' });
  t.same([...world.state.groups.keys()].sort(), ['/', '/fresh', '/old']);
  t.same(world.state.groups.get('/old')?.dependencies, ['/nowhere']);
  t.same([...world.state.apps.keys()].sort(), ['/fresh/mine', '/old/x']);
});

const clone = (state: World['state'], id: string): GroupAtVersion | undefined => {
  const then = groupAtVersion(state, id, rootGroupOf(state).version);
  return then === undefined ? undefined : { groups: new Map(then.groups), runSpecs: new Map(then.runSpecs) };
};

/** What is stored is what is in memory, and nothing is stored that nothing refers to. */
function assertStored(t: Test, world: World, label: string): void {
  const { state, records } = world;
  const stored = loadState(new Map([...records].map(([k, v]) => [k, JSON.parse(v) as unknown])));
  for (const part of ['apps', 'groups', 'contents', 'versions', 'history', 'historyKeeps', 'servicePorts'] as const) {
    t.same(stored[part], state[part], `${label}: ${part}`);
  }
  const wanted = new Set([...state.definitions.keys(), ...state.historyKeeps]);
  for (const [id, versions] of state.versions) for (const version of versions) wanted.add(definitionKey(id, version));
  const kept = [...records.keys()].filter((key) => key.startsWith('version:')).map((key) => key.slice(8));
  t.same(kept.sort(), [...wanted].sort(), `${label}: the versions that something refers to`);
}

t.test('a chain of dependencies may be long', async (t) => {
  const length = 1100;
  const world = new World(14);
  world.settle();
  const before = world.events.length;
  const apps = Array.from({ length }, (_, i) =>
    app(`a${i}`, { instances: 0, portDefinitions: [], dependencies: i === 0 ? [] : [`a${i - 1}`] }),
  );
  t.match(run(world, put('/chain', { apps })), { type: 'deployed' });
  const told = world.events.slice(before).map(({ type }) => type);
  const countOf = (type: string): number => told.filter((other) => other === type).length;
  t.equal(countOf('deployment_step_success'), 1 + length, 'all are started in one step and scaled one by one');
  t.equal(countOf('deployment_success'), 1);
  t.equal(told.at(-1), 'deployment_success');
  t.equal(world.state.deployments.size, 0);
});

/** What the group is now, as a snapshot to which it can be rolled back. */
function snapshotOf(world: World, id: string): GroupSnapshot {
  const { groups, apps, pods } = world.state;
  const below = <T>(map: ReadonlyMap<string, T>): Map<string, T> =>
    new Map([...map].filter(([other]) => other === id || other.startsWith(`${id}/`)));
  return { id, groups: below(groups), apps: below(apps), pods: below(pods) };
}

/** What a command does in a world whose plugins forbid every command line that is not `allowed`. */
function underPlugin(world: World, command: Command, allowed: string): Turn {
  return runTurn(world.state, [{ type: 'command', requestId: 1, command }], world.settings, {
    nowMs: world.nowMs,
    uuid: () => 'u',
    random: world.random,
    validateRunSpec: (_kind, { cmd }) => (cmd === allowed ? [] : [{ path: '/cmd', errors: [`must be ${allowed}`] }]),
  });
}

t.test('what once kept the rules and does not any more is not rolled back to', async (t) => {
  const world = new World(15);
  const body = (cmd: string): GroupUpdate => ({
    apps: [app('a', { cmd, instances: 0 }), app('b', { cmd: 'new', instances: 0 })],
    groups: [{ id: 'h', apps: [app('c', { cmd, instances: 0 })] }],
  });
  run(world, put('/g', body('old')));
  const snapshot = snapshotOf(world, '/g');
  const definition = world.state.apps.get('/g/a');
  if (definition === undefined) throw new Error('the app is not there');
  run(world, put('/g', body('new')));
  const before = [...world.state.apps.values()];
  const group: Command = { type: 'rollbackGroup', id: '/g', snapshot, force: true };
  const single: Command = { type: 'rollbackApp', id: '/g/a', definition, force: true, origin };
  const errors = ['must be new'];
  for (const [command, violations] of [
    [
      group,
      [
        { path: '/g/a/cmd', errors },
        { path: '/g/h/c/cmd', errors },
      ],
    ],
    [single, [{ path: '/cmd', errors }]],
  ] as const) {
    const { effects, failures } = underPlugin(world, command, 'new');
    t.same(failures, []);
    t.match(effects.replies, [{ outcome: { type: 'rejected', rejection: { kind: 'invalid', violations } } }]);
    t.same(effects.store, [], 'nothing is stored');
    t.same([...world.state.apps.values()], before, 'nothing is changed');
  }
  t.match(run(world, single), { type: 'deployed' });
  t.match(run(world, group), { type: 'deployed' }, 'it was the plugin alone that was against it');
  t.same([...world.state.apps.values()].map(({ id, cmd }) => [id, cmd]).sort(), [
    ['/g/a', 'old'],
    ['/g/b', 'new'],
    ['/g/h/c', 'old'],
  ]);
});

t.test('a role that a group has enforced since is not rolled back to another', async (t) => {
  const world = new World(16);
  run(world, put('/g', { groups: [{ id: 'h', apps: [app('a', { instances: 0 })] }] }));
  const snapshot = snapshotOf(world, '/g/h');
  const definition = world.state.apps.get('/g/h/a');
  if (definition === undefined) throw new Error('the app is not there');
  run(world, { type: 'setEnforceRole', id: '/g', enforceRole: true });
  run(world, put('/g/h', { apps: [app('a', { instances: 0, cmd: 'sleep 1' })] }));
  const current = world.state.apps.get('/g/h/a');
  t.same([definition.role, current?.role], ['*', 'g']);
  const invalid = (path: string): object => ({
    type: 'rejected',
    rejection: { kind: 'invalid', violations: [{ path, errors: ['got *, expected one of: [g]'] }] },
  });
  t.same(run(world, { type: 'rollbackGroup', id: '/g/h', snapshot, force: false }), invalid('/g/h/a/role'));
  t.same(run(world, { type: 'rollbackApp', id: '/g/h/a', definition, force: false, origin }), invalid('/role'));
  t.equal(world.state.apps.get('/g/h/a'), current);
});

t.test('random histories: every known version of the root group can be had again', async (t) => {
  for (const seed of [11, 12, 13]) {
    const world = new World(seed);
    const pick = <T>(values: readonly T[]): T => values[Math.floor(world.random() * values.length)] as T;
    const known = new Map<string, GroupAtVersion | undefined>();
    const names = ['/a', '/a/b', '/c', '/c/d'];
    for (let i = 0; i < 40; i++) {
      const group = pick(names);
      const instances = Math.floor(world.random() * 3);
      const ids = [...world.state.apps.keys()];
      const deployments = [...world.state.deployments.keys()];
      const choices: (() => Command)[] = [
        () => put(group, { apps: [app('x', { instances }), app('y', { instances })] }, true),
        () =>
          put(group, { dependencies: ['/elsewhere'], groups: [{ id: 'n', apps: [app('z', { instances })] }] }, true),
        () => ({ type: 'deleteGroup', id: group, force: true }),
        () => ({ type: 'createApp', update: app(`${group}/q${i % 3}`, { instances }), force: true, origin }),
        () => ({ type: 'deleteApp', id: ids.length > 0 ? pick(ids) : '/none', force: true }),
        () => ({ type: 'cancelDeployment', id: deployments.length > 0 ? pick(deployments) : 'none', force: false }),
        () => {
          const { groups, runSpecs } = known.get(pick([...known.keys()])) ?? {
            groups: new Map<string, never>(),
            runSpecs: new Map<string, never>(),
          };
          const snapshot = {
            id: '/',
            groups,
            apps: new Map([...runSpecs.keys()].map((id) => [id, anApp({ id, instances })])),
            pods: new Map(),
          };
          return { type: 'rollbackGroup', id: '/', snapshot, force: true };
        },
      ];
      const before = rootGroupOf(world.state).version;
      world.command(pick(choices)());
      world.turn(world.random() < 0.2);
      if (world.random() < 0.7) world.settle();
      const version = rootGroupOf(world.state).version;
      if (version !== before) known.set(version, clone(world.state, '/'));
      assertStored(t, world, `seed ${seed}, step ${i}`);
      const versions = versionsOfGroup(world.state, '/');
      const expected = [...known.keys()].reverse().slice(0, versions.length);
      t.same(versions, expected, `seed ${seed}, step ${i}: versions`);
      for (const v of versions) t.same(groupAtVersion(world.state, '/', v), known.get(v), `version ${v}`);
    }
    world.settle();
    const instances = [...world.state.apps.values()].reduce((sum, { instances: n }) => sum + n, 0);
    t.equal(world.tasks.size, instances, 'in the end exactly what is wanted runs');
  }
});
