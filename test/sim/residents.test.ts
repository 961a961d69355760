// Apps with persistent volumes in the simulated world: their places are reserved, kept, used again and given back.
import t from 'tap';
import type { Command } from '../../src/scheduler/core/commands.js';
import type { Instance } from '../../src/scheduler/model/instance.js';
import { World } from './simulated-world.js';

const origin = { clientIp: '127.0.0.1', uri: '/v2/apps' };
const volumes = [{ containerPath: 'data', mode: 'RW', persistent: { size: 64 } }];
const db = {
  id: '/db',
  cmd: 'sleep 1000',
  cpus: 0.01,
  mem: 8,
  instances: 1,
  container: { type: 'MESOS', volumes },
};
const create = (more: object = {}): Command => ({
  type: 'createApp',
  update: { ...db, ...more },
  force: false,
  origin,
});
const update = (changes: object): Command => ({
  type: 'updateApps',
  updates: [{ id: '/db', update: { ...changes } }],
  partial: true,
  mayCreate: true,
  force: false,
  origin,
});
const kill = (taskIds: readonly string[], more: { wipe?: boolean; scale?: boolean } = {}): Command => ({
  type: 'killTasks',
  taskIds,
  scale: false,
  force: false,
  ...more,
});

function residents(more: object = {}, seed = 1): World {
  const world = new World(seed, { mesosRole: 'dev', minReviveOffersIntervalMs: 500 });
  world.command(create({ backoffSeconds: 0, ...more }));
  world.settle();
  return world;
}

const instances = (world: World): Instance[] => [...world.state.instances.values()];
const shown = (world: World): object[] => instances(world).map(({ goal, condition }) => ({ goal, condition }));
/** Every volume, with the tasks that have written to it. */
const written = (world: World): (readonly string[])[] => [...world.reservations.data.values()];

/** The agent of a task is lost; what is returned brings it back, with the task. */
function loseAgent(world: World, { taskId, agentId }: Pick<Instance, 'taskId' | 'agentId'>): () => void {
  const status = { taskId, agentId, message: '', ipAddresses: [] };
  world.unreachable.add(taskId);
  world.receive({ type: 'status', status: { ...status, state: 'TASK_UNREACHABLE' } });
  return () => {
    world.unreachable.delete(taskId);
    world.receive({ type: 'status', status: { ...status, state: 'TASK_RUNNING' } });
  };
}

function one(world: World): Instance {
  const [instance, second] = instances(world);
  if (instance === undefined || second !== undefined) throw new Error(`${instances(world).length} instances`);
  return instance;
}

t.test('what has places in one role does not get another one: Mesos would never offer them to it', async (t) => {
  const world = new World(1, { mesosRole: 'dev', minReviveOffersIntervalMs: 500 });
  const pod = (role: string): Record<string, never> => {
    const volumeMounts = [{ name: 'data', mountPath: 'data' }];
    const resources = { cpus: 0.01, mem: 8 };
    const container = { name: 'one', exec: { command: { shell: 'x' } }, resources, volumeMounts };
    const volumes = [{ name: 'data', persistent: { size: 16 } }];
    return { id: '/ops/pod', role, containers: [container], volumes } as unknown as Record<string, never>;
  };
  world.command(create({ id: '/ops/db', role: 'dev' }));
  world.command({ type: 'createPod', update: pod('dev'), force: false, origin });
  world.settle();
  const changes: readonly Command[] = [
    {
      type: 'updateApps',
      updates: [{ id: '/ops/db', update: { role: 'ops' } }],
      partial: true,
      mayCreate: false,
      force: true,
      origin,
    },
    { type: 'updatePod', id: '/ops/pod', update: pod('ops'), force: true, origin },
  ];
  for (const change of changes) {
    const request = world.command(change);
    world.settle();
    t.match(world.outcomes.get(request), {
      type: 'rejected',
      rejection: { kind: 'invalid', violations: [{ path: '/role', errors: [/reserved for the role dev/] }] },
    });
  }
  t.match(instances(world), [{ condition: 'Running' }, { condition: 'Running' }]);
});

