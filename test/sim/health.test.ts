import t from 'tap';
import type { Command } from '../../src/scheduler/core/commands.js';
import { isConsideredHealthy } from '../../src/scheduler/core/health.js';
import { running } from './running.js';
import { World } from './simulated-world.js';

const create = (more: object): Command => ({
  type: 'createApp',
  update: { id: '/web', cmd: 'sleep 1000', cpus: 0.01, mem: 8, instances: 1, ...more },
  force: false,
  origin: { clientIp: '127.0.0.1', uri: '/v2/apps' },
});

function check(world: World, taskId: string, result: 'healthy' | 'unhealthy' | 'ignored'): void {
  world.receive({ type: 'health', results: [{ taskId, checkIndex: 0, result, cause: 'Connection refused' }] });
  world.turn();
}

const types = (world: World): string[] => world.events.map((e) => e.type).filter((type) => type.includes('health'));

t.test('a deployment waits until the instance is healthy', async (t) => {
  const world = new World(1);
  world.command(create({ healthChecks: [{ path: '/' }] }));
  const taskId = running(world);
  t.equal(world.state.deployments.size, 1, 'running is not enough');
  check(world, taskId, 'healthy');
  t.equal(world.state.deployments.size, 0);
  t.same(types(world), ['add_health_check_event', 'health_status_changed_event', 'instance_health_changed_event']);
  t.match([...world.state.instances.values()], [{ lastHealthy: true }]);
});

t.test('failures within the grace period do not count until the first success', async (t) => {
  const world = new World(2);
  world.command(create({ healthChecks: [{ path: '/', gracePeriodSeconds: 100 }] }));
  const taskId = running(world);
  for (let i = 0; i < 10; i++) check(world, taskId, 'unhealthy');
  t.equal(world.state.health.get(taskId), undefined);
  check(world, taskId, 'healthy');
  check(world, taskId, 'unhealthy');
  t.match(world.state.health.get(taskId), [
    { alive: false, consecutiveFailures: 1, lastFailureCause: 'Connection refused' },
  ]);
});

t.test('with maxConsecutiveFailures 3 the fourth failure in a row kills, and no delay follows', async (t) => {
  const world = new World(3);
  world.command(create({ healthChecks: [{ path: '/', gracePeriodSeconds: 0 }] }));
  const taskId = running(world);
  check(world, taskId, 'healthy');
  for (let i = 0; i < 3; i++) check(world, taskId, 'unhealthy');
  check(world, taskId, 'healthy');
  for (let i = 0; i < 3; i++) check(world, taskId, 'unhealthy');
  check(world, taskId, 'ignored');
  t.ok(world.tasks.has(taskId));
  check(world, taskId, 'unhealthy');
  t.notOk(world.tasks.has(taskId), 'killed');
  t.equal(types(world).filter((type) => type === 'unhealthy_instance_kill_event').length, 1);
  t.match(
    world.events.find((e) => e.type === 'unhealthy_instance_kill_event'),
    { reason: 'Connection refused', taskId },
  );
  const next = running(world);
  t.not(next, taskId, 'replaced');
  t.equal(world.state.delays.size, 0);
});

t.test('maxConsecutiveFailures 0 never kills', async (t) => {
  const world = new World(4);
  world.command(create({ healthChecks: [{ path: '/', gracePeriodSeconds: 0, maxConsecutiveFailures: 0 }] }));
  const taskId = running(world);
  for (let i = 0; i < 50; i++) check(world, taskId, 'unhealthy');
  t.ok(world.tasks.has(taskId));
  const [instance] = world.state.instances.values();
  if (instance === undefined) return t.fail('no instance');
  t.notOk(isConsideredHealthy(world.state, instance));
});

t.test('a rolling restart keeps an old instance until a new one is healthy', async (t) => {
  const world = new World(5);
  world.command(create({ healthChecks: [{ path: '/', gracePeriodSeconds: 0 }] }));
  const old = running(world);
  check(world, old, 'healthy');
  world.command({ type: 'restartApp', id: '/web', force: false });
  running(world);
  const fresh = [...world.tasks.keys()].find((id) => id !== old);
  if (fresh === undefined) return t.fail('nothing was started');
  check(world, fresh, 'unhealthy');
  t.ok(world.tasks.has(old), 'the new one is not healthy');
  check(world, fresh, 'healthy');
  t.notOk(world.tasks.has(old));
  world.settle();
  t.same([...world.tasks.keys()], [fresh]);
});

