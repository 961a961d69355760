import t from 'tap';
import type { Command, Outcome } from '../../src/scheduler/core/commands.js';
import { World } from './simulated-world.js';

const origin = { clientIp: '127.0.0.1', uri: '/v2/apps' };
const update = (json: object): Record<string, never> => json as Record<string, never>;
const app = (more: object = {}): Record<string, never> =>
  update({ cmd: 'x', cpus: 0.01, mem: 8, instances: 2, ...more });
const pod = (more: object = {}): Record<string, never> =>
  update({
    containers: [{ name: 'c', exec: { command: { shell: 'x' } }, resources: { cpus: 0.01, mem: 8 } }],
    ...more,
  });

function answer(world: World, command: Command): Outcome {
  const id = world.command(command);
  world.turn();
  const outcome = world.outcomes.get(id);
  if (outcome === undefined) throw new Error('no answer');
  return outcome;
}

/** An app and a pod in a group, of which something runs; a deployment of the app and one of the pod that never end. */
function locked(): { readonly world: World; readonly taskId: string } {
  const world = new World(1);
  world.command({ type: 'updateGroup', id: '/g', update: { apps: [app({ id: 'a' })] }, force: false });
  world.command({ type: 'createPod', update: update({ id: '/g/p', ...pod() }), force: false, origin });
  world.settle();
  const taskId = [...world.state.instances.values()].find(({ appId }) => appId === '/g/a')?.taskId ?? '';
  const never = { healthChecks: [{ path: '/', gracePeriodSeconds: 1e6 }] };
  world.command({
    type: 'updateApps',
    updates: [{ id: '/g/a', update: update({ cmd: 'y', ...never }) }],
    partial: true,
    mayCreate: false,
    force: false,
    origin,
  });
  world.command({
    type: 'updatePod',
    id: '/g/p',
    update: pod({ id: '/g/p', labels: { a: 'b' } }),
    force: false,
    origin,
  });
  world.turn();
  if (world.state.deployments.size !== 2) throw new Error(`${world.state.deployments.size} deployments`);
  return { world, taskId };
}

/** Everything that a deployment is needed for. */
const changes = (force: boolean, taskId: string): readonly (readonly [what: string, command: Command])[] => [
  [
    'app',
    {
      type: 'updateApps',
      updates: [{ id: '/g/a', update: update({ instances: 3 }) }],
      partial: true,
      mayCreate: false,
      force,
      origin,
    },
  ],
  ['restart', { type: 'restartApp', id: '/g/a', force }],
  ['delete', { type: 'deleteApp', id: '/g/a', force }],
  ['kill and scale', { type: 'killTasks', taskIds: [taskId], scale: true, force }],
  ['group', { type: 'updateGroup', id: '/g', update: { scaleBy: 2 }, force }],
  ['group that goes', { type: 'deleteGroup', id: '/g', force }],
  ['pod', { type: 'updatePod', id: '/g/p', update: pod({ id: '/g/p', labels: { a: 'c' } }), force, origin }],
  ['pod that goes', { type: 'deletePod', id: '/g/p', force, origin }],
];

t.test(
  'whatever changes what a deployment holds is refused with the ids of the deployments, and nothing happens',
  async (t) => {
    const { world, taskId } = locked();
    const before = JSON.stringify([...world.state.apps.values(), ...world.state.pods.values()]);
    for (const [what, command] of changes(false, taskId)) {
      const outcome = answer(world, command);
      t.match(outcome, { type: 'rejected', rejection: { kind: 'locked' } }, what);
      if (outcome.type !== 'rejected' || outcome.rejection.kind !== 'locked') continue;
      for (const id of outcome.rejection.deploymentIds) t.ok(world.state.deployments.has(id), what);
    }
    t.equal(JSON.stringify([...world.state.apps.values(), ...world.state.pods.values()]), before);
    t.equal(world.state.deployments.size, 2);
  },
);

t.test('force cancels what is in the way, and leaves other deployments alone', async (t) => {
  for (const [i, [what]] of changes(true, '').entries()) {
    const { world, taskId } = locked();
    const [of = '', other = ''] = [...world.state.deployments.keys()];
    const [, command] = changes(true, taskId)[i] ?? [];
    if (command === undefined) throw new Error(what);
    t.match(answer(world, command), { type: 'deployed' }, what);
    const isPod = what.startsWith('pod');
    t.notOk(world.state.deployments.has(isPod ? other : of), what);
    if (!what.startsWith('group')) t.ok(world.state.deployments.has(isPod ? of : other), what);
    t.ok(
      world.events.some((event) => event.type === 'deployment_failed'),
      what,
    );
  }
});

t.test('what holds nothing is free: other apps, kills without scaling, equal definitions', async (t) => {
  const { world, taskId } = locked();
  for (const command of [
    { type: 'createApp', update: app({ id: '/g/b' }), force: false, origin },
    { type: 'killTasks', taskIds: [taskId], scale: false, force: false },
    {
      type: 'updateApps',
      updates: [{ id: '/g/a', update: update({ cmd: 'y' }) }],
      partial: true,
      mayCreate: false,
      force: false,
      origin,
    },
  ] satisfies Command[]) {
    t.match(answer(world, command), { type: command.type === 'killTasks' ? 'killed' : 'deployed' }, command.type);
  }
});
