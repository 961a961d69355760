// Pods in a made-up world: tasks that are launched together and share their fate.
import t from 'tap';
import type { Command } from '../../src/scheduler/core/commands.js';
import type { ClusterCall } from '../../src/scheduler/core/effects.js';
import { taskIdOf } from '../../src/scheduler/core/launch/task-id.js';
import type { SchedulerEvent } from '../../src/scheduler/model/events.js';
import type { ContainerTask, Instance } from '../../src/scheduler/model/instance.js';
import { launchedGroups } from '../support/launched-tasks.js';
import { anOffer } from '../support/scheduler-fixtures.js';
import { World } from './simulated-world.js';

const origin = { clientIp: '127.0.0.1', uri: '/v2/pods' };

const container = (name: string, more: object = {}): object => ({
  name,
  exec: { command: { shell: 'sleep 1000' } },
  resources: { cpus: 0.01, mem: 8 },
  ...more,
});

const httpCheck = { exec: { command: { shell: 'true' } } };

interface PodParts {
  readonly instances?: number;
  readonly containers?: readonly object[];
  readonly scheduling?: object;
  readonly labels?: Readonly<Record<string, string>>;
}

function pod({ instances = 1, containers = [container('front'), container('back')], ...more }: PodParts = {}): Record<
  string,
  never
> {
  return { id: '/pod', containers, scaling: { kind: 'fixed', instances }, ...more } as unknown as Record<string, never>;
}

const create = (parts?: PodParts): Command => ({ type: 'createPod', update: pod(parts), force: false, origin });
const update = (parts: PodParts, force = false): Command => ({
  type: 'updatePod',
  id: '/pod',
  update: pod(parts),
  force,
  origin,
});

let offers = 0;

/** One turn in which an offer of plenty comes; the calls that it leads to. */
function offer(world: World, agentId = 'S1'): readonly ClusterCall[] {
  world.receive({ type: 'offers', offers: [anOffer({}, { id: `plenty-${offers++}`, agentId })] });
  return world.turn()?.effects.calls ?? [];
}

interface Said {
  readonly calls: readonly ClusterCall[];
  readonly events: readonly SchedulerEvent[];
}

/** One turn with an update of a task. */
function say(world: World, taskId: string, state: string, more: { healthy?: boolean; message?: string } = {}): Said {
  world.receive({
    type: 'status',
    status: { taskId, agentId: 'S1', state, message: state, ipAddresses: [], ...more },
  });
  const { calls = [], events = [] } = world.turn()?.effects ?? {};
  return { calls, events };
}

const instances = (world: World): Instance[] => [...world.state.instances.values()];

/** The only instance. */
function instance(world: World): Instance {
  const [only, second] = instances(world);
  if (only === undefined || second !== undefined) throw new Error(`${instances(world).length} instances`);
  return only;
}

function task(world: World, name: string): ContainerTask {
  const found = instance(world).containers?.find((one) => one.name === name);
  if (found === undefined) throw new Error(`no container ${name}`);
  return found;
}

/** A world in which the pod was launched; its tasks have said nothing yet. */
function launched(parts?: PodParts): World {
  const world = new World(1);
  world.command(create(parts));
  world.turn();
  offer(world);
  return world;
}

/** A world in which all containers of the only instance run. */
function running(parts?: PodParts): World {
  const world = launched(parts);
  for (const { taskId } of instance(world).containers ?? []) say(world, taskId, 'TASK_RUNNING');
  return world;
}

const kills = ({ calls }: Pick<Said, 'calls'>): string[] =>
  calls.flatMap((call) => (call.type === 'kill' ? [call.taskId] : []));
const conditions = ({ events }: Said): string[] =>
  events.flatMap((event) => (event.type === 'instance_changed_event' ? [event.condition] : []));
const told = ({ events }: Said): string[] =>
  events.flatMap((event) => (event.type === 'status_update_event' ? [`${event.taskId} ${event.taskStatus}`] : []));

