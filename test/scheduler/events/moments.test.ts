// When the core publishes what: the events of instances, tasks, health checks and the connection (marathon.md §14.3).
import t from 'tap';
import type { Command } from '../../../src/scheduler/core/commands.js';
import type { SchedulerEvent } from '../../../src/scheduler/model/events.js';
import { running } from '../../sim/running.js';
import { World } from '../../sim/simulated-world.js';

const create = (more: object = {}): Command => ({
  type: 'createApp',
  update: { id: '/product/web', cmd: 'sleep 1000', cpus: 0.01, mem: 8, instances: 1, ...more },
  force: false,
  origin: { clientIp: '127.0.0.1', uri: '/v2/apps' },
});

/** What is published while `act` and one turn after it are done, but for deployments and api_post_event. */
function heard(world: World, act: () => void): readonly SchedulerEvent[] {
  const before = world.events.length;
  act();
  world.turn();
  return world.events.slice(before).filter(({ type }) => !/^(?:deployment|group|api)_/.test(type));
}

const status = (world: World, taskId: string, state: string, more: object = {}): void =>
  world.receive({ type: 'status', status: { taskId, agentId: 'S1', state, message: '', ipAddresses: [], ...more } });

const check = (world: World, taskId: string, result: 'healthy' | 'unhealthy', more: object = {}): void =>
  world.receive({ type: 'health', results: [{ taskId, checkIndex: 0, result, ...more }] });

t.test('a launch: Provisioned, then what Mesos says', async (t) => {
  const world = new World(1);
  world.command(create());
  const taskId = running(world);
  const [instance] = world.state.instances.values();
  if (instance === undefined) return t.fail('no instance');
  const { id, agentId, host, appVersion: version, ports } = instance;
  const task = { slaveId: agentId, taskId, appId: '/product/web', host, ipAddresses: [], ports, version };
  const changed = { type: 'instance_changed_event', instanceId: id, runSpecId: '/product/web', agentId, host };
  t.same(
    world.events.filter(({ type }) => type === 'instance_changed_event' || type === 'status_update_event'),
    [
      { ...changed, condition: 'Provisioned', runSpecVersion: version },
      { type: 'status_update_event', ...task, taskStatus: 'TASK_RUNNING', message: 'TASK_RUNNING' },
      { ...changed, condition: 'Running', runSpecVersion: version },
    ],
  );
});

t.test('updates of a task', async (t) => {
  const world = new World(2);
  world.command(create());
  const taskId = running(world);
  t.same(
    heard(world, () => status(world, taskId, 'TASK_RUNNING')),
    [],
    'what is known is not told again',
  );
  const ipAddresses = [{ ipAddress: '10.1.1.1', protocol: 'IPv4' }];
  t.match(
    heard(world, () => status(world, taskId, 'TASK_RUNNING', { ipAddresses })),
    [{ type: 'status_update_event', taskStatus: 'TASK_RUNNING', ipAddresses }],
    'an address is news of the task, not of the instance',
  );
  t.match(
    heard(world, () => status(world, taskId, 'TASK_KILLING')),
    [{ taskStatus: 'TASK_KILLING' }, { type: 'instance_changed_event', condition: 'Killing' }],
  );
  t.match(
    heard(world, () => status(world, taskId, 'TASK_FAILED', { message: 'exit 1' })),
    [
      { type: 'status_update_event', taskStatus: 'TASK_FAILED', message: 'exit 1', taskId, ipAddresses },
      { type: 'instance_changed_event', condition: 'Failed', runSpecId: '/product/web' },
    ],
  );
});

t.test('an unreachable instance: Unreachable, UnreachableInactive, and Killed when it is forgotten', async (t) => {
  const world = new World(3);
  world.command(create({ unreachableStrategy: { inactiveAfterSeconds: 60, expungeAfterSeconds: 300 } }));
  const taskId = running(world);
  const instanceId = [...world.state.instances.keys()][0];
  world.unreachable.add(taskId);
  t.match(
    heard(world, () => status(world, taskId, 'TASK_UNREACHABLE')),
    [
      { type: 'status_update_event', taskStatus: 'TASK_UNREACHABLE' },
      { type: 'instance_changed_event', condition: 'Unreachable', instanceId },
    ],
  );
  const ofInstance = (events: readonly SchedulerEvent[]): readonly SchedulerEvent[] =>
    events.filter((e) => e.type === 'instance_changed_event' && e.instanceId === instanceId);
  t.match(ofInstance(heard(world, () => (world.nowMs += 61_000))), [{ condition: 'UnreachableInactive' }]);
  t.match(ofInstance(heard(world, () => (world.nowMs += 300_000))), [{ condition: 'Killed' }]);
});

t.test('the end of a task that nobody knows', async (t) => {
  const world = new World(4);
  t.match(heard(world, () => status(world, 'product_web.instance-0a-1._app.1', 'TASK_FINISHED')).at(-1), {
    type: 'unknown_instance_terminated_event',
    instanceId: 'product_web.instance-0a-1',
    runSpecId: '/product/web',
    condition: 'Finished',
  });
  t.same(
    heard(world, () => status(world, 'product_web.instance-0a-1._app.1', 'TASK_RUNNING')),
    [],
    'one that runs is killed, which is told when it has ended',
  );
});

