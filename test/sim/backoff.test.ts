import t from 'tap';
import type { Command } from '../../src/scheduler/core/commands.js';
import type { Instance } from '../../src/scheduler/model/instance.js';
import { anOffer } from '../support/scheduler-fixtures.js';
import { World } from './simulated-world.js';

const origin = { clientIp: '127.0.0.1', uri: '/v2/groups' };

/** A database, and what depends on it. */
const shop = (cmd: string): Command => ({
  type: 'updateGroup',
  id: '/shop',
  update: {
    apps: [
      { id: 'db', cmd, cpus: 0.01, mem: 8, instances: 1 },
      { id: 'web', cmd, cpus: 0.01, mem: 8, instances: 1, dependencies: ['db'], backoffSeconds: 10, backoffFactor: 2 },
    ],
  },
  force: true,
});

let ids = 0;
function offer(world: World): void {
  world.receive({ type: 'offers', offers: [anOffer({}, { id: `plenty-${ids++}` })] });
  world.turn();
}

const instancesOf = (world: World, appId: string): Instance[] =>
  [...world.state.instances.values()].filter((instance) => instance.appId === appId);

function say(world: World, appId: string, state: string, more: object = {}): void {
  for (const { taskId } of instancesOf(world, appId)) {
    const status = { taskId, agentId: 'S1', state, message: state, ipAddresses: [], ...more };
    world.receive({ type: 'status', status });
  }
  world.turn();
}

t.test(
  'until a deployment comes to an app, its old instances wait by the delay of their own configuration',
  async (t) => {
    const world = new World(1);
    world.command(shop('old'));
    world.turn();
    offer(world);
    say(world, '/shop/db', 'TASK_RUNNING');
    offer(world);
    say(world, '/shop/web', 'TASK_RUNNING');
    t.equal(world.state.deployments.size, 0);
    const [old] = instancesOf(world, '/shop/web');

    world.nowMs += 1;
    world.command(shop('new'));
    world.turn();
    offer(world);
    t.equal(instancesOf(world, '/shop/db').length, 2, 'the database is being replaced');
    say(world, '/shop/web', 'TASK_FAILED');
    t.match(world.state.delays.get('/shop/web'), { configVersion: old?.appVersion, delayMs: 10_000 });
    offer(world);
    t.equal(instancesOf(world, '/shop/web').length, 0, 'no replacement before its time');
    world.nowMs += 10_000;
    offer(world);
    t.match(
      instancesOf(world, '/shop/web'),
      [{ appVersion: old?.appVersion }],
      'the replacement is like what it replaces',
    );
    t.equal(world.state.delays.get('/shop/web')?.untilMs, world.nowMs + 10_000, 'its launch counts');
    say(world, '/shop/web', 'TASK_FAILED');
    t.match(world.state.delays.get('/shop/web'), { configVersion: old?.appVersion, delayMs: 20_000 });

    say(world, '/shop/db', 'TASK_RUNNING');
    for (const { id, goal } of instancesOf(world, '/shop/db')) {
      if (goal === 'Running') continue;
      const status = { taskId: `${id}._app.1`, agentId: 'S1', state: 'TASK_KILLED', message: '', ipAddresses: [] };
      world.receive({ type: 'status', status });
    }
    world.turn();
    t.equal(world.state.delays.size, 0, 'a new configuration starts without a delay');
    world.nowMs += 5_000;
    world.turn();
    offer(world);
    const [fresh] = instancesOf(world, '/shop/web');
    t.ok(fresh !== undefined && old !== undefined && fresh.appVersion > old.appVersion);
  },
);

t.test('an agent that is drained holds up nothing', async (t) => {
  for (const [state, reason, remains] of [
    ['TASK_KILLED', 'REASON_AGENT_DRAINING', false],
    ['TASK_GONE_BY_OPERATOR', 'REASON_SLAVE_DRAINING', false],
    ['TASK_KILLED', undefined, true],
    ['TASK_FAILED', 'REASON_AGENT_DRAINING', true],
  ] as const) {
    const world = new World(1);
    const update = { id: '/web', cmd: 'x', cpus: 0.01, mem: 8, instances: 2, backoffSeconds: 60 };
    world.command({ type: 'createApp', update, force: false, origin });
    world.turn();
    offer(world);
    say(world, '/web', 'TASK_RUNNING');
    const [first, second] = instancesOf(world, '/web');
    for (const [taskId, what] of [
      [first?.taskId ?? '', { state: 'TASK_FAILED' }],
      [second?.taskId ?? '', { state, ...(reason === undefined ? {} : { reason }) }],
    ] as const) {
      world.receive({ type: 'status', status: { taskId, agentId: 'S1', message: '', ipAddresses: [], ...what } });
      world.turn();
    }
    t.equal(world.state.delays.has('/web'), remains, `${state} ${reason ?? ''}`);
  }
});