t.test('containers are launched together; each has a condition, the instance that which decides', async (t) => {
  const world = new World(1);
  world.command(create());
  world.turn();
  const [group, another] = launchedGroups(offer(world));
  t.equal(another, undefined);
  const { id, taskId, containers = [] } = instance(world);
  t.match(id, /^pod\.instance-/);
  t.equal(group?.executorId, id.replace(/^pod\.instance-/, 'instance-pod.'));
  t.equal(group?.frameworkId, 'F');
  const [front, back] = [taskIdOf(id, 'front'), taskIdOf(id, 'back')];
  t.same(
    group?.tasks.map((one) => one.taskId),
    [front, back],
  );
  t.same(
    containers.map((one) => [one.name, one.taskId, one.condition]),
    [
      ['front', front, 'Provisioned'],
      ['back', back, 'Provisioned'],
    ],
  );
  t.equal(taskId, front);

  const starting = say(world, front, 'TASK_STARTING');
  t.same(conditions(starting), ['Starting']);
  t.same(told(starting), [`${front} TASK_STARTING`]);
  const half = say(world, front, 'TASK_RUNNING');
  t.same(conditions(half), ['Provisioned'], 'nothing is known of the other one');
  t.equal(instance(world).startedAt, undefined);
  t.equal(world.state.deployments.size, 1);
  const all = say(world, back, 'TASK_RUNNING');
  t.same(conditions(all), ['Running']);
  t.equal(instance(world).startedAt, task(world, 'front').startedAt);
  t.equal(world.state.deployments.size, 0);
  t.same(say(world, back, 'TASK_RUNNING').events, [], 'the same again is no news');
});

t.test('each update is acknowledged; what is told of a task that has ended changes nothing', async (t) => {
  const world = running();
  const { taskId } = task(world, 'back');
  world.receive({
    type: 'status',
    status: { taskId, agentId: 'S1', state: 'TASK_FINISHED', message: '', uuid: 'u', ipAddresses: [] },
  });
  t.match(world.turn()?.effects.calls, [{ type: 'acknowledge', taskId, uuid: 'u' }]);
  t.match(task(world, 'back'), { condition: 'Finished', exitCode: 0 });
  t.equal(instance(world).condition, 'Running', 'the other one runs');
  t.same(say(world, taskId, 'TASK_RUNNING'), { calls: [], events: [] });
  t.same(say(world, taskId, 'TASK_GONE'), { calls: [], events: [] });
  t.equal(task(world, 'back').condition, 'Finished');
});

t.test('all containers finish: the instance has ended by itself, and the next one waits', async (t) => {
  const world = running();
  const { id } = instance(world);
  const [front, back] = [taskIdOf(id, 'front'), taskIdOf(id, 'back')];
  say(world, front, 'TASK_FINISHED');
  t.same(kills(say(world, back, 'TASK_FINISHED')), []);
  t.equal(world.state.instances.size, 0);
  t.equal(world.state.delays.get('/pod')?.delayMs, 1000);
  t.equal(world.state.queue.get('/pod')?.count, 1);
  t.match(world.state.terminations.get('/pod'), [
    { instanceId: id, containers: [{ condition: 'Finished' }, { condition: 'Finished' }] },
  ]);
});

t.test('one container fails: the others end, all are replaced', async (t) => {
  const world = running();
  const { id } = instance(world);
  const [front, back] = [taskIdOf(id, 'front'), taskIdOf(id, 'back')];
  const failed = say(world, front, 'TASK_FAILED', { message: 'Command exited with status 7' });
  t.same(kills(failed), [], 'the executor ends the others by itself');
  t.same(conditions(failed), ['Failed']);
  t.match(task(world, 'front'), { condition: 'Failed', exitCode: 7, message: 'Command exited with status 7' });
  t.match(world.state.delays.get('/pod'), { delayMs: 1000 });
  t.equal(world.state.queue.get('/pod')?.count, 1, 'a replacement is wanted at once, and waits');

  say(world, back, 'TASK_KILLING');
  t.equal(world.state.instances.size, 1);
  const over = say(world, back, 'TASK_KILLED', { message: 'Command terminated with signal Terminated' });
  t.same(conditions(over), ['Failed']);
  t.equal(world.state.instances.size, 0);
  t.match(world.state.delays.get('/pod'), { delayMs: 1000 }, 'one failure, however many tasks');
  t.match(world.state.terminations.get('/pod'), [
    {
      instanceId: id,
      message: 'front: Command exited with status 7',
      containers: [
        { taskId: front, condition: 'Failed', exitCode: 7 },
        { taskId: back, condition: 'Killed' },
      ],
    },
  ]);
  world.nowMs += 1000;
  world.turn();
  t.equal(launchedGroups(offer(world)).length, 1);
  t.not(instance(world).id, id);
});

