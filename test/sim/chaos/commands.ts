import type { Command } from '../../../src/scheduler/core/commands.js';
import { taskIdsOf } from '../../../src/scheduler/core/launch/task-id.js';
import type { SchedulerState } from '../../../src/scheduler/core/state.js';

const origin = { clientIp: '127.0.0.1', uri: '/v2/apps' };
const ids = ['/a', '/b', '/g/c', '/g/d', '/g/h/e', '/store', '/g/pod'];
const resident = '/store';
const pod = '/g/pod';

/** A random definition that fits the agents of the simulation, whatever else runs there. */
function randomApp(random: () => number, id: string): Record<string, never> {
  const chance = (probability: number): boolean => random() < probability;
  const instances = Math.floor(random() * 5);
  const isSingle = chance(0.1);
  const unreachable = Math.floor(random() * 100);
  const app = {
    cmd: `sleep ${Math.floor(random() * 3)}`,
    cpus: 0.1,
    mem: 16,
    instances: isSingle ? Math.min(1, instances) : instances,
    backoffSeconds: 1,
    maxLaunchDelaySeconds: 10,
    ...(isSingle ? { labels: { MARATHON_SINGLE_INSTANCE_APP: 'true' } } : {}),
    upgradeStrategy: isSingle
      ? { minimumHealthCapacity: 0, maximumOverCapacity: 0 }
      : { minimumHealthCapacity: Math.floor(random() * 5) / 4, maximumOverCapacity: Math.floor(random() * 5) / 4 },
    ...(chance(0.3) ? { killSelection: 'OLDEST_FIRST' } : {}),
    ...(chance(0.3) ? { healthChecks: [{ protocol: 'TCP', gracePeriodSeconds: 5, maxConsecutiveFailures: 2 }] } : {}),
    ...(chance(0.5)
      ? { unreachableStrategy: { inactiveAfterSeconds: unreachable, expungeAfterSeconds: unreachable * 2 } }
      : {}),
    ...(chance(0.3)
      ? { constraints: [chance(0.5) ? ['hostname', 'UNIQUE'] : ['rack', chance(0.5) ? 'GROUP_BY' : 'MAX_PER', '3']] }
      : {}),
    ...(id === '/g/d' && chance(0.5) ? { dependencies: ['/g/c'] } : {}),
    ...(chance(0.2) ? { requirePorts: true, portDefinitions: [{ port: 31_090 + ids.indexOf(id) }], instances: 2 } : {}),
  };
  return app as unknown as Record<string, never>;
}

/** An app with a persistent volume; what it is placed by never changes, because volumes and resources must not. */
function randomResident(random: () => number): Record<string, never> {
  const app = {
    cmd: `sleep ${Math.floor(random() * 3)}`,
    cpus: 0.1,
    mem: 16,
    instances: Math.floor(random() * 4),
    backoffSeconds: 0,
    upgradeStrategy: { minimumHealthCapacity: Math.floor(random() * 3) / 2, maximumOverCapacity: 0 },
    container: { type: 'MESOS', volumes: [{ containerPath: 'data', mode: 'RW', persistent: { size: 10 } }] },
  };
  return app as unknown as Record<string, never>;
}

function randomPod(random: () => number): Record<string, never> {
  const containers = ['one', 'two'].map((name) => ({
    name,
    exec: { command: { shell: `sleep ${Math.floor(random() * 3)}` } },
    resources: { cpus: 0.1, mem: 16 },
    ...(random() < 0.5 ? { endpoints: [{ name: `${name}-http`, hostPort: 0 }] } : {}),
  }));
  const scheduling = {
    backoff: { backoff: 1, maxLaunchDelay: 10 },
    upgrade: { minimumHealthCapacity: Math.floor(random() * 3) / 2, maximumOverCapacity: Math.floor(random() * 3) / 2 },
  };
  const instances = Math.floor(random() * 4);
  return { id: pod, containers, scheduling, scaling: { kind: 'fixed', instances } } as unknown as Record<string, never>;
}

function randomPodCommand(random: () => number, state: SchedulerState, force: boolean): Command {
  const update = randomPod(random);
  if (!state.pods.has(pod)) return { type: 'createPod', update, force, origin };
  return random() < 0.2
    ? { type: 'deletePod', id: pod, force, origin }
    : { type: 'updatePod', id: pod, update, force, origin };
}

function killSomething(random: () => number, state: SchedulerState, force: boolean): Command {
  const all = [...state.instances.values()].flatMap(taskIdsOf);
  const task = all[Math.floor(random() * all.length)];
  const scale = random() < 0.3;
  return { type: 'killTasks', taskIds: task === undefined ? [] : [task], scale, force, wipe: random() < 0.3 };
}

/** Anything that a client may ask for; so many of the requests, as a part of 1, are made with force. */
export function randomCommand(random: () => number, state: SchedulerState, forced: number): Command {
  const pick = <T>(list: readonly T[]): T | undefined => list[Math.floor(random() * list.length)];
  const id = pick(ids) ?? '/a';
  const force = random() < forced;
  if (id === pod && random() < 0.8) return randomPodCommand(random, state, force);
  if (id === pod) return killSomething(random, state, force);
  const app = state.apps.get(id);
  const definition = (): Record<string, never> => (id === resident ? randomResident(random) : randomApp(random, id));
  if (app === undefined) return { type: 'createApp', update: { ...definition(), id }, force, origin };
  const dice = random();
  if (dice < 0.25) {
    return {
      type: 'updateApps',
      updates: [{ id, update: definition() }],
      partial: false,
      mayCreate: true,
      force,
      origin,
    };
  }
  if (dice < 0.45) {
    const update = { instances: app.labels['MARATHON_SINGLE_INSTANCE_APP'] === 'true' ? 1 : Math.floor(random() * 4) };
    return { type: 'updateApps', updates: [{ id, update }], partial: true, mayCreate: false, force, origin };
  }
  if (dice < 0.55) return { type: 'restartApp', id, force };
  if (dice < 0.63) return { type: 'deleteApp', id, force };
  if (dice < 0.8) return killSomething(random, state, force);
  if (dice < 0.9) {
    const apps = ['c', 'd'].map((name) => ({ ...randomApp(random, `/g/${name}`), id: name }));
    return { type: 'updateGroup', id: '/g', update: { apps }, force };
  }
  const deployment = pick([...state.deployments.keys()]);
  return deployment === undefined ? { type: 'resetDelay', id } : { type: 'cancelDeployment', id: deployment, force };
}