t.test('a place is reserved and its volume created, then the task is launched there', async (t) => {
  const world = new World(1, { mesosRole: 'dev' });
  world.command(create());
  for (let i = 0; i < 10 && world.state.instances.size === 0; i++) {
    world.clusterStep();
    world.turn();
    world.nowMs += 1000;
  }
  const scheduled = one(world);
  t.match(scheduled, {
    goal: 'Running',
    condition: 'Scheduled',
    ports: [],
    reservation: { isConfirmed: false, launches: 0, volumes: [{ containerPath: 'data' }] },
  });
  const [volume] = scheduled.reservation?.volumes ?? [];
  t.equal(volume?.persistenceId, `db#data#${volume?.uuid ?? ''}`);
  t.equal(world.state.queue.get('/db')?.count, 1, 'it is still to be launched');
  t.match(world.reservations.all, [
    { instanceId: scheduled.id, frameworkId: 'F', role: 'dev', agentId: scheduled.agentId, usedBy: undefined },
  ]);
  world.settle();
  t.match(one(world), {
    id: scheduled.id,
    taskId: `${scheduled.id}._app.1`,
    condition: 'Running',
    agentId: scheduled.agentId,
    reservation: { isConfirmed: true, launches: 1 },
  });
  t.same(written(world), [[`${scheduled.id}._app.1`]]);
  t.equal(world.state.scheduled.size, 0);
});

t.test('a task that ends is followed by another one in the same place, after its delay', async (t) => {
  const world = residents({ backoffSeconds: 30 });
  const { id } = one(world);
  world.fail(`${id}._app.1`);
  world.clusterStep();
  world.turn();
  t.match(one(world), { id, goal: 'Running', condition: 'Scheduled', reservation: { lastEnd: 'Failed', launches: 1 } });
  t.equal(world.state.delays.size, 1);
  const endedMs = world.nowMs;
  world.settle();
  t.match(one(world), { id, condition: 'Running', taskId: `${id}._app.2` });
  t.ok(world.nowMs - endedMs >= 30_000);
  t.same(written(world), [[`${id}._app.1`, `${id}._app.2`]]);
});

t.test('a kill keeps the place, a wipe gives it up', async (t) => {
  const world = residents();
  const { id, taskId } = one(world);
  world.command(kill([taskId]));
  world.turn();
  t.match(shown(world), [{ goal: 'Stopped', condition: 'Running' }]);
  world.clusterStep();
  world.turn();
  t.match(one(world), { goal: 'Running', condition: 'Scheduled', reservation: { lastEnd: 'Killed' } });
  world.settle();
  t.match(one(world), { id, taskId: `${id}._app.2`, condition: 'Running' });
  t.equal(world.reservations.all.length, 1);
  t.equal(world.state.delays.size, 0, 'what was asked for is no failure');

  world.command(kill([`${id}._app.2`], { wipe: true }));
  world.settle();
  t.not(one(world).id, id);
  t.match(one(world), { condition: 'Running', reservation: { launches: 1 } });
  t.same(
    world.reservations.all.map(({ instanceId }) => instanceId),
    [one(world).id],
  );
  t.same(written(world), [[one(world).taskId]], 'the data are gone');
});

