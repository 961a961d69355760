import t from 'tap';
import type { Command } from '../../src/scheduler/core/commands.js';
import type { ClusterCall } from '../../src/scheduler/core/effects.js';
import type { Instance } from '../../src/scheduler/model/instance.js';
import { anOffer } from '../support/scheduler-fixtures.js';
import { World } from './simulated-world.js';

const create = (more: object = {}): Command => ({
  type: 'createApp',
  update: { id: '/web', cmd: 'sleep 1000', cpus: 0.01, mem: 8, instances: 1, ...more },
  force: false,
  origin: { clientIp: '127.0.0.1', uri: '/v2/apps' },
});

let offers = 0;

/** One turn in which an offer of plenty comes; the calls that it leads to. */
function offer(world: World, agentId = 'S1'): readonly ClusterCall[] {
  world.receive({ type: 'offers', offers: [anOffer({}, { id: `plenty-${offers++}`, agentId })] });
  return world.turn()?.effects.calls ?? [];
}

function status(world: World, taskId: string, state: string, more: { reason?: string } = {}): readonly ClusterCall[] {
  world.receive({
    type: 'status',
    status: { taskId, agentId: 'S1', state, message: state, ipAddresses: [], ...more },
  });
  return world.turn()?.effects.calls ?? [];
}

const instances = (world: World): Instance[] => [...world.state.instances.values()];
const taskIds = (world: World): string[] => instances(world).map((instance) => instance.taskId);
const kills = (calls: readonly ClusterCall[] = []): string[] =>
  calls.flatMap((call) => (call.type === 'kill' ? [call.taskId] : []));

/** A world in which the app was launched and runs. */
function running(more: object = {}): World {
  const world = new World(1);
  world.command(create(more));
  world.turn();
  offer(world);
  for (const taskId of taskIds(world)) status(world, taskId, 'TASK_RUNNING');
  return world;
}

/** The only task. */
function task(world: World): string {
  const [taskId, second] = taskIds(world);
  if (taskId === undefined || second !== undefined) throw new Error(`${taskIds(world).length} tasks`);
  return taskId;
}

t.test('which ends delay the next launch', async (t) => {
  for (const [state, delays] of [
    ['TASK_FAILED', 1],
    ['TASK_FINISHED', 1],
    ['TASK_ERROR', 1],
    ['TASK_GONE', 1],
    ['TASK_DROPPED', 1],
    ['TASK_KILLED', 0],
    ['TASK_GONE_BY_OPERATOR', 0],
    ['TASK_UNKNOWN', 0],
    ['TASK_UNREACHABLE', 0],
  ] as const) {
    const world = running({ backoffSeconds: 5 });
    status(world, task(world), state);
    t.equal(world.state.delays.size, delays, state);
    t.equal(world.state.queue.get('/web')?.count, 1, 'a replacement waits');
    t.equal(
      offer(world).some((call) => call.type === 'accept'),
      delays === 0,
      'it waits as long as it must',
    );
    world.nowMs += 5_000;
    offer(world);
    t.equal(world.state.instances.size, 1);
  }
});

t.test('an end that was asked for delays nothing, whatever Mesos calls it', async (t) => {
  const world = running();
  const taskId = task(world);
  world.command({ type: 'killTasks', taskIds: [taskId], scale: false, force: false });
  world.turn();
  status(world, taskId, 'TASK_FAILED');
  t.equal(world.state.delays.size, 0);
});

t.test('each failure makes the delay longer; what runs does not end it; launches make it count anew', async (t) => {
  const world = running({ backoffSeconds: 10, backoffFactor: 2, instances: 3 });
  const [first = '', second = ''] = taskIds(world);
  status(world, first, 'TASK_FAILED');
  status(world, second, 'TASK_FAILED');
  t.equal(world.state.delays.get('/web')?.delayMs, 20_000);
  world.nowMs += 20_000;
  offer(world);
  t.equal(world.state.instances.size, 2, 'one at a time');
  const untilMs = world.nowMs + 20_000;
  t.match(world.state.delays.get('/web'), { delayMs: 20_000, untilMs });
  world.nowMs += 3_000;
  for (const taskId of taskIds(world)) status(world, taskId, 'TASK_RUNNING');
  t.match(world.state.delays.get('/web'), { delayMs: 20_000, untilMs: untilMs + 3_000 });
  offer(world);
  t.equal(world.state.instances.size, 2);
  world.nowMs += 20_000;
  offer(world);
  t.equal(world.state.instances.size, 3);
});

