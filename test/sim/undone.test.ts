import t from 'tap';
import type { Test } from 'tap';
import { unreachable } from '../../src/common/errors.js';
import type { Command } from '../../src/scheduler/core/commands.js';
import { cancelDeployment } from '../../src/scheduler/core/deployment/deploy.js';
import * as apps from '../../src/scheduler/core/handlers/app-commands.js';
import * as groups from '../../src/scheduler/core/handlers/group-commands.js';
import * as pods from '../../src/scheduler/core/handlers/pod-commands.js';
import { revertDeployment } from '../../src/scheduler/core/handlers/revert-deployment.js';
import { loadState } from '../../src/scheduler/core/load.js';
import { settleOfferFlow } from '../../src/scheduler/core/settle-offer-flow.js';
import { settleApps } from '../../src/scheduler/core/settle.js';
import type { SchedulerState } from '../../src/scheduler/core/state.js';
import { Tx } from '../../src/scheduler/core/tx.js';
import { settings, World } from './simulated-world.js';

/** Whatever a change touches, taking it back leaves the state as it was, and the store always holds what is in memory. */

const origin = { clientIp: '127.0.0.1', uri: '/v2/apps' };

type Wanted = Exclude<
  Command,
  { type: 'rollbackApp' | 'rollbackGroup' | 'resetDelay' | 'subscribe' | 'unsubscribe' | 'deletePod' }
>;

function carryOut(tx: Tx, command: Wanted): void {
  switch (command.type) {
    case 'createApp':
      return void apps.createApp(tx, command);
    case 'updateApps':
      return void apps.updateApps(tx, command);
    case 'deleteApp':
      return void apps.deleteApp(tx, command);
    case 'restartApp':
      return void apps.restartApp(tx, command);
    case 'killTasks':
      return void apps.killTasks(
        tx,
        command,
        [...tx.state.instances.values()].filter(({ taskId }) => command.taskIds.includes(taskId)),
      );
    case 'createGroup':
      return void groups.createGroup(tx, command);
    case 'updateGroup':
      return void groups.updateGroup(tx, command);
    case 'setEnforceRole':
      return void groups.setEnforceRole(tx, command);
    case 'deleteGroup':
      return void groups.deleteGroup(tx, command);
    case 'createPod':
      return void pods.createPod(tx, command);
    case 'updatePod':
      return void pods.updatePod(tx, command);
    case 'cancelDeployment': {
      const deployment = tx.state.deployments.get(command.id);
      if (deployment === undefined) return;
      if (command.force) cancelDeployment(tx, deployment, 'forced');
      else revertDeployment(tx, deployment);
      return;
    }
    default:
      return unreachable(command);
  }
}

/** Everything that a state holds, as it can be compared and does not change any more. */
function copyOf(state: object): Map<string, unknown> {
  const parts = Object.entries(state).filter(([name]) => name !== 'deadlines' && !name.includes('evision'));
  return new Map(structuredClone(parts) as [string, unknown][]);
}

function assertStored(t: Test, { records, state }: World, label: string): void {
  const stored = loadState(new Map([...records].map(([k, v]) => [k, JSON.parse(v) as unknown])));
  for (const part of [
    ...(['apps', 'pods', 'groups', 'contents', 'versions', 'definitions', 'history', 'historyKeeps'] as const),
    ...(['servicePorts', 'instances', 'instancesOf', 'deployments', 'locks', 'failures'] as const),
  ] satisfies readonly (keyof SchedulerState)[]) {
    t.same(stored[part], state[part], `${label}: ${part}`);
  }
}

