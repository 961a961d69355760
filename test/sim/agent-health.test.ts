import fc from 'fast-check';
import t from 'tap';
import type { Command } from '../../src/scheduler/core/commands.js';
import { isConsideredHealthy } from '../../src/scheduler/core/health.js';
import type { TaskStatusUpdate } from '../../src/scheduler/model/task-status.js';
import { running } from './running.js';
import { World } from './simulated-world.js';

const create = (more: object): Command => ({
  type: 'createApp',
  update: { id: '/web', cmd: 'sleep 1000', cpus: 0.01, mem: 8, instances: 1, ...more },
  force: false,
  origin: { clientIp: '127.0.0.1', uri: '/v2/apps' },
});

const byCommand = { protocol: 'COMMAND', command: { value: 'true' } };

/** The agent tells something about a running task. */
function tell(world: World, taskId: string, more: Partial<TaskStatusUpdate>): void {
  world.nowMs += 1000;
  const status = { taskId, agentId: 'S1', state: 'TASK_RUNNING', message: '', ipAddresses: [] };
  const reason = 'REASON_TASK_HEALTH_CHECK_STATUS_UPDATED';
  world.receive({ type: 'status', status: { ...status, reason, timestampMs: world.nowMs, ...more } });
  world.turn();
}

const types = (world: World): string[] => world.events.map((e) => e.type).filter((type) => type.includes('health'));

t.test('a deployment waits until the agent says that the instance is healthy', async (t) => {
  const world = new World(1);
  world.command(create({ healthChecks: [byCommand] }));
  const taskId = running(world);
  t.equal(world.state.deployments.size, 1, 'running is not enough');
  tell(world, taskId, { healthy: true });
  t.equal(world.state.deployments.size, 0);
  t.same(types(world), ['add_health_check_event', 'health_status_changed_event', 'instance_health_changed_event']);
  t.match([...world.state.instances.values()], [{ lastHealthy: true }]);
});

t.test('failures are counted and told, and kill nothing: that is for the agent to do', async (t) => {
  const world = new World(2);
  world.command(create({ healthChecks: [{ ...byCommand, maxConsecutiveFailures: 1, gracePeriodSeconds: 0 }] }));
  const taskId = running(world);
  tell(world, taskId, { healthy: true });
  const before = world.events.length;
  for (let i = 0; i < 3; i++) tell(world, taskId, { healthy: false, message: `failure ${i}` });
  t.match(world.state.health.get(taskId), [
    {
      alive: false,
      consecutiveFailures: 3,
      lastFailureCause: 'failure 2',
      lastFailure: new Date(world.nowMs).toISOString(),
    },
  ]);
  t.same(
    world.events.slice(before).map((e) => e.type),
    [
      'failed_health_check_event',
      'health_status_changed_event',
      'instance_health_changed_event',
      'failed_health_check_event',
      'failed_health_check_event',
    ],
  );
  t.ok(world.tasks.has(taskId));
  tell(world, taskId, { healthy: true });
  t.match(world.state.health.get(taskId), [{ alive: true, consecutiveFailures: 0 }]);
});

t.test('what comes again is not counted again, nor is what an update of another kind repeats', async (t) => {
  const world = new World(3);
  world.command(create({ healthChecks: [byCommand] }));
  const taskId = running(world);
  tell(world, taskId, { healthy: true });
  const failure = { healthy: false, timestampMs: world.nowMs + 500 };
  tell(world, taskId, failure);
  const known = world.state.health.get(taskId);
  t.match(known, [{ consecutiveFailures: 1 }]);
  const before = world.events.length;
  tell(world, taskId, failure);
  for (const reason of ['REASON_RECONCILIATION', 'REASON_TASK_CHECK_STATUS_UPDATED', 'REASON_AGENT_REREGISTERED']) {
    tell(world, taskId, { healthy: false, reason });
  }
  t.equal(world.state.health.get(taskId), known);
  t.equal(world.events.length, before);
  tell(world, taskId, { healthy: true, reason: 'REASON_RECONCILIATION' });
  t.match(world.state.health.get(taskId), [{ alive: true }], 'but what is news by whatever way is taken');
});

t.test('an instance that the agent ended because it was unhealthy is replaced at once', async (t) => {
  for (const state of ['TASK_KILLED', 'TASK_FAILED']) {
    const world = new World(4);
    world.command(create({ healthChecks: [byCommand] }));
    const taskId = running(world);
    tell(world, taskId, { healthy: true });
    tell(world, taskId, { healthy: false });
    tell(world, taskId, { state: 'TASK_KILLING' });
    world.tasks.delete(taskId);
    tell(world, taskId, { state, healthy: false, message: 'Command terminated with signal Terminated' });
    t.equal(world.state.delays.size, 0, `${state}: no delay`);
    t.equal(world.state.health.size, 0);
    t.not(running(world), taskId);
  }
});