t.test('the delay is forgotten when nothing has happened for maxLaunchDelaySeconds', async (t) => {
  const world = running({ backoffSeconds: 10, maxLaunchDelaySeconds: 60 });
  status(world, task(world), 'TASK_FAILED');
  world.nowMs += 10_000;
  world.turn();
  offer(world);
  world.nowMs += 60_000;
  world.turn();
  t.equal(world.state.delays.size, 1);
  world.nowMs += 10_000;
  world.turn();
  t.equal(world.state.delays.size, 0);
});

t.test('a delay that has reached its limit is kept from failure to failure', async (t) => {
  const world = running({ backoffSeconds: 60, backoffFactor: 2, maxLaunchDelaySeconds: 60 });
  for (let i = 0; i < 3; i++) {
    status(world, task(world), 'TASK_FAILED');
    t.equal(world.state.delays.get('/web')?.delayMs, 60_000);
    world.nowMs += 60_000;
    world.turn();
    t.equal(world.state.delays.size, 1, 'it is over, and known');
    offer(world);
  }
});

t.test('a restart and the reset of the delay let the app be launched at once', async (t) => {
  for (const command of [
    { type: 'restartApp', id: '/web', force: false },
    { type: 'resetDelay', id: '/web' },
  ] satisfies Command[]) {
    const world = running({ backoffSeconds: 100 });
    status(world, task(world), 'TASK_FAILED');
    offer(world);
    t.equal(world.state.instances.size, 0);
    world.command(command);
    world.turn();
    t.equal(world.state.delays.size, 0);
    offer(world);
    t.equal(world.state.instances.size, 1, command.type);
  }
});

t.test('a failure of an old configuration does not delay the new one', async (t) => {
  const world = running();
  const old = task(world);
  world.nowMs += 1_000;
  world.command({ type: 'restartApp', id: '/web', force: false });
  world.turn();
  status(world, old, 'TASK_FAILED');
  t.equal(world.state.delays.size, 0);
});

t.test('an unreachable instance that is to end is forgotten at once: no deployment waits for it', async (t) => {
  for (const unreachableStrategy of ['disabled', { inactiveAfterSeconds: 600, expungeAfterSeconds: 900 }]) {
    const world = running({ unreachableStrategy });
    const lost = task(world);
    status(world, lost, 'TASK_UNREACHABLE');
    world.command({ type: 'deleteApp', id: '/web', force: false });
    const calls = world.turn()?.effects.calls;
    t.same(kills(calls), [], 'nobody would hear it');
    t.equal(world.state.instances.size, 0);
    t.equal(world.state.deployments.size, 0);
    t.same(kills(status(world, lost, 'TASK_RUNNING')), [lost], 'it is killed when it turns up again');
  }
});

t.test('an instance whose agent is lost while it is being killed is not waited for', async (t) => {
  const world = running({ unreachableStrategy: 'disabled' });
  const lost = task(world);
  world.unreachable.add(lost);
  world.command({ type: 'deleteApp', id: '/web', force: false });
  world.turn();
  t.equal(world.state.deployments.size, 1);
  status(world, lost, 'TASK_UNREACHABLE');
  t.equal(world.state.deployments.size, 0);
});

t.test('an upgrade does not wait for an old instance that is unreachable', async (t) => {
  const world = running({ unreachableStrategy: 'disabled' });
  status(world, task(world), 'TASK_UNREACHABLE');
  world.nowMs += 1_000;
  world.command({ type: 'restartApp', id: '/web', force: false });
  world.turn();
  offer(world);
  const [, fresh = ''] = taskIds(world);
  status(world, fresh, 'TASK_RUNNING');
  t.equal(world.state.deployments.size, 0);
  t.match(instances(world), [{ condition: 'Running' }]);
});

t.test('TASK_LOST with a reason that may pass is unreachable, not gone', async (t) => {
  const world = running({ unreachableStrategy: { inactiveAfterSeconds: 60, expungeAfterSeconds: 600 } });
  const lost = task(world);
  status(world, lost, 'TASK_LOST', { reason: 'REASON_SLAVE_REMOVED' });
  t.match(instances(world), [{ condition: 'Unreachable' }]);
  status(world, lost, 'TASK_RUNNING');
  t.match(instances(world), [{ condition: 'Running' }]);
  t.equal(instances(world)[0]?.unreachableSince, undefined);
  status(world, lost, 'TASK_LOST', { reason: 'REASON_EXECUTOR_TERMINATED' });
  t.equal(world.state.instances.size, 0);
});

