import t from 'tap';
import type { ClusterCall } from '../../src/scheduler/core/effects.js';
import { anOffer } from '../support/scheduler-fixtures.js';
import { World } from './simulated-world.js';

const origin = { clientIp: '127.0.0.1', uri: '/v2/apps' };

const kills = (calls: readonly ClusterCall[] = []): string[] =>
  calls.flatMap((call) => (call.type === 'kill' ? [call.taskId] : []));

function turn(world: World): string[] {
  return kills(world.turn()?.effects.calls);
}

function say(world: World, state: string, ...taskIds: readonly string[]): string[] {
  for (const taskId of taskIds) {
    world.receive({ type: 'status', status: { taskId, agentId: 'S1', state, message: '', ipAddresses: [] } });
  }
  return turn(world);
}

/** A world in which instances run; what is killed there does not end by itself. */
function running(instances: number, killChunkSize: number): { readonly world: World; readonly taskIds: string[] } {
  const world = new World(1, { killChunkSize, maxInstancesPerOffer: 100 });
  const update = { id: '/web', cmd: 'sleep 1000', cpus: 0.01, mem: 8, instances };
  world.command({ type: 'createApp', update, force: false, origin });
  world.turn();
  world.receive({ type: 'offers', offers: [anOffer({ cpus: 100, memMib: 100_000 })] });
  world.turn();
  const taskIds = [...world.tasks.keys()];
  // The world neither ends them nor answers for them
  for (const taskId of taskIds) world.unreachable.add(taskId);
  say(world, 'TASK_RUNNING', ...taskIds);
  return { world, taskIds };
}

const remove = { type: 'deleteApp', id: '/web', force: true, origin } as const;

t.test('so many are told to end at a time; others follow as the ends are known', async (t) => {
  const { world, taskIds } = running(5, 2);
  world.command(remove);
  const first = turn(world);
  t.equal(first.length, 2);
  t.same(say(world, 'TASK_KILLING', ...first), [], 'they have not ended');
  const [one = '', two = ''] = first;
  const third = say(world, 'TASK_KILLED', one);
  t.equal(third.length, 1);
  const last = [...say(world, 'TASK_KILLED', two, ...third)];
  t.same([...first, ...third, ...last].sort(), [...taskIds].sort(), 'each once');
  say(world, 'TASK_KILLED', ...last);
  t.equal(world.state.instances.size, 0);
  t.equal(world.state.deployments.size, 0);
  t.equal(world.state.killsInFlight.size, 0);
});

t.test('kills without effect make room for others, and come again after them', async (t) => {
  const { world, taskIds } = running(3, 2);
  world.command(remove);
  const first = turn(world);
  world.nowMs += 29_999;
  t.same(turn(world), []);
  world.nowMs += 1;
  const second = turn(world);
  t.same([...first, ...second.slice(0, 1)].sort(), [...taskIds].sort(), 'the third comes first');
  t.ok(first.includes(second[1] ?? ''));
  t.equal(world.state.killsWaiting.size, 1);
});

t.test('what waits for its turn and ends by itself, or is lost with its agent, is not killed', async (t) => {
  const { world, taskIds } = running(4, 1);
  world.command(remove);
  const first = turn(world);
  const [failed = '', lost = '', last = ''] = taskIds.filter((id) => !first.includes(id));
  t.same(say(world, 'TASK_FAILED', failed), []);
  t.same(say(world, 'TASK_UNREACHABLE', lost), []);
  t.same(say(world, 'TASK_KILLED', ...first), [last]);
});

t.test('without a connection nothing is sent; a new one begins with what is still to be killed', async (t) => {
  const { world, taskIds } = running(3, 2);
  world.receive({ type: 'disconnected' });
  world.command(remove);
  t.same(turn(world), []);
  world.receive({ type: 'registered', frameworkId: 'F', master: 'm:5050' });
  const first = turn(world);
  t.equal(first.length, 2);
  world.receive({ type: 'disconnected' });
  t.same(say(world, 'TASK_KILLED', ...first.slice(0, 1)), []);
  world.receive({ type: 'registered', frameworkId: 'F', master: 'm:5050' });
  t.same(turn(world).sort(), taskIds.filter((id) => id !== first[0]).sort());
});

t.test('tasks that nobody knows are counted among them', async (t) => {
  const { world } = running(1, 2);
  const strangers = [1, 2, 3].map((n) => `x.instance-${n}._app.1`);
  t.same(say(world, 'TASK_RUNNING', ...strangers), strangers.slice(0, 2));
  t.same(say(world, 'TASK_KILLED', ...strangers.slice(0, 1)), strangers.slice(2));
  world.nowMs += 30_000;
  turn(world);
  t.equal(world.state.killsInFlight.size, 0, 'Mesos tells of them again if they live on');
});