t.test('scaling down keeps the places, scaling up takes them up again', async (t) => {
  const world = residents({ instances: 3 });
  const ids = instances(world).map(({ id }) => id);
  world.command(update({ instances: 1 }));
  world.settle();
  t.equal(world.tasks.size, 1);
  t.equal(world.reservations.all.length, 3);
  t.same(
    shown(world)
      .map((instance) => JSON.stringify(instance))
      .sort(),
    [
      { goal: 'Running', condition: 'Running' },
      { goal: 'Stopped', condition: 'Scheduled' },
      { goal: 'Stopped', condition: 'Scheduled' },
    ].map((instance) => JSON.stringify(instance)),
  );
  t.equal(world.state.queue.size, 0);
  t.ok(world.suppressed.has('dev'), 'nothing is waited for');

  world.command(update({ instances: 4 }));
  world.settle();
  t.equal(world.tasks.size, 4);
  t.equal(world.reservations.all.length, 4);
  t.ok(ids.every((id) => world.state.instances.has(id)));
  t.same(
    written(world)
      .map(({ length }) => length)
      .sort(),
    [1, 1, 2, 2],
  );
});

t.test('scale=true stops the instance that was named', async (t) => {
  const world = residents({ instances: 2 });
  const [first, second] = instances(world);
  world.command(kill([first?.taskId ?? ''], { scale: true }));
  world.settle();
  t.equal(world.state.apps.get('/db')?.instances, 1);
  t.match(world.state.instances.get(first?.id ?? ''), { goal: 'Stopped', condition: 'Scheduled' });
  t.match(world.state.instances.get(second?.id ?? ''), { goal: 'Running', condition: 'Running' });
});

t.test('an app that is deleted gives everything back, also what was stopped, and then wants no offers', async (t) => {
  const world = residents({ instances: 3 });
  world.command(update({ instances: 1 }));
  world.settle();
  world.command({ type: 'deleteApp', id: '/db', force: true });
  world.settle();
  t.equal(world.state.instances.size, 0);
  t.equal(world.reservations.all.length, 0);
  t.equal(world.reservations.data.size, 0);
  for (let i = 0; i < 30; i++) {
    world.clusterStep();
    world.turn();
    world.nowMs += 1000;
  }
  t.equal(world.state.leftovers.size, 0);
  t.same(
    [...world.records.keys()].filter((key) => key.startsWith('leftover') || key.startsWith('instance')),
    [],
  );
  t.ok(world.suppressed.has('dev'));
});

t.test('what others have reserved is left alone', async (t) => {
  const world = residents();
  const reservation = { role: 'dev', persistenceIds: ['x'], resources: [] };
  const others = [
    { ...reservation, frameworkId: 'G', instanceId: 'db.instance-1' },
    { ...reservation, frameworkId: 'F', instanceId: one(world).id },
  ];
  for (const other of others) {
    world.reservations.apply(
      {
        type: 'reserve',
        reservation: {
          ...other,
          instanceId: `${other.frameworkId}-other`,
          cpus: 1,
          memMib: 1,
          diskMib: 0,
          gpus: 0,
          volumes: [],
        },
      },
      'S1',
    );
  }
  world.command(update({ instances: 2 }));
  world.settle();
  t.same(
    world.reservations.all.map(({ instanceId }) => instanceId).filter((id) => id.endsWith('-other')),
    ['G-other'],
    'what is labelled as of this framework and belongs to nobody is given back',
  );
});

t.test('a place that is never offered is given up, and given back should it turn up later', async (t) => {
  const world = new World(1, { mesosRole: 'dev' });
  world.command(create());
  for (let i = 0; i < 10 && world.state.instances.size === 0; i++) {
    world.clusterStep();
    world.turn();
    world.nowMs += 1000;
  }
  const { id } = one(world);
  const lost = world.reservations.all[0];
  if (lost === undefined) throw new Error('nothing is reserved');
  lost.usedBy = 'somebody';
  world.nowMs += 20_000;
  world.turn();
  t.notOk(world.state.instances.has(id));
  t.match(world.events.at(-1), { type: 'instance_changed_event', instanceId: id, condition: 'Killed' });
  world.settle();
  t.match(one(world), { condition: 'Running' });
  t.not(one(world).id, id);
  t.equal(world.reservations.all.length, 2);
  world.crash();
  world.settle();
  t.ok(world.state.leftovers.has(id), 'it is remembered over a restart');
  world.reservations.ended('somebody');
  world.settle();
  t.equal(world.reservations.all.length, 1);
});

