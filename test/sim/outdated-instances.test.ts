// Instances of a configuration that is no longer wanted, at moments when nobody looks for them.
import t from 'tap';
import type { Command } from '../../src/scheduler/core/commands.js';
import type { Instance } from '../../src/scheduler/model/instance.js';
import { World } from './simulated-world.js';

const origin = { clientIp: '127.0.0.1', uri: '/v2/apps' };

const app = (id: string, cmd: string, more: object = {}): Record<string, never> =>
  ({ id, cmd, cpus: 0.01, mem: 8, instances: 2, backoffSeconds: 0, ...more }) as unknown as Record<string, never>;

function put(id: string, cmd: string, more: object = {}, force = false): Command {
  const updates = [{ id, update: app(id, cmd, more) }];
  return { type: 'updateApps', updates, partial: false, mayCreate: true, force, origin };
}

const instances = (world: World, id: string): Instance[] =>
  [...world.state.instances.values()].filter(({ appId }) => appId === id);

/** The commands that an app's instances run. */
function commands(world: World, id: string): (string | undefined)[] {
  return instances(world, id).map(({ appVersion }) => {
    const definition = world.state.definitions.get(`${id}@${appVersion}`);
    return definition === undefined || 'containers' in definition ? undefined : definition.cmd;
  });
}

function say(world: World, taskId: string, state: string): void {
  const agentId = world.tasks.get(taskId)?.agentId ?? 'S1';
  world.receive({ type: 'status', status: { taskId, agentId, state, message: '', ipAddresses: [] } });
  world.turn();
}

t.test('an agent that was away during an upgrade does not bring the old configuration back', async (t) => {
  for (const killSelection of ['YOUNGEST_FIRST', 'OLDEST_FIRST']) {
    const world = new World(1);
    const more = { killSelection, unreachableStrategy: { inactiveAfterSeconds: 0, expungeAfterSeconds: 36_000 } };
    world.command(put('/web', 'old', more));
    world.settle();
    const lost = instances(world, '/web')[0]?.taskId ?? '';
    world.unreachable.add(lost);
    say(world, lost, 'TASK_UNREACHABLE');
    world.settle();
    world.command(put('/web', 'new', more));
    world.settle();
    const version = world.state.apps.get('/web')?.version;
    world.command(put('/web', 'new', more));
    world.settle();
    t.equal(
      world.state.apps.get('/web')?.version,
      version,
      'the upgrade is at its end: to ask for the same is no change',
    );
    world.unreachable.delete(lost);
    say(world, lost, 'TASK_RUNNING');
    world.settle();
    t.same(commands(world, '/web'), ['new', 'new'], killSelection);
    t.equal(world.tasks.size, 2);
  }
});

/** A group of two apps that is being deleted; the first waits for the end of the second, which does not end. */
function deleting(): World {
  const world = new World(1);
  const apps = [app('db', 'old'), app('web', 'old', { dependencies: ['/g/db'] })];
  world.command({ type: 'updateGroup', id: '/g', update: { apps }, force: false });
  world.settle();
  for (const { taskId } of instances(world, '/g/web')) world.unreachable.add(taskId);
  world.command({ type: 'deleteGroup', id: '/g', force: false });
  world.turn();
  return world;
}

t.test('what is left of an app that was deleted is not taken for a new one of the same name', async (t) => {
  const world = deleting();
  t.same(commands(world, '/g/db'), ['old', 'old'], 'it has yet to be stopped');
  world.command(put('/g/db', 'new', {}, true));
  world.unreachable.clear();
  world.settle();
  t.same(commands(world, '/g/db'), ['new', 'new']);
  world.nowMs += world.settings.killRetryTimeoutMs;
  world.settle();
  t.equal(world.tasks.size, 2, 'nothing else runs');
});

t.test('a deletion that is taken back finds those as they were that had not been stopped', async (t) => {
  const world = deleting();
  const before = instances(world, '/g/db').map(({ id }) => id);
  const [id = ''] = world.state.deployments.keys();
  world.command({ type: 'cancelDeployment', id, force: false });
  world.unreachable.clear();
  world.settle();
  t.same(
    instances(world, '/g/db').map((instance) => instance.id),
    before,
  );
  world.command(put('/g/db', 'old'));
  world.settle();
  t.same(
    instances(world, '/g/db').map((instance) => instance.id),
    before,
    'to ask for the same changes nothing',
  );
  t.equal(world.tasks.size, 4);
});
