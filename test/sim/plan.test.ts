import assert from 'node:assert/strict';
import fc from 'fast-check';
import t from 'tap';
import type { Outcome } from '../../src/scheduler/core/commands.js';
import { planCommand } from '../../src/scheduler/core/plan/plan-command.js';
import type { Plan, PlannableCommand } from '../../src/scheduler/core/plan/plan-command.js';
import { runSpecOf } from '../../src/scheduler/core/state.js';
import type { RunSpec } from '../../src/scheduler/model/run-spec.js';
import { World } from './simulated-world.js';

const origin = { clientIp: '127.0.0.1', uri: '/v2/apps' };

/** All that a state holds, as text: in its order, where anybody can see that. */
function textOf(state: World['state']): string {
  const { servicePorts, deadlines, historyKeeps, ...others } = state;
  const ports = [...servicePorts.counts].sort(([a], [b]) => a - b);
  const plain = (_: string, value: unknown): unknown =>
    value instanceof Map || value instanceof Set ? [...(value as Iterable<unknown>)] : value;
  return JSON.stringify({ ...others, ports, keeps: [...historyKeeps].sort(), next: deadlines.nextMs() }, plain);
}

function plan(world: World, command: PlannableCommand): ReturnType<typeof planCommand> {
  let ids = 0;
  return planCommand(world.state, command, world.settings, {
    nowMs: world.nowMs,
    uuid: () => `plan-${ids++}`,
    random: world.random,
  });
}

function planned(world: World, command: PlannableCommand): Plan {
  const outcome = plan(world, command);
  if (outcome.type !== 'planned') throw new Error(JSON.stringify(outcome));
  return outcome.plan;
}

function execute(world: World, command: PlannableCommand): Outcome {
  const id = world.command(command);
  world.turn();
  const outcome = world.outcomes.get(id);
  assert(outcome !== undefined);
  return outcome;
}

const app = (id: string, more: object = {}): Record<string, never> =>
  ({ id, cmd: 'sleep 1000', cpus: 0.01, mem: 8, ...more }) as unknown as Record<string, never>;

/** Commands over a small tree, so that they often meet. */
function commandsOf(): fc.Arbitrary<PlannableCommand> {
  const ids = ['/a/x', '/a/y', '/a/b/z', '/c', '/d/p'];
  const id = fc.constantFrom(...ids);
  const definition = (name: string): fc.Arbitrary<Record<string, never>> =>
    fc
      .record({
        cmd: fc.constantFrom('sleep 1', 'sleep 2'),
        instances: fc.integer({ min: 0, max: 3 }),
        labels: fc.constantFrom({}, { HAPROXY_GROUP: 'external' }),
        dependencies: fc.constantFrom([], ['/a/x'], ['/c']),
        ports: fc.constantFrom([0], [0, 0], [10_003]),
        mem: fc.constantFrom(8, 16, -1),
      })
      .map((more) => app(name, more));
  const pod = (name: string): fc.Arbitrary<Record<string, never>> =>
    fc.constantFrom(0.1, 0.2).map(
      (cpus) =>
        ({
          id: name,
          containers: [{ name: 'c', resources: { cpus, mem: 32 } }],
          scaling: { kind: 'fixed', instances: 0 },
        }) as unknown as Record<string, never>,
    );
  const force = fc.boolean();
  return fc.oneof(
    fc.record({
      type: fc.constant('createApp' as const),
      update: id.chain(definition),
      force,
      origin: fc.constant(origin),
    }),
    fc.record({
      type: fc.constant('updateApps' as const),
      updates: fc
        .uniqueArray(id, { minLength: 1, maxLength: 3 })
        .chain((some) => fc.tuple(...some.map((name) => definition(name).map((update) => ({ id: name, update }))))),
      partial: fc.boolean(),
      mayCreate: fc.constant(true),
      force,
      origin: fc.constant(origin),
    }),
    fc.record({ type: fc.constant('deleteApp' as const), id, force }),
    fc.record({ type: fc.constant('restartApp' as const), id, force }),
    fc.record({
      type: fc.constant('updateGroup' as const),
      id: fc.constantFrom('/', '/a', '/a/b', '/d'),
      update: fc.oneof(
        fc.constant({ scaleBy: 2 }),
        fc.constant({ dependencies: ['/c'] }),
        definition('w').map((update) => ({ apps: [update], groups: [] })),
        definition('w').map((update) => ({ groups: [{ id: 'n', apps: [update] }] })),
      ),
      force,
    }),
    fc.record({ type: fc.constant('deleteGroup' as const), id: fc.constantFrom('/', '/a', '/a/b', '/d'), force }),
    fc.record({ type: fc.constant('createPod' as const), update: pod('/d/p'), force, origin: fc.constant(origin) }),
    fc.record({
      type: fc.constant('updatePod' as const),
      id: fc.constant('/d/p'),
      update: pod('/d/p'),
      force,
      origin: fc.constant(origin),
    }),
    fc.record({ type: fc.constant('deletePod' as const), id: fc.constant('/d/p'), force, origin: fc.constant(origin) }),
  );
}

