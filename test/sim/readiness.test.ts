import t from 'tap';
import { appInfoText } from '../../src/scheduler/api/render/app-info.js';
import { renderDeployment } from '../../src/scheduler/api/render/deployment.js';
import type { Command } from '../../src/scheduler/core/commands.js';
import { readinessTaskOf } from '../../src/scheduler/readiness-task.js';
import type { ReadinessTask } from '../../src/scheduler/ports/checker.js';
import { World } from './simulated-world.js';

const origin = { clientIp: '127.0.0.1', uri: '/v2/apps' };
const readinessCheck = { name: 'is-up', portName: 'admin', path: '/ready', httpStatusCodesForReady: [200, 302] };
const definition = (more: object): Record<string, never> =>
  ({
    id: '/web',
    cmd: 'sleep 1000',
    cpus: 0.01,
    mem: 8,
    portDefinitions: [{ name: 'http' }, { name: 'admin' }],
    readinessChecks: [readinessCheck],
    ...more,
  }) as unknown as Record<string, never>;

const create = (more: object = {}): Command => ({ type: 'createApp', update: definition(more), force: false, origin });
const change = (more: object, force = false): Command => ({
  type: 'updateApps',
  updates: [{ id: '/web', update: definition(more) }],
  partial: true,
  mayCreate: false,
  force,
  origin,
});

function seconds(world: World, count: number): void {
  for (let i = 0; i < count; i++) {
    world.turn();
    world.clusterStep();
    world.nowMs += 1000;
  }
  world.turn();
}

/** The readiness checks that are to be run now. */
function checks(world: World): ReadinessTask[] {
  return [...world.state.instances.values()].flatMap((instance) => readinessTaskOf(world.state, instance) ?? []);
}

function answer(world: World, taskId: string, status: number, body = ''): void {
  world.receive({ type: 'readiness', results: [{ taskId, response: { status, contentType: 'text/plain', body } }] });
  world.turn();
}

/** `readinessCheckResults` as both resources show them: of the app, and of the actions under way. */
function shown(world: World): { app: unknown; actions: unknown } {
  const app = world.state.apps.get('/web');
  if (app === undefined) throw new Error('no app');
  const info = JSON.parse(appInfoText(world.state, app, new Set(['readiness']), world.nowMs)) as Record<
    string,
    unknown
  >;
  const deployments = [...world.state.deployments.values()].map((d) => renderDeployment(world.state, d));
  const [first] = JSON.parse(JSON.stringify(deployments)) as { currentActions: Record<string, unknown>[] }[];
  return { app: info['readinessCheckResults'], actions: first?.currentActions.map((a) => a['readinessCheckResults']) };
}

t.test('a deployment waits until the instance is ready, and checks it no longer then', async (t) => {
  const world = new World(1);
  world.command(create());
  seconds(world, 3);
  const [instance] = world.state.instances.values();
  if (instance === undefined) return t.fail('nothing runs');
  t.match(checks(world), [
    { taskId: instance.taskId, host: instance.host, port: instance.ports[1], check: { ...readinessCheck } },
  ]);
  t.equal(world.state.deployments.size, 1, 'running is not enough');
  t.same(shown(world), { app: [], actions: [[]] });

  answer(world, instance.taskId, 503, 'wait');
  const unready = [{ name: 'is-up', taskId: instance.taskId, ready: false }];
  t.same(shown(world), { app: unready, actions: [unready] }, 'what was answered is not preserved');
  t.equal(world.state.deployments.size, 1);
  t.equal(checks(world).length, 1, 'it is asked again');

  answer(world, instance.taskId, 302);
  t.equal(world.state.deployments.size, 0, 'any of the codes is good');
  t.same(checks(world), []);
  t.same(shown(world).app, [], 'results are shown while a deployment is under way');
  answer(world, instance.taskId, 503);
  t.equal(world.state.readiness.get(instance.taskId)?.ready, true, 'a late answer does not count');
});

t.test('the last answer is shown when it is to be preserved', async (t) => {
  const world = new World(2);
  world.command(create({ readinessChecks: [{ ...readinessCheck, preserveLastResponse: true }] }));
  seconds(world, 3);
  const [{ taskId = '' } = {}] = checks(world);
  answer(world, taskId, 500, 'starting');
  answer(world, taskId, 503, 'loading');
  const lastResponse = { status: 503, contentType: 'text/plain', body: 'loading' };
  t.same(shown(world).app, [{ name: 'is-up', taskId, ready: false, lastResponse }]);
});