t.test('containers whose executor does not end them are killed', async (t) => {
  const world = running({
    containers: [container('front'), container('back', { lifecycle: { killGracePeriodSeconds: 3 } }), container('job')],
  });
  const taskId = task(world, 'back').taskId;
  say(world, task(world, 'job').taskId, 'TASK_FINISHED');
  say(world, task(world, 'front').taskId, 'TASK_FAILED');
  t.match(instance(world), { goal: 'Decommissioned', condition: 'Failed' });
  world.nowMs += world.settings.killRetryTimeoutMs;
  t.match(
    world.turn()?.effects.calls.filter((call) => call.type === 'kill'),
    [{ taskId, gracePeriodSeconds: 3 }],
    'what has ended is left alone',
  );
});

t.test('a health check that fails for good ends the instance, without a delay', async (t) => {
  const world = running({ containers: [container('front', { healthCheck: httpCheck }), container('back')] });
  t.equal(world.state.deployments.size, 1, 'it waits for the health check');
  const { taskId } = task(world, 'front');
  const healthy = say(world, taskId, 'TASK_RUNNING', { healthy: true });
  t.match(
    healthy.events.filter((event) => event.type === 'instance_health_changed_event'),
    [{ healthy: true, instanceId: instance(world).id }],
  );
  t.same(told(healthy), [], 'its state is the same');
  t.equal(world.state.deployments.size, 0);
  const unhealthy = say(world, taskId, 'TASK_RUNNING', { healthy: false });
  t.match(
    unhealthy.events.filter((event) => event.type === 'instance_health_changed_event'),
    [{ healthy: false }],
  );
  say(world, taskId, 'TASK_KILLED', { healthy: false });
  say(world, taskIdOf(instance(world).id, 'back'), 'TASK_KILLED');
  t.equal(world.state.instances.size, 0);
  t.equal(world.state.delays.size, 0);
  t.equal(world.state.queue.get('/pod')?.count, 1);
});

t.test('the launch token comes back when all containers run and are healthy, once', async (t) => {
  const world = launched({ containers: [container('front', { healthCheck: httpCheck }), container('back')] });
  const spent = (): number => world.state.offerFlow.spentTokens;
  const [front, back] = [task(world, 'front').taskId, task(world, 'back').taskId];
  t.equal(spent(), 1);
  say(world, front, 'TASK_RUNNING');
  say(world, front, 'TASK_RUNNING', { healthy: true });
  t.equal(spent(), 1, 'the other one does not run yet');
  say(world, back, 'TASK_RUNNING');
  t.equal(spent(), 0);
  say(world, front, 'TASK_RUNNING', { healthy: false });
  say(world, front, 'TASK_RUNNING', { healthy: true });
  t.equal(spent(), 0);
  const plain = running();
  t.equal(plain.state.offerFlow.spentTokens, 0);
});

t.test('a kill, its repetition, and what is to end before it has started', async (t) => {
  const world = running({
    containers: [container('front'), container('back', { lifecycle: { killGracePeriodSeconds: 3 } })],
  });
  const { id, containers = [] } = instance(world);
  const taskIds = containers.map(({ taskId }) => taskId);
  world.command({ type: 'killTasks', taskIds: taskIds.slice(0, 1), scale: false, force: false });
  const { effects } = world.turn() ?? {};
  t.match(
    effects?.calls.filter((call) => call.type === 'kill'),
    taskIds.map((taskId, i) => ({ taskId, ...(i === 1 ? { gracePeriodSeconds: 3 } : {}) })),
    'all of its tasks',
  );
  say(world, taskIds[0] ?? '', 'TASK_KILLED');
  world.nowMs += world.settings.killRetryTimeoutMs;
  t.same(kills(world.turn()?.effects ?? { calls: [] }), taskIds.slice(1));
  say(world, taskIds[1] ?? '', 'TASK_KILLED');
  t.notOk(world.state.instances.has(id));
  t.equal(world.state.delays.size, 0, 'it was asked for');

  const late = launched();
  late.nowMs += late.settings.taskLaunchConfirmTimeoutMs;
  t.equal(kills(late.turn()?.effects ?? { calls: [] }).length, 2, 'a launch that nobody confirms is given up');
});

