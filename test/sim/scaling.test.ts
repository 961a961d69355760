import t from 'tap';
import type { Command } from '../../src/scheduler/core/commands.js';
import { World } from './simulated-world.js';

const origin = { clientIp: '127.0.0.1', uri: '/v2/apps' };

const scale = (instances: number): Command => ({
  type: 'updateApps',
  updates: [{ id: '/web', update: { instances } }],
  partial: true,
  mayCreate: false,
  force: true,
  origin,
});

function run(world: World, seconds: number): void {
  for (let i = 0; i < seconds; i++) {
    world.clusterStep();
    world.turn();
    world.nowMs += 1000;
  }
}

/** A world in which instances of an app run that has a health check, and no deployment waits for their health any more. */
function unwell(instances: number): World {
  const world = new World(1);
  const healthChecks = [{ path: '/', gracePeriodSeconds: 1000 }];
  const update = { id: '/web', cmd: 'x', cpus: 0.01, mem: 8, instances, healthChecks } as unknown as Record<
    string,
    never
  >;
  world.command({ type: 'createApp', update, force: false, origin });
  run(world, 20);
  const [deployment] = world.state.deployments.keys();
  world.command({ type: 'cancelDeployment', id: deployment ?? '', force: true });
  run(world, 5);
  return world;
}

t.test('scaling down ends with the ends of what is too much, whatever the health of the rest', async (t) => {
  const world = unwell(3);
  t.equal(world.tasks.size, 3);
  world.command(scale(2));
  world.turn();
  t.equal(world.state.deployments.size, 1, 'the end has to be confirmed');
  run(world, 3);
  t.equal(world.tasks.size, 2);
  t.equal(world.state.deployments.size, 0);
});

t.test('what is started while it is scaled down has to come up', async (t) => {
  const world = unwell(3);
  world.command(scale(2));
  world.turn();
  const [kept] = [...world.state.instances.values()].filter(({ goal }) => goal === 'Running');
  world.receive({
    type: 'status',
    status: { taskId: kept?.taskId ?? '', agentId: 'S1', state: 'TASK_FAILED', message: '', ipAddresses: [] },
  });
  world.tasks.delete(kept?.taskId ?? '');
  world.turn();
  run(world, 30);
  t.equal(world.tasks.size, 2);
  t.equal(world.state.deployments.size, 1);
  const fresh = [...world.state.instances.values()].find(({ stagedAt }) => stagedAt > (kept?.stagedAt ?? ''));
  world.receive({ type: 'health', results: [{ taskId: fresh?.taskId ?? '', checkIndex: 0, result: 'healthy' }] });
  world.turn();
  t.equal(world.state.deployments.size, 0);
});

t.test('scaling up waits until all are healthy, those that were there too', async (t) => {
  const world = unwell(1);
  const [old] = world.tasks.keys();
  world.command(scale(2));
  run(world, 20);
  t.equal(world.tasks.size, 2);
  const fresh = [...world.tasks.keys()].find((id) => id !== old);
  for (const [taskId, left] of [
    [fresh, 1],
    [old, 0],
  ] as const) {
    world.receive({ type: 'health', results: [{ taskId: taskId ?? '', checkIndex: 0, result: 'healthy' }] });
    world.turn();
    t.equal(world.state.deployments.size, left);
  }
});

t.test('the end of an app is told before the end of the step, and once', async (t) => {
  const world = unwell(2);
  world.events.length = 0;
  world.command({ type: 'deleteApp', id: '/web', force: true });
  world.settle();
  const told = new Set(['app_terminated_event', 'deployment_step_success', 'deployment_success']);
  t.same(
    world.events.map(({ type }) => type).filter((type) => told.has(type)),
    ['app_terminated_event', 'deployment_step_success', 'deployment_success'],
  );
});
