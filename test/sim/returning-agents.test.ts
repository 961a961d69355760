import t from 'tap';
import type { ClusterCall } from '../../src/scheduler/core/effects.js';
import type { Instance } from '../../src/scheduler/model/instance.js';
import { anOffer } from '../support/scheduler-fixtures.js';
import { World } from './simulated-world.js';

const origin = { clientIp: '127.0.0.1', uri: '/v2/apps' };

let ids = 0;
function offer(world: World): void {
  world.receive({ type: 'offers', offers: [anOffer({}, { id: `plenty-${ids++}` })] });
  world.turn();
}

function say(world: World, taskId: string, state: string): string[] {
  world.receive({ type: 'status', status: { taskId, agentId: 'S1', state, message: '', ipAddresses: [] } });
  const calls: readonly ClusterCall[] = world.turn()?.effects.calls ?? [];
  return calls.flatMap((call) => (call.type === 'kill' ? [call.taskId] : []));
}

const instances = (world: World): Instance[] => [...world.state.instances.values()];

/** One instance whose agent was lost, and the time since. */
function lost(
  unreachableStrategy: object | string,
  killSelection: string,
  seconds: number,
): { world: World; first: string } {
  const world = new World(1);
  const update = { id: '/web', cmd: 'x', cpus: 0.01, mem: 8, instances: 1, unreachableStrategy, killSelection };
  world.command({ type: 'createApp', update: update as unknown as Record<string, never>, force: false, origin });
  world.turn();
  offer(world);
  const first = instances(world)[0]?.taskId ?? '';
  say(world, first, 'TASK_RUNNING');
  say(world, first, 'TASK_UNREACHABLE');
  world.unreachable.add(first);
  world.nowMs += seconds * 1000;
  world.turn();
  offer(world);
  for (const { taskId, condition } of instances(world))
    if (condition === 'Provisioned') say(world, taskId, 'TASK_RUNNING');
  return { world, first };
}

const later = { inactiveAfterSeconds: 60, expungeAfterSeconds: 600 };

t.test('an agent that returns in time brings its instance back, and nothing else changes', async (t) => {
  for (const strategy of [later, 'disabled']) {
    const { world, first } = lost(strategy, 'YOUNGEST_FIRST', 59);
    t.equal(instances(world).length, 1, 'there is no replacement yet');
    t.same(say(world, first, 'TASK_RUNNING'), []);
    t.match(instances(world), [{ taskId: first, condition: 'Running', unreachableSince: undefined }]);
  }
});

t.test('one that returns after its replacement makes one too many: killSelection decides', async (t) => {
  for (const killSelection of ['YOUNGEST_FIRST', 'OLDEST_FIRST']) {
    const { world, first } = lost(later, killSelection, 60);
    t.same(
      instances(world).map(({ condition }) => condition),
      ['UnreachableInactive', 'Running'],
    );
    const [victim] = say(world, first, 'TASK_RUNNING');
    t.equal(victim === first, killSelection === 'OLDEST_FIRST', killSelection);
    say(world, victim ?? '', 'TASK_KILLED');
    t.match(instances(world), [{ condition: 'Running' }]);
    t.equal(world.state.queue.size, 0);
  }
});

t.test('one that returns when it is forgotten is killed as nobody knows it', async (t) => {
  for (const [strategy, seconds] of [
    [{ inactiveAfterSeconds: 0, expungeAfterSeconds: 0 }, 0],
    [{ inactiveAfterSeconds: 60, expungeAfterSeconds: 60 }, 61],
    [later, 601],
  ] as const) {
    const { world, first } = lost(strategy, 'YOUNGEST_FIRST', seconds);
    world.nowMs += 1;
    world.turn();
    t.notOk(
      instances(world).some(({ taskId }) => taskId === first),
      JSON.stringify(strategy),
    );
    t.same(say(world, first, 'TASK_RUNNING'), [first]);
    t.equal(instances(world).length, 1, 'the replacement stays');
  }
});

t.test('an agent that is given up for good: its instances are gone at once', async (t) => {
  for (const state of ['TASK_GONE', 'TASK_GONE_BY_OPERATOR', 'TASK_UNKNOWN', 'TASK_DROPPED']) {
    const { world, first } = lost('disabled', 'YOUNGEST_FIRST', 10);
    say(world, first, state);
    t.notOk(
      instances(world).some(({ taskId }) => taskId === first),
      state,
    );
    t.equal(world.state.queue.get('/web')?.count, 1, `${state}: a replacement is wanted`);
  }
});