t.test('unreachable: at the first container, until the last is back', async (t) => {
  const scheduling = { unreachableStrategy: { inactiveAfterSeconds: 60, expungeAfterSeconds: 120 } };
  const world = running({ scheduling });
  const [front, back] = [task(world, 'front').taskId, task(world, 'back').taskId];
  t.same(conditions(say(world, front, 'TASK_UNREACHABLE')), ['Unreachable']);
  const second = say(world, back, 'TASK_UNREACHABLE');
  t.same([conditions(second), told(second)], [[], [`${back} TASK_UNREACHABLE`]]);
  t.same(conditions(say(world, front, 'TASK_RUNNING')), []);
  t.equal(instance(world).condition, 'Unreachable');
  t.same(conditions(say(world, back, 'TASK_RUNNING')), ['Running']);
  t.equal(instance(world).unreachableSince, undefined);
  world.nowMs += 200_000;
  world.turn();
  t.equal(instance(world).condition, 'Running', 'the patience with it has no end any more');

  say(world, front, 'TASK_UNREACHABLE');
  say(world, back, 'TASK_UNREACHABLE');
  world.nowMs += 60_000;
  world.turn();
  t.equal(instance(world).condition, 'UnreachableInactive');
  t.equal(world.state.queue.get('/pod')?.count, 1, 'a replacement is wanted');
  world.nowMs += 60_000;
  world.turn();
  t.equal(world.state.instances.size, 0);
  t.match(world.state.terminations.get('/pod'), [{ containers: [{ condition: 'Unreachable' }, {}] }]);
  t.same(kills(say(world, front, 'TASK_RUNNING')), [front], 'nobody asked for it any more');
});

t.test('scaling up and down, deleting', async (t) => {
  const world = new World(3);
  world.command(create({ instances: 3 }));
  world.settle();
  t.equal(world.tasks.size, 6);
  world.command(update({ instances: 1 }));
  world.settle();
  t.equal(world.tasks.size, 2);
  t.match(instance(world), { condition: 'Running', containers: [{ condition: 'Running' }, { condition: 'Running' }] });
  world.command(update({ instances: 0 }));
  world.settle();
  t.equal(world.tasks.size, 0);
  t.equal(world.state.instances.size, 0);
  world.command({ type: 'deletePod', id: '/pod', force: false, origin });
  world.settle();
  t.equal(world.state.terminations.size, 0, 'a pod takes its history along');
});

t.test('a rolling restart keeps the bounds of the pod', async (t) => {
  const world = new World(5);
  const scheduling = { upgrade: { minimumHealthCapacity: 0.5, maximumOverCapacity: 0 } };
  world.command(create({ instances: 4, scheduling }));
  world.settle();
  const before = new Set(world.tasks.keys());
  world.command(update({ instances: 4, scheduling, labels: { new: 'yes' } }));
  let [most, least] = [0, 4];
  for (let i = 0; i < 200 && (world.state.deployments.size > 0 || i < 3); i++) {
    world.clusterStep();
    world.turn();
    world.nowMs += 1000;
    const up = instances(world).filter(({ condition, goal }) => condition === 'Running' && goal === 'Running');
    most = Math.max(most, world.state.instances.size);
    least = Math.min(least, up.length);
  }
  t.same([most, least, world.state.deployments.size], [4, 2, 0]);
  t.notOk([...world.tasks.keys()].some((taskId) => before.has(taskId)));
});

t.test('constraints hold for pods', async (t) => {
  const world = new World(1);
  const constraints = [{ fieldName: '@hostname', operator: 'UNIQUE' }];
  world.command(create({ instances: 2, scheduling: { placement: { constraints } } }));
  world.turn();
  t.equal(launchedGroups(offer(world)).length, 1);
  t.equal(launchedGroups(offer(world)).length, 0);
  t.match(
    [...(world.state.queue.get('/pod')?.offers.lastRefusals.values() ?? [])],
    [{ refusals: [{ reason: 'UnfulfilledConstraint', needed: 'a value of @hostname without an instance' }] }],
  );
});

