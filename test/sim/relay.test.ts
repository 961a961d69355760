import t from 'tap';
import type { Test } from 'tap';
import type { Command } from '../../src/scheduler/core/commands.js';
import { loadState } from '../../src/scheduler/core/load.js';
import { appOf } from '../../src/scheduler/core/state.js';
import { World } from './simulated-world.js';

const origin = { clientIp: '127.0.0.1', uri: '/v2/apps' };
const create = (id: string, more: object = {}): Command => ({
  type: 'createApp',
  update: { id, cmd: 'sleep 1000', cpus: 0.01, mem: 8, instances: 3, ...more },
  force: false,
  origin,
});
const update = (id: string, change: Record<string, string | number>, force = false): Command => ({
  type: 'updateApps',
  updates: [{ id, update: change }],
  partial: true,
  mayCreate: false,
  force,
  origin,
});

function assertAsWanted(t: Test, world: World, label: string): void {
  const { state } = world;
  t.equal(state.deployments.size, 0, `${label}: no deployment is left`);
  const wanted = [...state.apps.values()].reduce((sum, app) => sum + app.instances, 0);
  t.equal(world.tasks.size, wanted, `${label}: as many tasks as wanted`);
  t.equal(state.instances.size, wanted, `${label}: as many instances as wanted`);
  for (const instance of state.instances.values()) {
    const app = state.apps.get(instance.appId);
    if (!world.tasks.has(instance.taskId)) t.fail(`${label}: ${instance.taskId} does not run`);
    // A restart that was reverted leaves instances of an older version, but never of another configuration.
    if (app?.cmd !== appOf(state, instance)?.cmd) t.fail(`${label}: ${instance.id} runs an old configuration`);
  }
  const stored = loadState(new Map([...world.records].map(([k, v]) => [k, JSON.parse(v) as unknown])));
  for (const part of [
    'apps',
    'versions',
    'definitions',
    'groups',
    'servicePorts',
    'storeUrls',
    'instances',
    'instancesOf',
    'deployments',
    'locks',
    'failures',
  ] as const) {
    t.same(stored[part], state[part], `${label}: ${part} in the store are those in memory`);
  }
}

t.test('create, scale, restart, delete', async (t) => {
  const world = new World(1);
  const created = world.command(create('/web'));
  world.settle();
  t.match(world.outcomes.get(created), { type: 'deployed', created: [{ id: '/web', instances: 3 }] });
  assertAsWanted(t, world, 'created');
  const first = new Set(world.tasks.keys());

  world.command(update('/web', { instances: 5 }));
  world.settle();
  assertAsWanted(t, world, 'scaled up');
  t.ok(
    [...first].every((id) => world.tasks.has(id)),
    'scaling restarts nothing',
  );

  world.command(update('/web', { instances: 2 }));
  world.settle();
  assertAsWanted(t, world, 'scaled down');

  const before = [...world.tasks.keys()];
  world.command({ type: 'restartApp', id: '/web', force: false });
  world.settle();
  assertAsWanted(t, world, 'restarted');
  t.notOk(
    before.some((id) => world.tasks.has(id)),
    'a restart replaces all',
  );

  world.command({ type: 'deleteApp', id: '/web', force: true });
  world.settle();
  assertAsWanted(t, world, 'deleted');
  const left = [...world.records.keys()].filter((key) => !/^(?:root|version):/.test(key));
  t.same(left, ['framework-id', 'group:/'], 'nothing of it is left in the store but what the history needs');
});

t.test('events of a deployment come in order', async (t) => {
  const world = new World(2);
  world.command(create('/web', { instances: 1 }));
  world.settle();
  t.same(
    world.events
      .map((e) => e.type)
      .filter((type) => !type.startsWith('scheduler_') && type !== 'instance_changed_event'),
    [
      'api_post_event',
      'group_change_success',
      'deployment_info',
      'deployment_step_success',
      'deployment_info',
      'status_update_event',
      'deployment_step_success',
      'deployment_success',
    ],
  );
});