t.test('a place that Mesos does not take back keeps nobody from its agent', async (t) => {
  const world = new World(1, { mesosRole: 'dev', minReviveOffersIntervalMs: 500 });
  const lost = { cpus: 1, memMib: 1, diskMib: 0, gpus: 0, volumes: [] };
  const reservations = world.reservations;
  const agents = ['S1', 'S2', 'S3'];
  const apply = reservations.apply.bind(reservations);
  let asked = 0;
  reservations.apply = (operation, agentId) => {
    if (operation.type === 'unreserve') asked++;
    else apply(operation, agentId);
  };
  for (const agentId of agents) {
    const reservation = { ...lost, frameworkId: 'F', instanceId: `gone.${agentId}`, role: 'dev' };
    apply({ type: 'reserve', reservation }, agentId);
  }
  world.command(create({ id: '/web', container: { type: 'MESOS' } }));
  for (let i = 0; i < 15; i++) {
    world.clusterStep();
    world.turn();
    world.nowMs += 1000;
  }
  t.match(one(world), { appId: '/web', condition: 'Running' });
  t.ok(asked >= agents.length, 'they were to be given back');
  t.ok(asked <= 3 * agents.length, `not over and over: ${asked} times`);
});

t.test('a resident stays while its agent is away, and is taken up where it was', async (t) => {
  const world = residents();
  const { id, taskId, agentId } = one(world);
  const comesBack = loseAgent(world, { taskId, agentId });
  world.turn();
  t.match(one(world), { id, condition: 'Unreachable', goal: 'Running' });
  for (let i = 0; i < 1000; i++) {
    world.nowMs += 1000;
    world.clusterStep();
    world.turn();
  }
  t.equal(world.tasks.size, 1, 'nobody takes its place');
  comesBack();
  world.settle();
  t.match(one(world), { id, taskId, condition: 'Running' });
});

t.test(
  'a resident that is stopped while its agent is away is killed when it comes back, and not waited for',
  async (t) => {
    const world = residents();
    const { id, taskId, agentId } = one(world);
    const comesBack = loseAgent(world, { taskId, agentId });
    world.command(update({ instances: 0 }));
    world.settle();
    t.match(one(world), { id, condition: 'Unreachable', goal: 'Stopped' });
    comesBack();
    world.settle();
    t.match(one(world), { id, condition: 'Scheduled', goal: 'Stopped' });
    t.equal(world.tasks.size, 0);

    world.command(update({ instances: 1 }));
    world.settle();
    t.match(one(world), { id, condition: 'Running', taskId: `${id}._app.2` });
  },
);

t.test('one that is wanted again while its agent is away is the same one', async (t) => {
  const world = residents();
  const { id, taskId, agentId } = one(world);
  const comesBack = loseAgent(world, { taskId, agentId });
  world.command(update({ instances: 0 }));
  world.settle();
  world.command(update({ instances: 1 }));
  world.turn();
  t.match(one(world), { id, condition: 'Unreachable', goal: 'Running' });
  comesBack();
  world.settle();
  t.match(one(world), { id, taskId, condition: 'Running' });
});

t.test('an agent that its operator gives up takes the place along', async (t) => {
  const world = residents();
  const { id, taskId, agentId } = one(world);
  world.receive({
    type: 'status',
    status: { taskId, agentId, state: 'TASK_GONE_BY_OPERATOR', message: '', ipAddresses: [] },
  });
  world.tasks.delete(taskId);
  world.turn();
  t.notOk(world.state.instances.has(id));
  t.equal(world.state.leftovers.size, 0, 'nothing of it will ever be offered');
});