t.test('one that failed by itself while it was healthy slows the next launch down', async (t) => {
  const world = new World(5);
  world.command(create({ healthChecks: [byCommand] }));
  const taskId = running(world);
  tell(world, taskId, { healthy: true });
  world.tasks.delete(taskId);
  tell(world, taskId, { state: 'TASK_FAILED' });
  t.equal(world.state.delays.size, 1);
});

t.test("the agent's check beside the scheduler's own: both must succeed", async (t) => {
  const world = new World(6);
  world.command(create({ healthChecks: [{ path: '/' }, { protocol: 'MESOS_TCP' }] }));
  const taskId = running(world);
  tell(world, taskId, { healthy: true });
  t.same(
    world.state.health.get(taskId)?.map((h) => h?.alive),
    [undefined, true],
  );
  t.equal(world.state.deployments.size, 1);
  world.receive({ type: 'health', results: [{ taskId, checkIndex: 0, result: 'healthy' }] });
  world.turn();
  t.equal(world.state.deployments.size, 0);
  tell(world, taskId, { healthy: false });
  const [instance] = world.state.instances.values();
  if (instance === undefined) return t.fail('no instance');
  t.notOk(isConsideredHealthy(world.state, instance));
  t.same(
    world.state.health.get(taskId)?.map((h) => h?.alive),
    [true, false],
  );
});

t.test('after a restart the answer to reconciliation brings the health back, and tells nobody twice', async (t) => {
  const world = new World(7);
  world.command(create({ healthChecks: [byCommand] }));
  const taskId = running(world);
  tell(world, taskId, { healthy: true });
  world.crash();
  world.turn();
  t.equal(world.state.health.size, 0);
  world.events.length = 0;
  tell(world, taskId, { healthy: true, reason: 'REASON_RECONCILIATION' });
  t.match(world.state.health.get(taskId), [{ alive: true }]);
  t.same(types(world), []);
  world.crash();
  world.turn();
  tell(world, taskId, { healthy: false, reason: 'REASON_RECONCILIATION' });
  t.same(types(world), ['instance_health_changed_event'], 'another health than the last one known is news');
});

t.test('a check is shown, and has no other effect', async (t) => {
  const world = new World(8);
  world.command(create({ check: { exec: { command: { shell: 'true' } } } }));
  const taskId = running(world);
  t.equal(world.state.deployments.size, 0);
  const reason = 'REASON_TASK_CHECK_STATUS_UPDATED';
  const before = world.events.length;
  const shown = (): unknown => [...world.state.instances.values()][0]?.checkResult;
  tell(world, taskId, { reason, check: {} });
  t.equal(shown(), undefined);
  tell(world, taskId, { reason, check: { result: { command: { exitCode: 1 } } } });
  t.same(shown(), { command: { exitCode: 1 } });
  world.crash();
  world.turn();
  t.same(shown(), { command: { exitCode: 1 } }, 'kept through restarts');
  tell(world, taskId, { reason, check: {} });
  t.equal(shown(), undefined, 'the last one could not be had');
  t.same(
    world.events
      .slice(before)
      .map((e) => e.type)
      .filter((type) => !type.startsWith('scheduler_')),
    [],
  );
  t.ok(world.tasks.has(taskId));
});

/** What an agent tells: a result, the last result once more because nobody took it, or a status with another reason that repeats it. */
const tellings = fc.array(fc.constantFrom('healthy', 'unhealthy', 'again', 'repeated'), { maxLength: 30 });

t.test('however often a result is told, it counts once', async () => {
  fc.assert(
    fc.property(tellings, (told) => {
      const world = new World(9);
      world.command(create({ healthChecks: [byCommand] }));
      const taskId = running(world);
      let last: { healthy: boolean; timestampMs: number } | undefined;
      let failures = 0;
      for (const telling of told) {
        if (telling === 'healthy' || telling === 'unhealthy') {
          last = { healthy: telling === 'healthy', timestampMs: world.nowMs + 1000 };
          failures = last.healthy ? 0 : failures + 1;
          tell(world, taskId, last);
        } else if (last !== undefined) {
          tell(world, taskId, telling === 'again' ? last : { healthy: last.healthy, reason: 'REASON_RECONCILIATION' });
        }
      }
      const [health] = world.state.health.get(taskId) ?? [];
      return health?.alive === last?.healthy && (health?.consecutiveFailures ?? 0) === failures;
    }),
    { numRuns: 60 },
  );
});