for (const seed of [1, 2, 3]) {
  t.test(`seed ${seed}`, async (t) => {
    const world = new World(seed);
    const pick = <T>(values: readonly T[]): T => values[Math.floor(world.random() * values.length)] as T;
    const app = (id: string): Record<string, never> =>
      ({
        id,
        cmd: pick(['sleep 1', 'sleep 2']),
        cpus: 0.01,
        mem: 8,
        instances: pick([0, 1, 3]),
        dependencies: pick([[], ['../x'], ['/c']]),
      }) as unknown as Record<string, never>;
    const pod = (id: string): Record<string, never> =>
      ({
        id,
        containers: [{ name: 'c', resources: { cpus: pick([0.1, 0.2]), mem: 32 } }],
        scaling: { kind: 'fixed', instances: 0 },
      }) as unknown as Record<string, never>;
    const names = ['/a', '/a/b', '/c', '/c/d'];
    // What is in a role of its own cannot be placed yet: only an empty group enforces one
    world.command({ type: 'createGroup', id: '/quiet', update: {}, force: false });
    const known = (ids: Iterable<string>): string => pick([...ids, '/none']);
    const commands: readonly (() => Wanted)[] = [
      () => ({ type: 'createApp', update: app(`${pick(names)}/${pick(['x', 'y'])}`), force: true, origin }),
      () => ({
        type: 'updateApps',
        updates: [...world.state.apps.keys()].map((id) => ({ id, update: app(id) })),
        partial: true,
        mayCreate: true,
        force: world.random() < 0.7,
        origin,
      }),
      () => ({ type: 'deleteApp', id: known(world.state.apps.keys()), force: true }),
      () => ({ type: 'restartApp', id: known(world.state.apps.keys()), force: true }),
      () => ({
        type: 'killTasks',
        taskIds: [...world.tasks.keys()].filter(() => world.random() < 0.3),
        scale: world.random() < 0.7,
        force: true,
      }),
      () => ({
        type: 'createGroup',
        id: '/',
        update: { id: pick(['/e', ...names]), groups: [{ id: 'n', apps: [app('x')] }] },
        force: true,
      }),
      () => ({
        type: 'updateGroup',
        id: pick(names),
        update: pick([
          { apps: [app('x'), app('y')] },
          { apps: [], groups: [] },
          { dependencies: ['/e'], groups: [{ id: 'n', apps: [app('z')] }] },
          { scaleBy: 2 },
        ]),
        force: true,
      }),
      () => ({ type: 'setEnforceRole', id: '/quiet', enforceRole: world.random() < 0.5 }),
      () => ({ type: 'deleteGroup', id: pick(names), force: true }),
      () => ({ type: 'createPod', update: pod(`${pick(names)}/${pick(['x', 'p'])}`), force: true, origin }),
      () => {
        const id = known(world.state.pods.keys());
        return { type: 'updatePod', id, update: pod(id), force: true, origin };
      },
      () => ({ type: 'cancelDeployment', id: known(world.state.deployments.keys()), force: world.random() < 0.3 }),
    ];
    for (let i = 0; i < 60; i++) {
      const command = pick(commands)();
      const label = `step ${i}, ${command.type}`;
      const before = copyOf(world.state);
      let ids = 0;
      const surroundings = { nowMs: world.nowMs, uuid: () => `undone-${ids++}`, random: world.random };
      const tx = new Tx(world.state, settings, surroundings);
      const mark = tx.mark();
      carryOut(tx, command);
      settleApps(tx);
      settleOfferFlow(tx);
      tx.rollback(mark);
      t.same(copyOf(world.state), before, `${label}: taken back`);
      const nothing = { store: [], calls: [], downloads: [], events: [], replies: [] };
      t.same(tx.effects(), nothing, `${label}: nothing is left to be done`);

      world.command(command);
      world.turn(world.random() < 0.2);
      for (let turns = pick([0, 1, 2, 5]); turns > 0; turns--) {
        world.clusterStep();
        world.turn(world.random() < 0.1);
      }
      if (world.random() < 0.3) world.settle();
      assertStored(t, world, label);
    }
    world.settle();
    const wanted = [...world.state.apps.values()].reduce((sum, { instances }) => sum + instances, 0);
    t.equal(world.tasks.size, wanted, 'in the end exactly what is wanted runs');
    t.equal(world.state.deployments.size, 0);
  });
}
