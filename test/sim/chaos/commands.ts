import type { Command } from '../../../src/scheduler/core/commands.js';
import type { SchedulerState } from '../../../src/scheduler/core/state.js';

const origin = { clientIp: '127.0.0.1', uri: '/v2/apps' };
const ids = ['/a', '/b', '/g/c', '/g/d', '/g/h/e'];

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

/** Anything that a client may ask for. */
export function randomCommand(random: () => number, state: SchedulerState): Command {
  const pick = <T>(list: readonly T[]): T | undefined => list[Math.floor(random() * list.length)];
  const id = pick(ids) ?? '/a';
  const force = random() < 0.4;
  const app = state.apps.get(id);
  if (app === undefined) return { type: 'createApp', update: { ...randomApp(random, id), id } as never, force, origin };
  const dice = random();
  if (dice < 0.25) {
    return {
      type: 'updateApps',
      updates: [{ id, update: randomApp(random, id) }],
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
  if (dice < 0.8) {
    const task = pick([...state.instances.values()].map(({ taskId }) => taskId));
    return { type: 'killTasks', taskIds: task === undefined ? [] : [task], scale: random() < 0.3, force };
  }
  if (dice < 0.9) {
    const apps = ['c', 'd'].map((name) => ({ ...randomApp(random, `/g/${name}`), id: name }));
    return { type: 'updateGroup', id: '/g', update: { apps } as never, force };
  }
  const deployment = pick([...state.deployments.keys()]);
  return deployment === undefined
    ? { type: 'resetDelay', id }
    : { type: 'cancelDeployment', id: deployment, force: random() < 0.5 };
}
