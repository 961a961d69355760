import t from 'tap';
import { renderExplanation } from '../../src/scheduler/api/render/explain.js';
import type { Command } from '../../src/scheduler/core/commands.js';
import type { Instance } from '../../src/scheduler/model/instance.js';
import { anOffer } from '../support/scheduler-fixtures.js';
import { World } from './simulated-world.js';

const origin = { clientIp: '127.0.0.1', uri: '/v2/apps' };

const create = (id: string, more: object = {}): Command => ({
  type: 'createApp',
  update: { id, cmd: 'sleep 1000', cpus: 0.01, mem: 8, instances: 1, ...more },
  force: false,
  origin,
});

const update = (id: string, changes: object): Command => ({
  type: 'updateApps',
  updates: [{ id, update: changes as Record<string, never> }],
  partial: true,
  mayCreate: false,
  force: true,
  origin,
});

interface Explanation {
  readonly reasons: readonly string[];
  readonly suggestions: readonly { readonly text: string }[];
  readonly deployment?: object;
  readonly delay?: object;
  readonly ended: readonly { readonly text: string; readonly cause: object }[];
}

function explain(world: World, id: string): Explanation {
  const rules = { nowMs: world.nowMs, settings: world.settings };
  return renderExplanation(world.state, id, rules) as Explanation;
}

let offers = 0;

function step(world: World, seconds = 1): void {
  for (let i = 0; i < seconds; i++) {
    world.clusterStep();
    world.turn();
    world.nowMs += 1000;
  }
}

const instances = (world: World): Instance[] => [...world.state.instances.values()];

function status(world: World, taskId: string, state: string, more: object = {}): void {
  world.tasks.delete(taskId);
  world.receive({ type: 'status', status: { taskId, agentId: 'S1', state, message: '', ipAddresses: [], ...more } });
  world.turn();
}

/** A world in which an app runs. */
function running(more: object = {}): World {
  const world = new World(1);
  world.command(create('/web', more));
  world.settle();
  return world;
}

/** The only task. */
function task(world: World): string {
  const [first, second] = instances(world);
  if (first === undefined || second !== undefined) throw new Error(`${instances(world).length} instances`);
  return first.taskId;
}

t.test('why instances ended', async (t) => {
  const cases: readonly (readonly [what: string, more: object, act: (world: World) => void, expected: object])[] = [
    [
      'scaled down',
      { instances: 2 },
      (world) => void world.command(update('/web', { instances: 1 })),
      { cause: { type: 'scaledDown', deploymentId: /./ }, condition: 'Killed', state: 'TASK_KILLED' },
    ],
    [
      'replaced',
      {},
      (world) => void world.command(update('/web', { cmd: 'sleep 2' })),
      { cause: { type: 'replaced', deploymentId: /./ } },
    ],
    [
      'killed by request',
      {},
      (world) => void world.command({ type: 'killTasks', taskIds: [task(world)], scale: false, force: false }),
      { cause: { type: 'requested' }, text: 'it was killed by request' },
    ],
    [
      'failed',
      {},
      (world) =>
        status(world, task(world), 'TASK_FAILED', { message: 'Command exited with status 1', reason: 'REASON_X' }),
      {
        cause: { type: 'exited' },
        text: 'it ended by itself (TASK_FAILED: Command exited with status 1)',
        reason: 'REASON_X',
      },
    ],
    ['lost', {}, (world) => status(world, task(world), 'TASK_GONE'), { cause: { type: 'lost' }, condition: 'Gone' }],
    ['killed by others', {}, (world) => status(world, task(world), 'TASK_KILLED'), { cause: { type: 'killed' } }],
    [
      'unhealthy',
      { healthChecks: [{ protocol: 'HTTP', path: '/', maxConsecutiveFailures: 1, gracePeriodSeconds: 0 }] },
      (world) => {
        for (let i = 0; i < 2; i++) {
          const cause = 'HTTP 503';
          world.receive({
            type: 'health',
            results: [{ taskId: task(world), checkIndex: 0, result: 'unhealthy', cause }],
          });
          world.turn();
        }
      },
      {
        cause: { type: 'unhealthy', failures: 2, message: 'HTTP 503' },
        text: 'a health check failed 2 times in a row (HTTP 503)',
      },
    ],
    [
      'its agent is lost for too long',
      { unreachableStrategy: { inactiveAfterSeconds: 5, expungeAfterSeconds: 10 } },
      (world) => {
        const taskId = task(world);
        world.unreachable.add(taskId);
        world.receive({
          type: 'status',
          status: { taskId, agentId: 'S1', state: 'TASK_UNREACHABLE', message: '', ipAddresses: [] },
        });
        step(world, 15);
      },
      { cause: { type: 'unreachable', since: /^20/ }, state: undefined },
    ],
  ];
  for (const [what, more, act, expected] of cases) {
    const world = new World(1);
    world.command(create('/web', more));
    step(world, 8);
    const before = instances(world).map(({ id }) => id);
    act(world);
    step(world, 8);
    const { ended } = explain(world, '/web');
    t.match(ended.at(-1), { endedAt: /^20/, host: '10.0.0.1', ...expected }, what);
    t.ok(before.includes((ended.at(-1) as unknown as Instance & { instanceId: string }).instanceId), what);
    t.equal(world.state.killCauses.size, 0, `${what}: nothing is left`);
  }
});

