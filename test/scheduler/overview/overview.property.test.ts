// What a reader puts together of a snapshot and of changes is at any time what a snapshot would say, for random histories of the whole core.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import t from 'tap';
import { instancesOf } from '../../../src/scheduler/core/state.js';
import { Overview } from '../../../src/scheduler/overview/overview.js';
import type { View } from '../../../src/scheduler/overview/view.js';
import { createStateChanges } from '../../../src/scheduler/state-changes.js';
import { role } from '../../sim/chaos/cluster.js';
import { randomCommand } from '../../sim/chaos/commands.js';
import { World } from '../../sim/simulated-world.js';
import { manualTimers } from '../../support/manual-timers.js';
import { OverviewReader } from '../../support/overview-reader.js';

const edge = 'lb edge-1:8000';
const mine = (id: string): boolean => id.startsWith('/g/');

const viewOfMine: View = {
  runSpec: mine,
  group: () => false,
  deployment(deployment) {
    const affected = deployment.affected.filter(({ id }) => mine(id));
    const steps = deployment.steps.map(({ actions }) => ({ actions: actions.filter(({ id }) => mine(id)) }));
    return affected.length === 0 ? undefined : { ...deployment, affected, steps };
  },
  seesCluster: false,
};

class History {
  readonly world: World;
  readonly changes = createStateChanges((error) => {
    throw error;
  });
  readonly timers = manualTimers();
  readonly overview: Overview;
  /** What is known of each app beside its line, and at which revision. */
  readonly #facts = new Map<string, { readonly facts: string; readonly revision: number }>();

  constructor(seed: number) {
    this.world = new World(seed, { mesosRole: role, newGroupEnforceRole: 'off' });
    const { state } = this.world;
    const clock = (): number => this.world.nowMs;
    this.overview = new Overview({
      epoch: 'e',
      state,
      changes: this.changes,
      clock,
      schedule: this.timers.schedule,
    });
    this.turn();
    this.world.receive({ type: 'edges', edges: [edge] });
  }

  turn(): void {
    const turn = this.world.turn();
    if (turn !== undefined) this.changes.publish(turn);
  }

  step(): void {
    const { world } = this;
    const { random, state } = world;
    const dice = random();
    const tasks = [...world.tasks.keys()];
    const task = tasks[Math.floor(random() * tasks.length)];
    if (dice < 0.25) world.command(randomCommand(random, state, 0.4));
    else if (dice < 0.3 && task !== undefined) world.fail(task);
    else if (dice < 0.45) this.#checkHealth();
    else if (dice < 0.5) world.receive({ type: 'drained', instanceIds: [...state.instances.keys()].slice(0, 2) });
    else if (dice < 0.52) world.receive({ type: 'disconnected' });
    else if (dice < 0.55)
      world.receive({ type: 'registered', frameworkId: 'F', master: `m${Math.floor(random() * 3)}:5050` });
    else world.clusterStep();
    this.turn();
    world.nowMs += Math.floor(random() * 2000);
    if (random() < 0.5) this.timers.run();
  }

  #checkHealth(): void {
    const { random, state } = this.world;
    const results = [...state.instances.values()].flatMap(({ taskId }) =>
      random() < 0.5
        ? [
            {
              taskId,
              checkIndex: 0,
              result: random() < 0.6 ? ('healthy' as const) : ('unhealthy' as const),
              cause: 'no',
            },
          ]
        : [],
    );
    if (results.length > 0) this.world.receive({ type: 'health', results });
  }

  /** Everything that is due has been done and told. */
  rest(): void {
    this.turn();
    this.timers.run();
    this.timers.run();
  }

  check(reader: OverviewReader, view?: View): void {
    const fresh = new OverviewReader();
    const { state } = this.world;
    const other = new Overview({ epoch: 'e', state, changes: this.changes, clock: () => this.world.nowMs });
    other.open(fresh.take, view)();
    assert.deepEqual(reader.known, fresh.known);
  }

  /** Where anything that could be read of an app is not as it was, its revision has grown. */
  checkRevisions(reader: OverviewReader): void {
    const { state } = this.world;
    for (const [id, { revision }] of reader.apps) {
      const instances = instancesOf(state, id);
      const facts = JSON.stringify([
        instances,
        instances.map(({ taskId }) => state.health.get(taskId)?.map((result) => [result?.alive, result?.lastFailure])),
        [...(state.queue.get(id)?.offers.lastRefusals.keys() ?? [])],
        state.ended.get(id),
        state.versions.get(id),
      ]);
      const known = this.#facts.get(id);
      if (known !== undefined && known.facts !== facts) assert.ok(revision > known.revision, `${id}: ${facts}`);
      this.#facts.set(id, { facts, revision });
    }
  }
}

t.test('a snapshot and changes are the next snapshot', async (t) => {
  let changes = 0;
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1_000_000 }), (seed) => {
      const history = new History(seed);
      const [all, some] = [new OverviewReader(), new OverviewReader()];
      history.overview.open(all.take);
      history.overview.open(some.take, viewOfMine);
      for (let round = 0; round < 12; round++) {
        for (let i = 0; i < 10; i++) history.step();
        // Some of this has not been told yet
        const late = new OverviewReader();
        const leave = history.overview.open(late.take);
        history.rest();
        history.check(all);
        history.check(late);
        history.check(some, viewOfMine);
        leave();
        // What is less urgent is told when its time has come
        history.world.nowMs += 6_000;
        history.rest();
        history.checkRevisions(all);
      }
      changes += all.messages.length;
    }),
    { numRuns: 15 },
  );
  t.ok(changes > 500, 'there was something to be told');
});
