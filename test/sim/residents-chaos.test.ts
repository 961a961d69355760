// Random histories of apps and pods with and without persistent volumes, with crashes of the scheduler between what is stored and what is said.
import fc from 'fast-check';
import t from 'tap';
import type { Command } from '../../src/scheduler/core/commands.js';
import { instanceIdOf } from '../../src/scheduler/core/launch/task-id.js';
import { World } from './simulated-world.js';

const origin = { clientIp: '127.0.0.1', uri: '/v2/apps' };
const ids = ['/db', '/queue', '/web'];

function create(id: string, instances: number): Command {
  const volumes = [{ containerPath: 'data', mode: 'RW', persistent: { size: 16 } }];
  const container = id === '/web' ? {} : { container: { type: 'MESOS', volumes } };
  const update = { id, cmd: 'sleep 1000', cpus: 0.01, mem: 8, instances, backoffSeconds: 1, ...container };
  return { type: 'createApp', update, force: false, origin };
}
function update(id: string, changes: object, force: boolean): Command {
  const updates = [{ id, update: { ...changes } }];
  return { type: 'updateApps', updates, partial: true, mayCreate: false, force, origin };
}

/** A pod whose two containers share a volume. */
function pod(instances: number, command = 'sleep 1000'): Record<string, never> {
  const container = (name: string): object => ({
    name,
    exec: { command: { shell: command } },
    resources: { cpus: 0.01, mem: 8 },
    volumeMounts: [{ name: 'data', mountPath: 'data' }],
  });
  return {
    id: '/pod',
    containers: [container('one'), container('two')],
    volumes: [{ name: 'data', persistent: { size: 16 } }],
    scaling: { kind: 'fixed', instances },
  } as unknown as Record<string, never>;
}

/** Each throws when it does not hold. */
function check(world: World, ended: boolean): void {
  const { instances, leftovers } = world.state;
  const demand = (holds: boolean, what: string): void => {
    if (!holds) throw new Error(what);
  };
  for (const { instanceId, usedBy, persistenceIds } of world.reservations.all) {
    const instance = instances.get(instanceId);
    const known = instance?.reservation;
    demand(instance === undefined || known !== undefined, `${instanceId} does not know of its place`);
    demand(instance !== undefined || usedBy !== undefined || leftovers.has(instanceId), `${instanceId} is leaked`);
    demand(
      usedBy === undefined || usedBy.startsWith(`${instanceId}.`),
      `${usedBy ?? ''} is in the place of ${instanceId}`,
    );
    if (known === undefined) continue;
    const wanted = known.volumes.map(({ persistenceId }) => persistenceId);
    demand(persistenceIds.length === 0 || persistenceIds.join() === wanted.join(), `${instanceId} has other volumes`);
  }
  for (const [volume, tasks] of world.reservations.data) {
    const owners = new Set(tasks.map((taskId) => instanceIdOf(taskId)));
    demand(owners.size <= 1, `${volume} was used by ${[...owners].join(', ')}`);
    const incarnations = tasks.map((taskId) => Number(/\d+$/.exec(taskId)?.[0]));
    demand(
      incarnations.every((n, i) => i === 0 || n > (incarnations[i - 1] ?? 0)),
      `${tasks.join(', ')} used ${volume} one after the other`,
    );
  }
  if (!ended) return;
  demand(world.state.deployments.size === 0, 'a deployment goes on');
  for (const { id, instances: wanted } of [...world.state.apps.values(), ...world.state.pods.values()]) {
    const running = new Set(
      [...world.tasks.keys()].map(instanceIdOf).filter((one) => one.startsWith(`${id.slice(1)}.`)),
    );
    demand(running.size === wanted, `${running.size} instances of ${id}, wanted ${wanted}`);
  }
}

t.test(
  'no place is leaked or used by two, data stay with their instance, and all is given back in the end',
  async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 2 ** 30 }), async (seed) => {
        const world = new World(seed, { mesosRole: 'dev', minReviveOffersIntervalMs: 1000 });
        const pick = (n: number): number => Math.floor(world.random() * n);
        const anyTask = (): string | undefined => [...world.tasks.keys()][pick(world.tasks.size)];
        for (let step = 0; step < 120; step++) {
          const id = ids[pick(ids.length)] ?? '/db';
          const actions: (() => void)[] = [
            () => world.command(create(id, 1 + pick(3))),
            () => world.command(update(id, { instances: pick(5) }, pick(2) === 0)),
            () => world.command(update(id, { cmd: `sleep ${1000 + step}` }, pick(2) === 0)),
            () => world.command({ type: 'restartApp', id, force: pick(2) === 0 }),
            () => pick(3) === 0 && world.command({ type: 'deleteApp', id, force: true }),
            () => {
              const taskId = anyTask();
              if (taskId !== undefined) world.fail(taskId);
            },
            () => {
              const taskId = anyTask();
              const how = pick(3);
              if (taskId === undefined) return;
              const more = { scale: how === 0, wipe: how === 1 };
              world.command({ type: 'killTasks', taskIds: [taskId], force: true, ...more });
            },
            () => world.command({ type: 'createPod', update: pod(1 + pick(2)), force: false, origin }),
            () => {
              const command = `sleep ${1000 + pick(3)}`;
              world.command({
                type: 'updatePod',
                id: '/pod',
                update: pod(pick(4), command),
                force: pick(2) === 0,
                origin,
              });
            },
            () => pick(3) === 0 && world.command({ type: 'deletePod', id: '/pod', force: true, origin }),
            () => world.crash(),
            () => world.clusterStep(),
            () => world.clusterStep(),
            () => world.clusterStep(),
            () => (world.nowMs += pick(25_000)),
          ];
          actions[pick(actions.length)]?.();
          if (pick(3) > 0) world.turn(pick(6) === 0);
          check(world, false);
        }
        world.settle();
        world.nowMs += 700_000;
        world.settle();
        check(world, true);

        for (const id of ids) world.command({ type: 'deleteApp', id, force: true });
        world.command({ type: 'deletePod', id: '/pod', force: true, origin });
        world.settle();
        for (let i = 0; i < 100; i++) {
          world.clusterStep();
          world.turn();
          world.nowMs += 1000;
        }
        world.settle();
        if (world.reservations.all.length > 0) throw new Error('something is still reserved');
        if (world.state.instances.size > 0) throw new Error('instances are left');
      }),
      // A crash between what is stored as given back and what is said to Mesos
      { numRuns: 40, examples: [[41533688]] },
    );
  },
);