t.test('a launch that does not come up in time', async (t) => {
  const world = new World(1);
  world.command(create('/web'));
  world.turn();
  world.receive({ type: 'offers', offers: [anOffer({}, { id: `O${offers++}` })] });
  world.turn();
  world.nowMs += world.settings.taskLaunchConfirmTimeoutMs + 1;
  world.turn();
  step(world, 2);
  t.match(explain(world, '/web').ended, [{ cause: { type: 'launchOverdue', condition: 'Provisioned' } }]);
});

t.test('the last 20 are kept, the latest first; with the app they go', async (t) => {
  const world = running();
  const seen: string[] = [];
  for (let i = 0; i < 25; i++) {
    const taskId = task(world);
    seen.unshift(taskId);
    world.command({ type: 'killTasks', taskIds: [taskId], scale: false, force: false });
    world.settle();
  }
  const { ended } = explain(world, '/web');
  t.same(
    ended.map((one) => (one as unknown as Instance).taskId),
    seen.slice(0, 20),
  );
  world.command({ type: 'deleteApp', id: '/web', force: false });
  world.settle();
  t.equal(world.state.ended.size, 0);
  t.equal(renderExplanation(world.state, '/web', { nowMs: 0, settings: world.settings }), undefined);
});

t.test('a delay: which failures, how long, until when', async (t) => {
  const world = running({ backoffSeconds: 60 });
  status(world, task(world), 'TASK_FAILED', { message: 'exit 1' });
  const { delay, reasons } = explain(world, '/web');
  t.match(delay, {
    until: /^20/,
    timeLeftSeconds: 60,
    delaySeconds: 60,
    failures: 1,
    lastFailure: { host: '10.0.0.1', message: 'exit 1', state: 'TASK_FAILED' },
  });
  t.match(reasons[0], /waits 60 s more \(60 s .*because an instance ended by itself; the last one .*exit 1/);
});

t.test('a deployment: its step, and what that waits for', async (t) => {
  const world = new World(1);
  const check = { protocol: 'HTTP', path: '/' };
  world.command({
    type: 'updateGroup',
    id: '/shop',
    update: {
      apps: [
        { id: 'db', cmd: 'x', cpus: 0.01, mem: 8, instances: 3, healthChecks: [check] },
        { id: 'web', cmd: 'x', cpus: 0.01, mem: 8, dependencies: ['db'] },
      ],
    },
    force: false,
  });
  step(world, 6);
  const [first] = instances(world);
  world.receive({ type: 'health', results: [{ taskId: first?.taskId ?? '', checkIndex: 0, result: 'healthy' }] });
  world.turn();
  const { deployment, reasons } = explain(world, '/shop/web');
  t.match(deployment, {
    step: 2,
    steps: 3,
    ownStep: 3,
    waiting: 1,
    waitsFor: [{ app: '/shop/db', action: 'ScaleApplication', wanted: 3, present: 3, healthy: 1, ready: 1, ending: 0 }],
  });
  t.match(
    reasons[0],
    /is at step 2 of 3: \/shop\/web has its turn in step 3; 1 of 3 instances of \/shop\/db is healthy, 2 are launched and not healthy yet\.$/,
  );
});

t.test('what would help', async (t) => {
  const world = new World(1);
  world.command(create('/web', { cpus: 2, requirePorts: true, ports: [80] }));
  world.turn();
  const ports = [{ begin: 80, end: 80 }];
  const named = (name: string, resources: object): ReturnType<typeof anOffer> => ({
    ...anOffer(resources, { id: `O${offers++}`, agentId: name }),
    hostname: name,
  });
  world.receive({
    type: 'offers',
    offers: [named('s1', { cpus: 1.5, ports }), named('s2', { cpus: 1.5, ports }), named('s3', {})],
  });
  world.turn();
  const { reasons, suggestions } = explain(world, '/web');
  t.same(
    suggestions.map(({ text }) => text),
    [
      'Lowering cpus from 2 to 1.5 would fit 2 agents (s1, s2).',
      'Taking any port in place of 80 would fit 1 agent (s3).',
    ],
  );
  t.ok(reasons.includes('Port 80 is free on s1, s2.'));
  t.ok(reasons.includes('s1: InsufficientCpus, needs 2 cpus, the offer has 1.5 cpus.'));
  world.command(update('/web', { cpus: 1.5 }));
  world.turn();
  world.receive({ type: 'offers', offers: [named('s1', { cpus: 1.5, ports })] });
  world.turn();
  t.match(instances(world), [{ agentId: 's1' }], 'it did help');
  t.same(explain(world, '/web').suggestions, []);
});