t.test('tasks that nobody knows: live ones are killed, ended ones are told of, others are left alone', async (t) => {
  const world = running();
  const stranger = 'a_b.instance-1._app.1';
  for (const state of ['TASK_STAGING', 'TASK_STARTING', 'TASK_RUNNING']) {
    t.same(kills(status(world, stranger, state)), [stranger], state);
    t.same(kills(status(world, stranger, state)), [], 'one that was killed is not killed again at once');
    world.nowMs += 30_000;
    t.same(kills(world.turn()?.effects.calls), [], 'nor by itself later');
  }
  for (const state of ['TASK_KILLING', 'TASK_UNREACHABLE']) t.same(kills(status(world, stranger, state)), [], state);
  t.notOk(world.events.some((event) => event.type === 'unknown_instance_terminated_event'));
  t.same(kills(status(world, stranger, 'TASK_KILLED')), []);
  t.match(
    world.events.find((event) => event.type === 'unknown_instance_terminated_event'),
    { instanceId: 'a_b.instance-1', runSpecId: '/a/b', condition: 'Killed' },
  );
});

t.test('launches that Mesos does not confirm, or that never run, are given up', async (t) => {
  const world = new World(1);
  world.command(create());
  world.turn();
  offer(world);
  const provisioned = task(world);
  world.nowMs += 299_000;
  t.same(kills(world.turn()?.effects.calls), []);
  world.nowMs += 1_000;
  t.same(kills(world.turn()?.effects.calls), [provisioned]);

  const staging = new World(1);
  staging.command(create());
  staging.turn();
  offer(staging);
  const slow = task(staging);
  staging.nowMs += 200_000;
  status(staging, slow, 'TASK_STAGING');
  staging.nowMs += 200_000;
  t.same(kills(staging.turn()?.effects.calls), []);
  staging.nowMs += 100_000;
  t.same(kills(staging.turn()?.effects.calls), [slow]);
});

t.test('a kill without effect is repeated, with the grace period of the app', async (t) => {
  const world = running({ taskKillGracePeriodSeconds: 7 });
  const taskId = task(world);
  world.unreachable.add(taskId); // it does not react
  world.command({ type: 'deleteApp', id: '/web', force: false });
  const first = world.turn()?.effects.calls;
  world.nowMs += 29_000;
  const early = world.turn()?.effects.calls;
  world.nowMs += 1_000;
  const again = world.turn()?.effects.calls;
  t.match(first, [{ type: 'kill', taskId, gracePeriodSeconds: 7 }]);
  t.same(kills(early), []);
  t.match(again, [{ type: 'kill', taskId, gracePeriodSeconds: 7 }]);
});

t.test(
  'reconciliation: all tasks at the registration, those old enough after 15 s, then every 10 minutes',
  async (t) => {
    const world = running({ instances: 2 });
    const reconciled = (calls: readonly ClusterCall[] = []): (readonly string[])[] =>
      calls.flatMap((call) => (call.type === 'reconcile' ? [call.tasks.map((asked) => asked.taskId)] : []));
    const known = taskIds(world);
    world.nowMs += 15_000;
    world.command({
      type: 'updateApps',
      updates: [{ id: '/web', update: { instances: 3 } }],
      partial: true,
      mayCreate: false,
      force: false,
      origin: { clientIp: '127.0.0.1', uri: '/v2/apps' },
    });
    world.turn();
    offer(world);
    for (const taskId of taskIds(world)) world.unreachable.add(taskId); // no answers: the new one stays unconfirmed
    world.receive({ type: 'registered', frameworkId: 'F', master: 'm:5050' });
    t.same(reconciled(world.turn()?.effects.calls), [taskIds(world), []], 'explicitly, then implicitly');
    world.nowMs += 15_000;
    t.same(reconciled(world.turn()?.effects.calls), [known, []], 'Mesos may not have heard of what was just launched');
    world.nowMs += 599_000;
    t.same(reconciled(world.turn()?.effects.calls), []);
    world.nowMs += 1_000;
    t.equal(reconciled(world.turn()?.effects.calls).length, 2);
  },
);