t.test('what a pod needs is the sum of its containers and its executor', async (t) => {
  const world = new World(1);
  world.command(
    create({
      containers: [
        container('front', { resources: { cpus: 0.1, mem: 32, disk: 5, gpus: 1 } }),
        container('back', { resources: { cpus: 0.2, mem: 32 } }),
      ],
    }),
  );
  world.turn();
  world.receive({ type: 'offers', offers: [anOffer({ cpus: 0.39, memMib: 95, diskMib: 14 })] });
  world.turn();
  const [refusal] = [...(world.state.queue.get('/pod')?.offers.lastRefusals.values() ?? [])];
  t.match(refusal?.refusals, [
    { reason: 'InsufficientCpus', needed: '0.4 cpus', had: '0.39 cpus' },
    { reason: 'InsufficientMemory', needed: '96 MiB of memory', had: '95 MiB of memory' },
    { reason: 'InsufficientDisk', needed: '15 MiB of disk', had: '14 MiB of disk' },
    { reason: 'InsufficientGpus', needed: '1 gpus', had: '0 gpus' },
  ]);
  world.receive({ type: 'offers', offers: [anOffer({ cpus: 0.4, memMib: 96, diskMib: 15, gpus: 1 })] });
  const [group] = launchedGroups(world.turn()?.effects.calls ?? []);
  t.match(group?.resources.parts, [{ cpus: 0.1, memMib: 32, diskMib: 10 }]);
  t.match(
    group?.tasks.map(({ resources }) => resources.parts),
    [[{ cpus: 0.1, memMib: 32, diskMib: 5, gpus: 1 }], [{ cpus: 0.2, memMib: 32, diskMib: 0, gpus: 0 }]],
  );
});

t.test('a scheduler that comes back asks for every task that has not ended', async (t) => {
  const world = running({ containers: [container('front'), container('back'), container('job')] });
  const { id } = instance(world);
  say(world, taskIdOf(id, 'job'), 'TASK_FINISHED');
  world.crash();
  const calls = world.turn()?.effects.calls ?? [];
  t.match(
    calls.filter((call) => call.type === 'reconcile'),
    [{ tasks: [{ taskId: taskIdOf(id, 'front') }, { taskId: taskIdOf(id, 'back') }] }, { tasks: [] }],
  );
  t.match(task(world, 'job'), { condition: 'Finished' });

  say(world, taskIdOf(id, 'front'), 'TASK_FAILED');
  world.crash();
  t.same(kills(world.turn()?.effects ?? { calls: [] }), [taskIdOf(id, 'back')], 'its end goes on');
});

t.test('crash at every turn of a life: in the end all is as wanted, nothing is launched twice', async (t) => {
  const story = (world: World): void => {
    world.command(create({ instances: 2 }));
    world.settle();
    const [victim = ''] = world.tasks.keys();
    world.fail(victim);
    world.settle();
    const [other = ''] = world.tasks.keys();
    world.finish(other);
    world.settle();
    world.command(update({ instances: 3, labels: { second: 'version' } }));
    world.settle();
  };
  /** Runs the story and crashes after the store's commit of one turn, before anything else of it happens. */
  const withCrashAt = (crashAt: number): { world: World; turns: number } => {
    const world = new World(7);
    const turn = world.turn.bind(world);
    let turns = 0;
    world.turn = () => turn(++turns === crashAt);
    story(world);
    return { world, turns };
  };
  const { turns } = withCrashAt(0);
  for (let crashAt = 1; crashAt <= turns; crashAt++) {
    const { world } = withCrashAt(crashAt);
    const all = instances(world);
    const seen = {
      instances: all.length,
      running: all.filter(({ condition, goal }) => condition === 'Running' && goal === 'Running').length,
      versions: new Set(all.map(({ appVersion }) => appVersion)).size,
    };
    // A command that came with the crash was never answered: its pod is as before, or not there
    const wanted = world.state.pods.get('/pod')?.instances ?? 0;
    t.same(seen, { instances: wanted, running: wanted, versions: wanted === 0 ? 0 : 1 }, `crash at turn ${crashAt}`);
    const known = all.flatMap(({ containers = [] }) => containers).filter(({ condition }) => condition === 'Running');
    t.same([...world.tasks.keys()].sort(), known.map(({ taskId }) => taskId).sort());
  }
});