t.test(
  'unreachable: disabled waits for ever, {0, 0} replaces at once, {60, 300} first replaces and then forgets',
  async (t) => {
    for (const [strategy, atOnce, later] of [
      ['disabled', 1, 1],
      [{ inactiveAfterSeconds: 0, expungeAfterSeconds: 0 }, 2, 2],
      [{ inactiveAfterSeconds: 60, expungeAfterSeconds: 300 }, 1, 2],
    ] as const) {
      const world = new World(6);
      world.command(create({ unreachableStrategy: strategy }));
      const lost = running(world);
      world.unreachable.add(lost);
      world.receive({
        type: 'status',
        status: { taskId: lost, agentId: 'S1', state: 'TASK_UNREACHABLE', message: '', ipAddresses: [] },
      });
      running(world);
      t.equal(world.tasks.size, atOnce, `${JSON.stringify(strategy)}: at once`);
      world.nowMs += 70_000;
      running(world);
      t.equal(world.tasks.size, later, `${JSON.stringify(strategy)}: after 70 s`);
      if (strategy === 'disabled' || strategy.expungeAfterSeconds === 0) continue;
      t.equal(world.state.instances.size, 2, 'it may still come back');
      world.nowMs += 300_000;
      running(world);
      t.equal(world.state.instances.size, 1, 'it is forgotten');
    }
  },
);

t.test('an unreachable instance that comes back is kept; one too many is killed', async (t) => {
  const world = new World(7);
  world.command(create({ unreachableStrategy: { inactiveAfterSeconds: 60, expungeAfterSeconds: 600 } }));
  const lost = running(world);
  const say = (state: string): void =>
    world.receive({ type: 'status', status: { taskId: lost, agentId: 'S1', state, message: '', ipAddresses: [] } });
  world.unreachable.add(lost);
  say('TASK_UNREACHABLE');
  running(world);
  world.nowMs += 70_000;
  running(world);
  t.equal(world.tasks.size, 2);
  world.unreachable.delete(lost);
  say('TASK_RUNNING');
  world.settle();
  t.equal(world.tasks.size, 1);
  t.equal(world.state.instances.size, 1);
});

const lostStatus = (taskId: string, state: string) =>
  ({ type: 'status', status: { taskId, agentId: 'S1', state, message: '', ipAddresses: [] } }) as const;

t.test('a restart of the scheduler does not forget to forget', async (t) => {
  const world = new World(8);
  world.command(create({ unreachableStrategy: { inactiveAfterSeconds: 60, expungeAfterSeconds: 300 } }));
  const lost = running(world);
  world.unreachable.add(lost);
  world.receive(lostStatus(lost, 'TASK_UNREACHABLE'));
  running(world);
  world.crash();
  running(world);
  world.nowMs += 60_000;
  running(world);
  t.same([...world.state.instances.values()].map((i) => i.condition).sort(), ['Running', 'UnreachableInactive']);
  world.crash();
  running(world);
  world.nowMs += 300_000;
  running(world);
  t.same(
    [...world.state.instances.values()].map((i) => i.condition),
    ['Running'],
  );
});

t.test('a rolling restart that begins just after a restart of the scheduler counts on what was healthy', async (t) => {
  const world = new World(1);
  const put = (cmd: string): Command => {
    const upgradeStrategy = { minimumHealthCapacity: 1, maximumOverCapacity: 0 };
    const healthChecks = [{ protocol: 'TCP' }];
    const update = { cmd, cpus: 0.01, mem: 8, instances: 4, healthChecks, upgradeStrategy };
    const updates = [{ id: '/bound', update: update as unknown as Record<string, never> }];
    const origin = { clientIp: '127.0.0.1', uri: '/v2/apps' };
    return { type: 'updateApps', updates, partial: false, mayCreate: true, force: false, origin };
  };
  world.command(put('old'));
  for (let i = 0; i < 20; i++) {
    world.turn();
    world.clusterStep();
    const running = [...world.state.instances.values()].filter(({ condition }) => condition === 'Running');
    const results = running.map(({ taskId }) => ({ taskId, checkIndex: 0, result: 'healthy' as const }));
    world.receive({ type: 'health', results });
    world.nowMs += 1000;
  }
  world.turn();
  t.equal(world.state.deployments.size, 0);
  world.crash();
  world.turn();
  world.command(put('new'));
  world.turn();
  const kept = [...world.state.instances.values()].filter(({ goal }) => goal === 'Running');
  t.equal(kept.length, 4, 'none ends before one more is there');
});