t.test('the connection: registered, disconnected, registered again; the master by its host', async (t) => {
  const world = new World(5);
  t.match(
    heard(world, () => undefined),
    [{ type: 'scheduler_registered_event', frameworkId: 'F', master: 'm' }],
  );
  t.same(
    heard(world, () => world.receive({ type: 'disconnected' })),
    [{ type: 'scheduler_disconnected_event' }],
  );
  t.same(
    heard(world, () => world.receive({ type: 'disconnected' })),
    [],
    'told once',
  );
  const again = { type: 'registered', frameworkId: 'F', master: '[::1]:5050' } as const;
  t.same(
    heard(world, () => world.receive(again)),
    [{ type: 'scheduler_reregistered_event', master: '[::1]' }],
  );
});

t.test('health: a failure, a change of one check, a change of the whole instance, a kill', async (t) => {
  const world = new World(6);
  world.command(create({ healthChecks: [{ path: '/', gracePeriodSeconds: 0, maxConsecutiveFailures: 1 }] }));
  const taskId = running(world);
  const [instance] = world.state.instances.values();
  if (instance === undefined) return t.fail('no instance');
  const { id: instanceId, appVersion: version, host, agentId } = instance;
  const appId = '/product/web';
  const failure = { type: 'failed_health_check_event', appId, instanceId, healthCheck: { path: '/' } };
  const whole = { type: 'instance_health_changed_event', instanceId, runSpecId: appId, runSpecVersion: version };
  const one = { type: 'health_status_changed_event', appId, instanceId, version };

  t.match(
    heard(world, () => check(world, taskId, 'unhealthy')),
    [failure, { ...whole, healthy: false }],
    'a check that never succeeded has not become worse',
  );
  t.match(
    heard(world, () => check(world, taskId, 'healthy')),
    [
      { ...one, alive: true },
      { ...whole, healthy: true },
    ],
  );
  t.same(
    heard(world, () => check(world, taskId, 'healthy')),
    [],
  );
  t.match(
    heard(world, () => check(world, taskId, 'unhealthy')),
    [failure, { ...one, alive: false }, { ...whole, healthy: false }],
  );
  t.match(
    heard(world, () => check(world, taskId, 'unhealthy')),
    [
      failure,
      {
        type: 'unhealthy_instance_kill_event',
        appId,
        taskId,
        instanceId,
        version,
        reason: 'unknown',
        host,
        slaveId: agentId,
      },
    ],
    'a cause that nobody knows is "unknown"',
  );
});

t.test('two checks: the instance changes when all of them together do', async (t) => {
  const world = new World(7);
  world.command(create({ healthChecks: [{ path: '/a' }, { path: '/b' }] }));
  const taskId = running(world);
  t.match(
    heard(world, () => check(world, taskId, 'healthy')),
    [{ type: 'health_status_changed_event', alive: true }],
  );
  t.match(
    heard(world, () => check(world, taskId, 'healthy', { checkIndex: 1 })),
    [
      { type: 'health_status_changed_event', alive: true },
      { type: 'instance_health_changed_event', healthy: true },
    ],
  );
});

t.test('a message of an executor', async (t) => {
  const world = new World(8);
  const message = [104, 105, -1];
  world.turn();
  t.same(
    heard(world, () => world.receive({ type: 'frameworkMessage', executorId: 'x', agentId: 'S1', message })),
    [{ type: 'framework_message_event', executorId: 'x', slaveId: 'S1', message }],
  );
});

t.test('subscriptions: kept once, told each time, bounded', async (t) => {
  const world = new World(9);
  world.turn();
  const change = (type: 'subscribe' | 'unsubscribe', callbackUrl: string): number =>
    world.command({ type, clientIp: '10.0.0.9', callbackUrl });
  const [a, b] = ['http://a/', 'http://b/'];
  for (let i = 0; i < 2; i++) {
    t.same(
      heard(world, () => change('subscribe', a)),
      [{ type: 'subscribe_event', clientIp: '10.0.0.9', callbackUrl: a }],
    );
  }
  change('subscribe', b);
  world.turn();
  t.same([...world.state.callbackUrls], [a, b]);
  world.crash();
  t.same([...world.state.callbackUrls], [a, b], 'they outlive the process');
  world.turn();
  for (let i = 0; i < 2; i++) {
    t.same(
      heard(world, () => change('unsubscribe', a)),
      [{ type: 'unsubscribe_event', clientIp: '10.0.0.9', callbackUrl: a }],
    );
  }
  for (let i = 1; i < 100; i++) change('subscribe', `http://c/${i}`);
  const known = change('subscribe', b);
  const tooMany = change('subscribe', 'http://d/');
  world.turn();
  t.equal(world.state.callbackUrls.size, 100);
  t.match(world.outcomes.get(known), { type: 'done' });
  t.match(world.outcomes.get(tooMany), {
    type: 'rejected',
    rejection: { kind: 'invalid', violations: [{ path: '/callbackUrl', errors: [/100/] }] },
  });
  t.notOk(world.state.callbackUrls.has('http://d/'));
});
