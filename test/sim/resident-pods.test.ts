// Pods with persistent volumes in the simulated world: all of their containers share one place.
import t from 'tap';
import type { Command } from '../../src/scheduler/core/commands.js';
import type { Instance } from '../../src/scheduler/model/instance.js';
import { World } from './simulated-world.js';

const origin = { clientIp: '127.0.0.1', uri: '/v2/pods' };
const container = (name: string, more: object = {}): object => ({
  name,
  exec: { command: { shell: 'sleep 1000' } },
  resources: { cpus: 0.01, mem: 8, disk: 1 },
  volumeMounts: [{ name: 'data', mountPath: 'data' }],
  ...more,
});
const pod = (changes: { instances?: number; containers?: readonly object[] } = {}): Record<string, never> => {
  const { instances = 1, containers = [container('front'), container('back')] } = changes;
  return {
    id: '/pod',
    containers,
    volumes: [{ name: 'data', persistent: { size: 32 } }],
    scaling: { kind: 'fixed', instances },
    scheduling: { backoff: { backoff: 0 } },
  } as unknown as Record<string, never>;
};

function residents(instances = 1): World {
  const world = new World(1, { mesosRole: 'dev', minReviveOffersIntervalMs: 500 });
  const command: Command = { type: 'createPod', update: pod({ instances }), force: false, origin };
  const id = world.command(command);
  world.settle();
  const outcome = world.outcomes.get(id);
  if (outcome?.type !== 'deployed') throw new Error(JSON.stringify(outcome));
  return world;
}

const instances = (world: World): Instance[] => [...world.state.instances.values()];
function one(world: World): Instance {
  const [instance, second] = instances(world);
  if (instance === undefined || second !== undefined) throw new Error(`${instances(world).length} instances`);
  return instance;
}
const written = (world: World): (readonly string[])[] => [...world.reservations.data.values()];

t.test('the place of a pod holds all that its containers and its executor take', async (t) => {
  const world = residents();
  const instance = one(world);
  t.match(instance, {
    condition: 'Running',
    taskId: `${instance.id}.front.1`,
    containers: [{ taskId: `${instance.id}.front.1` }, { taskId: `${instance.id}.back.1` }],
    reservation: { launches: 1, volumes: [{ containerPath: 'data' }] },
  });
  t.match(instance.reservation?.volumes[0]?.persistenceId, /^pod#data#/);
  t.same(written(world), [[`${instance.id}.front.1`]]);
  t.equal(world.tasks.size, 2);
});

t.test('a container that fails ends all, and all start again in the same place', async (t) => {
  const world = residents();
  const { id } = one(world);
  world.fail(`${id}.back.1`);
  world.settle();
  t.match(one(world), {
    id,
    goal: 'Running',
    condition: 'Running',
    containers: [{ taskId: `${id}.front.2` }, { taskId: `${id}.back.2` }],
  });
  t.same(written(world), [[`${id}.front.1`, `${id}.front.2`]]);
});

t.test('a kill keeps the place, a wipe and the end of the pod give it up', async (t) => {
  const world = residents(2);
  const [first, second] = instances(world);
  if (first === undefined || second === undefined) throw new Error('there are not two');
  world.command({ type: 'killTasks', taskIds: [first.taskId], scale: false, force: false });
  world.settle();
  t.match(world.state.instances.get(first.id), { condition: 'Running', taskId: `${first.id}.front.2` });
  world.command({ type: 'killTasks', taskIds: [second.taskId], scale: false, wipe: true, force: false });
  world.settle();
  t.notOk(world.state.instances.has(second.id));
  t.equal(world.reservations.all.length, 2);
  t.equal(world.tasks.size, 4);

  const smaller: Command = { type: 'updatePod', id: '/pod', update: pod({ instances: 1 }), force: false, origin };
  world.command(smaller);
  world.settle();
  t.equal(world.tasks.size, 2);
  t.equal(world.reservations.all.length, 2);
  world.command({ type: 'deletePod', id: '/pod', force: true, origin });
  world.settle();
  t.equal(world.state.instances.size, 0);
  t.equal(world.reservations.all.length, 0);
});

t.test('an upgrade happens in place', async (t) => {
  const world = residents(2);
  const ids = instances(world).map(({ id }) => id);
  const containers = [container('front', { environment: { A: '1' } }), container('back')];
  world.command({ type: 'updatePod', id: '/pod', update: pod({ instances: 2, containers }), force: false, origin });
  world.settle();
  t.same(
    instances(world)
      .map(({ id }) => id)
      .sort(),
    ids.sort(),
  );
  t.ok(instances(world).every(({ appVersion }) => appVersion === world.state.pods.get('/pod')?.version));
  t.equal(world.reservations.all.length, 2);
});

t.test('one that comes back when its place is kept is ended', async (t) => {
  const world = residents();
  const instance = one(world);
  const { id, agentId } = instance;
  const taskIds = [`${id}.front.1`, `${id}.back.1`];
  for (const taskId of taskIds) world.unreachable.add(taskId);
  const status = { agentId, message: '', ipAddresses: [] };
  for (const taskId of taskIds)
    world.receive({ type: 'status', status: { ...status, taskId, state: 'TASK_UNREACHABLE' } });
  const none: Command = { type: 'updatePod', id: '/pod', update: pod({ instances: 0 }), force: false, origin };
  world.command(none);
  world.settle();
  t.match(one(world), { id, goal: 'Stopped', condition: 'Unreachable' });
  world.unreachable.clear();
  for (const taskId of taskIds) world.receive({ type: 'status', status: { ...status, taskId, state: 'TASK_RUNNING' } });
  world.settle();
  t.match(one(world), { id, goal: 'Stopped', condition: 'Scheduled' });
  t.equal(world.tasks.size, 0);
});