t.test('in a rolling restart each new instance that is healthy and ready ends one old one', async (t) => {
  const world = new World(3);
  const healthChecks = [{ protocol: 'HTTP', path: '/', gracePeriodSeconds: 100_000 }];
  world.command(create({ instances: 3, healthChecks }));
  seconds(world, 3);
  const healthy = (taskId: string): void => {
    world.receive({ type: 'health', results: [{ taskId, checkIndex: 0, result: 'healthy' }] });
    world.turn();
  };
  for (const { taskId } of checks(world)) {
    healthy(taskId);
    answer(world, taskId, 200);
  }
  t.equal(world.state.deployments.size, 0);
  const old = [...world.tasks.keys()];

  world.command(change({ instances: 3, healthChecks, cmd: 'sleep 2' }));
  seconds(world, 8);
  const fresh = checks(world).map(({ taskId }) => taskId);
  t.equal(fresh.length, 3, 'the new ones are checked, the old ones are not');
  t.notOk(fresh.some((taskId) => old.includes(taskId)));
  const oldLeft = (): number => old.filter((taskId) => world.tasks.has(taskId)).length;
  const [a = '', b = '', c = ''] = fresh;
  healthy(a);
  t.equal(oldLeft(), 3, 'healthy alone is not enough');
  answer(world, a, 200);
  t.equal(oldLeft(), 2);
  answer(world, b, 200);
  t.equal(oldLeft(), 2, 'ready alone is not enough');
  healthy(b);
  t.equal(oldLeft(), 1);
  answer(world, c, 404);
  healthy(c);
  t.equal(oldLeft(), 1);
  answer(world, c, 200);
  seconds(world, 3);
  t.equal(world.state.deployments.size, 0);
  t.same([...world.tasks.keys()].sort(), [...fresh].sort());
});

t.test(
  'a deployment that is cancelled, or an instance that ends, is checked no longer; a restart checks again',
  async (t) => {
    const world = new World(4);
    world.command(create({ instances: 2 }));
    seconds(world, 3);
    const [first, other] = checks(world);
    if (first === undefined || other === undefined) return t.fail('nothing is checked');
    answer(world, first.taskId, 200);
    world.crash();
    seconds(world, 1);
    t.equal(checks(world).length, 2, 'results are lost with the process');
    answer(world, first.taskId, 200);
    world.fail(other.taskId);
    seconds(world, 1);
    t.same(
      checks(world).map(({ taskId }) => taskId === other.taskId),
      [],
    );
    seconds(world, 20);
    t.equal(checks(world).length, 1, 'its successor is checked');
    answer(world, checks(world)[0]?.taskId ?? '', 503);
    t.equal(world.state.readiness.size, 2);
    const [id = ''] = world.state.deployments.keys();
    world.command({ type: 'cancelDeployment', id, force: true });
    const turn = world.turn();
    t.same(checks(world), []);
    t.equal(turn?.touchedInstances.size, 2, 'the checker hears of it');
    world.command({ type: 'deleteApp', id: '/web', force: false });
    world.settle();
    t.equal(world.state.readiness.size, 0);
  },
);

t.test('an app that is scaled waits for the new instances; those that are ready stay so', async (t) => {
  const world = new World(5);
  world.command(create());
  seconds(world, 3);
  answer(world, checks(world)[0]?.taskId ?? '', 200);
  const [old] = world.tasks.keys();
  world.command(change({ instances: 2 }));
  seconds(world, 8);
  const [next, ...more] = checks(world);
  t.same(more, []);
  t.not(next?.taskId, old);
  t.match(shown(world).app, [{ taskId: old, ready: true }]);
  answer(world, next?.taskId ?? '', 200);
  t.equal(world.state.deployments.size, 0);
});

t.test('a replacement outside of a deployment is not checked', async (t) => {
  const world = new World(6);
  world.command(create());
  seconds(world, 3);
  answer(world, checks(world)[0]?.taskId ?? '', 200);
  const [old = ''] = world.tasks.keys();
  world.fail(old);
  seconds(world, 20);
  t.equal(world.tasks.size, 1);
  t.same(checks(world), []);
});

t.test('another readiness check is another configuration', async (t) => {
  const world = new World(7);
  world.command(create());
  seconds(world, 3);
  answer(world, checks(world)[0]?.taskId ?? '', 200);
  world.command(change({ readinessChecks: [{ ...readinessCheck, path: '/other' }] }));
  world.turn();
  t.match([...world.state.deployments.values()], [{ steps: [{ actions: [{ action: 'RestartApplication' }] }] }]);
});