t.test('a locked app refuses a second change, unless forced', async (t) => {
  const world = new World(3);
  world.command(create('/web'));
  world.turn();
  const refused = world.command(update('/web', { instances: 4 }));
  world.turn();
  t.match(world.outcomes.get(refused), { type: 'rejected', rejection: { kind: 'locked' } });
  const forced = world.command(update('/web', { instances: 4 }, true));
  world.settle();
  t.match(world.outcomes.get(forced), { type: 'deployed' });
  assertAsWanted(t, world, 'forced');
  t.equal(world.tasks.size, 4);
  t.ok(world.events.some((e) => e.type === 'deployment_failed'));
});

t.test('a reverted deployment brings the old definition back', async (t) => {
  const world = new World(4);
  world.command(create('/web'));
  world.settle();
  world.command(update('/web', { cmd: 'sleep 2000' }));
  world.turn();
  const [deployment] = world.state.deployments.keys();
  world.command({ type: 'cancelDeployment', id: deployment ?? '', force: false });
  world.settle();
  assertAsWanted(t, world, 'reverted');
  t.equal(world.state.apps.get('/web')?.cmd, 'sleep 1000');
});

t.test('a failed task is replaced, after its delay', async (t) => {
  const world = new World(5);
  world.command(create('/web', { instances: 1, backoffSeconds: 7 }));
  world.settle();
  const [task = ''] = world.tasks.keys();
  world.fail(task);
  world.clusterStep();
  world.turn();
  t.equal(world.tasks.size, 0);
  t.match(world.state.failures.get('/web'), { taskId: task, state: 'TASK_FAILED' });
  world.nowMs += 6_000;
  world.clusterStep();
  world.turn();
  t.equal(world.tasks.size, 0, 'not before the delay is over');
  world.nowMs += 5_000;
  world.settle();
  assertAsWanted(t, world, 'replaced');
});

t.test('kill & scale', async (t) => {
  const world = new World(6);
  world.command(create('/web', { instances: 4 }));
  world.settle();
  const [a = '', b = ''] = world.tasks.keys();
  world.command({ type: 'killTasks', taskIds: [a], scale: true, force: false });
  world.settle();
  assertAsWanted(t, world, 'kill & scale');
  t.equal(world.tasks.size, 3);
  t.notOk(world.tasks.has(a));
  world.command({ type: 'killTasks', taskIds: [b, 'no-such-task'], scale: false, force: false });
  world.settle();
  assertAsWanted(t, world, 'kill');
  t.equal(world.tasks.size, 3);
  t.notOk(world.tasks.has(b));
});

t.test('random histories with crashes at any instant end as wanted', async (t) => {
  for (let seed = 100; seed < 300; seed++) {
    const world = new World(seed);
    const pick = (n: number): number => Math.floor(world.random() * n);
    const ids = ['/a', '/b', '/g/c'];
    try {
      for (let step = 0; step < 80; step++) {
        const id = ids[pick(ids.length)] ?? '/a';
        const actions: (() => void)[] = [
          () => world.command(create(id, { instances: pick(6) })),
          () => world.command(update(id, { instances: pick(8) }, pick(2) === 0)),
          () => world.command(update(id, { cmd: `sleep ${1000 + step}` }, pick(2) === 0)),
          () => world.command({ type: 'restartApp', id, force: pick(2) === 0 }),
          () => pick(4) === 0 && world.command({ type: 'deleteApp', id, force: true }),
          () => {
            const [deployment] = world.state.deployments.keys();
            if (deployment !== undefined) world.command({ type: 'cancelDeployment', id: deployment, force: false });
          },
          () => {
            const task = [...world.tasks.keys()][pick(world.tasks.size)];
            if (task !== undefined) world.fail(task);
          },
          () => {
            const task = [...world.tasks.keys()][pick(world.tasks.size)];
            if (task !== undefined)
              world.command({ type: 'killTasks', taskIds: [task], scale: pick(2) === 0, force: true });
          },
          () => world.crash(),
          () => world.clusterStep(),
          () => world.clusterStep(),
          () => world.clusterStep(),
          () => (world.nowMs += pick(20_000)),
        ];
        actions[pick(actions.length)]?.();
        if (pick(3) > 0) world.turn(pick(8) === 0);
      }
      world.settle();
      world.nowMs += 900_000;
      world.settle();
    } catch (error) {
      t.fail(`seed ${seed}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
      return;
    }
    assertAsWanted(t, world, `seed ${seed}`);
  }
});