t.test('other ends keep the place', async (t) => {
  for (const state of ['TASK_GONE', 'TASK_DROPPED', 'TASK_LOST', 'TASK_ERROR', 'TASK_FINISHED', 'TASK_UNKNOWN']) {
    const world = residents();
    const { id, taskId, agentId } = one(world);
    world.tasks.delete(taskId);
    world.reservations.ended(taskId);
    world.receive({ type: 'status', status: { taskId, agentId, state, message: '', ipAddresses: [] } });
    world.settle();
    t.match(one(world), { id, taskId: `${id}._app.2`, condition: 'Running' }, state);
  }
});

t.test('a task of which Mesos knew nothing for a moment goes on', async (t) => {
  const world = residents();
  const { id, taskId, agentId } = one(world);
  const status = { taskId, agentId, message: '', ipAddresses: [] };
  world.receive({ type: 'status', status: { ...status, state: 'TASK_UNKNOWN' } });
  world.turn();
  t.match(one(world), { condition: 'Scheduled' });
  world.receive({ type: 'status', status: { ...status, state: 'TASK_RUNNING' } });
  world.settle();
  t.match(one(world), { id, taskId, condition: 'Running' });
  t.equal(world.tasks.size, 1);
});

t.test('news of an end that is known change nothing', async (t) => {
  const world = residents({ backoffSeconds: 100 });
  const { taskId, agentId } = one(world);
  world.fail(taskId);
  world.clusterStep();
  world.turn();
  const delay = world.state.delays.get('/db');
  const events = world.events.length;
  for (const state of ['TASK_FAILED', 'TASK_GONE', 'TASK_UNREACHABLE']) {
    world.receive({ type: 'status', status: { taskId, agentId, state, message: '', ipAddresses: [] } });
    world.turn();
  }
  t.match(one(world), { condition: 'Scheduled', reservation: { lastEnd: 'Failed' } });
  t.same(world.state.delays.get('/db'), delay);
  t.equal(world.events.length, events);
});

t.test('where a place is missing, the queue says so', async (t) => {
  const world = residents();
  const { id, taskId } = one(world);
  world.fail(taskId);
  const [place] = world.reservations.all;
  if (place === undefined) throw new Error('nothing is reserved');
  place.usedBy = 'somebody';
  for (let i = 0; i < 20; i++) {
    world.clusterStep();
    world.turn();
    world.nowMs += 1000;
  }
  const refusals = [...(world.state.queue.get('/db')?.offers.lastRefusals.values() ?? [])];
  t.match(refusals[0]?.refusals, [
    {
      reason: 'NoCorrespondingReservationFound',
      needed: `the reservation of ${id} on 10.0.0.1`,
      had: 'no reservation',
    },
  ]);
});

t.test('a unique host: the place itself is no reason against it', async (t) => {
  const world = residents({ constraints: [['hostname', 'UNIQUE']] });
  const { id, taskId } = one(world);
  world.fail(taskId);
  world.settle();
  t.match(one(world), { id, condition: 'Running', taskId: `${id}._app.2` });
});

/** n, minimumHealthCapacity → how many are killed at once, and how many stay healthy all the time (marathon.md §8.3, residents). */
for (const [n, minimumHealthCapacity, kills, healthy] of [
  [10, 1, 1, 9],
  [10, 0.5, 5, 5],
  [3, 0.5, 1, 2],
  [4, 0, 4, 0],
  [1, 1, 1, 0],
] as const) {
  t.test(`rolling restart in place: n, minHC = ${n}, ${minimumHealthCapacity}`, async (t) => {
    const upgradeStrategy = { minimumHealthCapacity, maximumOverCapacity: 0 };
    const world = residents({ instances: n, upgradeStrategy });
    const ids = instances(world).map(({ id }) => id);
    world.command(update({ cmd: 'sleep 2000' }));
    const calls = world.turn()?.effects.calls ?? [];
    t.equal(calls.filter(({ type }) => type === 'kill').length, kills, 'killed at once');
    let fewest: number = n;
    let most = 0;
    for (let i = 0; i < 1000 && world.state.deployments.size > 0; i++) {
      const running = instances(world).filter(({ goal, condition }) => goal === 'Running' && condition === 'Running');
      fewest = Math.min(fewest, running.length);
      most = Math.max(most, world.tasks.size);
      world.clusterStep();
      world.turn();
      world.nowMs += 1000;
    }
    t.equal(world.state.deployments.size, 0);
    t.equal(fewest, healthy, 'healthy meanwhile');
    t.equal(most, n, 'never over capacity');
    t.same(
      instances(world)
        .map(({ id }) => id)
        .sort(),
      ids.sort(),
    );
    t.ok(instances(world).every(({ appVersion }) => appVersion === world.state.apps.get('/db')?.version));
    t.ok(written(world).every((tasks) => tasks.length === 2));
  });
}