t.test('a plan leaves no trace, and is what really happens then', async () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 1_000_000 }),
      fc.array(fc.tuple(commandsOf(), fc.integer({ min: 0, max: 3 })), { minLength: 5, maxLength: 25 }),
      (seed, history) => {
        const world = new World(seed, { maxRunningDeployments: 3 });
        for (const [command, seconds] of history) {
          const before = textOf(world.state);
          const outcome = plan(world, command);
          assert(textOf(world.state) === before, `${command.type} left a trace`);

          const old = new Map<string, RunSpec>([...world.state.apps, ...world.state.pods]);
          const really = execute(world, command);
          if (outcome.type === 'rejected') assert.deepEqual(really, outcome);
          else if (really.type === 'deployed') {
            const { changes, steps } = outcome.plan;
            // A turn ends what nothing has to be waited for
            const deployment = world.state.deployments.get(really.deploymentId);
            if (deployment !== undefined) assert.deepEqual(steps, deployment.steps);
            for (const change of changes) {
              const to = change.effect === 'delete' ? undefined : change.to;
              const now = runSpecOf(world.state, change.id);
              if (change.effect !== 'delete' || now?.version === old.get(change.id)?.version)
                assert.deepEqual(now, to, `${command.type} of ${change.id}`);
              if (change.effect !== 'create') assert.deepEqual(change.from, old.get(change.id));
            }
            const touched = new Set(changes.map(({ id }) => id));
            for (const [id, runSpec] of old) if (!touched.has(id)) assert.equal(runSpecOf(world.state, id), runSpec);
          } else {
            assert.equal(really.type, 'rejected');
            const { lockedBy, deploymentLimit } = outcome.plan.conflicts;
            const { rejection } = really;
            if (rejection.kind === 'tooManyDeployments') assert.equal(deploymentLimit, rejection.limit);
            else {
              assert(rejection.kind === 'locked');
              assert.deepEqual([...lockedBy].sort(), [...rejection.deploymentIds].sort());
            }
          }
          for (let second = 0; second < seconds; second++) {
            world.clusterStep();
            world.turn();
            world.nowMs += 1000;
          }
        }
      },
    ),
    { numRuns: 40 },
  );
});

t.test('what a plan tells', async (t) => {
  const world = new World(1);
  world.command({
    type: 'updateGroup',
    id: '/shop',
    update: { apps: [app('web', { instances: 2 }), app('old'), app('same')] },
    force: false,
  });
  world.settle();
  const web = planned(world, {
    type: 'updateApps',
    updates: [
      { id: '/shop/web', update: app('/shop/web', { instances: 5 }) },
      { id: '/shop/same', update: app('/shop/same', { cmd: 'sleep 2' }) },
      { id: '/shop/new', update: app('/shop/new') },
    ],
    partial: true,
    mayCreate: true,
    force: false,
    origin,
  });
  t.same(
    web.changes.map(({ id, kind, effect }) => [id, kind, effect]),
    [
      ['/shop/new', 'app', 'create'],
      ['/shop/same', 'app', 'restart'],
      ['/shop/web', 'app', 'scale'],
    ],
  );
  t.same(web.conflicts, { lockedBy: [] });
  t.same(web.groups, [], 'only their versions would change');

  const gone = planned(world, { type: 'deleteGroup', id: '/shop', force: false });
  t.same(
    gone.changes.map(({ id, effect }) => [id, effect]),
    ['old', 'same', 'web'].map((name) => [`/shop/${name}`, 'delete']),
  );
  t.match(gone.groups, [{ id: '/shop', from: { id: '/shop' }, to: undefined }]);
  t.equal(gone.steps.length, 1);

  const put = { type: 'updateGroup', id: '/shop', update: { dependencies: ['/db'] }, force: false } as const;
  const dependent = planned(world, put);
  t.match(dependent.groups, [{ id: '/shop', from: { dependencies: [] }, to: { dependencies: ['/db'] } }]);

  const nothing = planned(world, { ...put, update: { apps: [app('web', { instances: 2 }), app('old'), app('same')] } });
  t.same(nothing, { changes: [], groups: [], steps: [], conflicts: { lockedBy: [] } });
});

t.test('deployments in the way, and too many of them, are told', async (t) => {
  const world = new World(2, { maxRunningDeployments: 1 });
  world.settle();
  world.command({ type: 'createApp', update: app('/web', { cpus: 1000 }), force: false, origin });
  world.turn();
  const [deployment] = world.state.deployments.keys();
  const scaled = { id: '/web', update: { instances: 3 } as unknown as Record<string, never> };
  const command = {
    type: 'updateApps',
    updates: [scaled],
    partial: true,
    mayCreate: false,
    force: false,
    origin,
  } as const;
  t.same(planned(world, command).conflicts, { lockedBy: [deployment], deploymentLimit: 1 });
  t.match(plan(world, { ...command, updates: [{ ...scaled, id: '/none' }] }), {
    type: 'rejected',
    rejection: { kind: 'appNotFound', id: '/none' },
  });
});