t.test('an upgrade with more instances adds places, one with fewer keeps those that are left', async (t) => {
  const world = residents({ instances: 2 });
  world.command(update({ cmd: 'sleep 2000', instances: 4 }));
  world.settle();
  t.equal(world.tasks.size, 4);
  t.same(
    written(world)
      .map(({ length }) => length)
      .sort(),
    [1, 1, 2, 2],
  );
  world.command(update({ cmd: 'sleep 3000', instances: 1 }));
  world.settle();
  t.equal(world.tasks.size, 1);
  t.equal(world.reservations.all.length, 4);
  world.command(update({ cmd: 'sleep 4000', instances: 4 }));
  world.settle();
  t.equal(world.tasks.size, 4);
  t.equal(world.reservations.all.length, 4, 'the kept places are taken up by an upgrade, too');
  t.ok(instances(world).every(({ appVersion }) => appVersion === world.state.apps.get('/db')?.version));
});

t.test('an upgrade begins with what waits in its place, and waits for a lost agent', async (t) => {
  const world = residents({ instances: 2, backoffSeconds: 60 });
  const [first, second] = instances(world);
  if (first === undefined || second === undefined) throw new Error('there are not two');
  world.fail(first.taskId);
  const { taskId } = second;
  const comesBack = loseAgent(world, second);
  world.clusterStep();
  world.turn();
  world.command(update({ cmd: 'sleep 2000' }));
  for (let i = 0; i < 200; i++) {
    world.clusterStep();
    world.turn();
    world.nowMs += 1000;
  }
  t.match(world.state.instances.get(first.id), { condition: 'Running', taskId: `${first.id}._app.2` });
  t.match(world.state.instances.get(second.id), { condition: 'Unreachable', goal: 'Running', taskId });
  t.equal(world.state.deployments.size, 1);
  comesBack();
  world.settle();
  t.match(world.state.instances.get(second.id), { condition: 'Running', taskId: `${second.id}._app.2` });
  t.ok(instances(world).every(({ appVersion }) => appVersion === world.state.apps.get('/db')?.version));
});

t.test('what its place does not allow is refused', async (t) => {
  const world = residents();
  const refused = (changes: object): unknown => {
    const id = world.command(update(changes));
    world.turn();
    return world.outcomes.get(id);
  };
  const violation = (error: RegExp): object => ({
    type: 'rejected',
    rejection: { kind: 'invalid', violations: [{ path: '/', errors: [error] }] },
  });
  t.match(refused({ mem: 16 }), violation(/^Services with persistent volumes configured may not change resource/));
  t.match(refused({ disk: 16 }), violation(/^Services with persistent volumes configured may not change resource/));
  const larger = { type: 'MESOS', volumes: [{ containerPath: 'data', mode: 'RW', persistent: { size: 65 } }] };
  t.match(refused({ container: larger }), violation(/^Persistent volumes can not be changed!$/));
  t.match(refused({ container: { type: 'MESOS' } }), violation(/^Persistent volumes can not be changed!$/));
  t.match(refused({ cmd: 'sleep 1' }), { type: 'deployed' });
});
