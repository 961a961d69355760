// Withdraw, acknowledge, drain, kill: what a deployment ends is killed when the edges have let go of it (design.md §3).
import t from 'tap';
import type { Command } from '../../src/scheduler/core/commands.js';
import type { ClusterCall } from '../../src/scheduler/core/effects.js';
import type { Instance } from '../../src/scheduler/model/instance.js';
import { World } from './simulated-world.js';

const origin = { clientIp: '127.0.0.1', uri: '/v2/apps' };
const edge = { type: 'edges', edges: ['lb edge-1:8000'] } as const;

function put(more: object = {}): Command {
  const update = { id: '/web', cmd: 'serve', cpus: 0.01, mem: 8, instances: 4, backoffSeconds: 0, ...more } as never;
  return {
    type: 'updateApps',
    updates: [{ id: '/web', update }],
    partial: true,
    mayCreate: true,
    force: false,
    origin,
  };
}

const kills = (calls: readonly ClusterCall[] = []): string[] =>
  calls.flatMap((call) => (call.type === 'kill' ? [call.taskId] : []));

function turn(world: World): string[] {
  return kills(world.turn()?.effects.calls);
}

const draining = (world: World): Instance[] =>
  [...world.state.instances.values()].filter(({ drainUntil }) => drainUntil !== undefined);

const ids = (instances: readonly Instance[]): string[] => instances.map(({ id }) => id);

/** A world in which four instances run, with an edge that never says anything by itself. */
function world(more: object = {}, drainTimeoutMs = 30_000): World {
  const made = new World(1, { drainTimeoutMs });
  made.command(put(more));
  made.settle();
  made.receive(edge);
  made.turn();
  return made;
}

t.test('a scale-down waits for the edges', async (t) => {
  const w = world();
  w.command(put({ instances: 1 }));
  t.same(turn(w), [], 'nothing is killed yet');
  const leaving = draining(w);
  t.equal(leaving.length, 3);
  for (const { goal, condition, killRequestedAt } of leaving) {
    t.same([goal, condition, killRequestedAt], ['Decommissioned', 'Running', undefined]);
  }
  t.equal(w.state.tallies.of('/web').kept, 1, 'they no longer count');
  const [first, ...others] = leaving as [Instance, Instance, Instance];
  w.receive({ type: 'drained', instanceIds: [first.id, 'web.instance-unknown'] });
  t.same(turn(w), [first.taskId], 'the one that nobody uses goes');
  w.nowMs += 29_999;
  t.same(turn(w), []);
  w.nowMs += 1;
  t.same(turn(w).sort(), others.map(({ taskId }) => taskId).sort(), 'after --drain_timeout the others go as well');
  w.settle();
  t.equal(w.tasks.size, 1);
  t.equal(w.state.deployments.size, 0);
});

t.test('nobody is waited for', async (t) => {
  const immediate = (w: World, command: Command): number => {
    w.command(command);
    return turn(w).length;
  };
  const alone = world();
  alone.receive({ type: 'edges', edges: [] });
  t.equal(immediate(alone, put({ instances: 1 })), 3, 'where no edge follows');
  t.equal(immediate(world({}, 0), put({ instances: 1 })), 3, 'with --drain=false');
  t.equal(immediate(world({ labels: { EKIDEN_DRAIN_TIMEOUT: '0' } }), put({ instances: 1 })), 3, 'by the label');
  const asked = world();
  const taskIds = [...asked.tasks.keys()].slice(0, 1);
  t.equal(
    immediate(asked, { type: 'killTasks', taskIds, scale: false, force: false }),
    1,
    'when somebody wants a task to be killed',
  );
  const both = world();
  both.command(put({ instances: 3 }));
  both.turn();
  const [one] = draining(both);
  const kill = { type: 'killTasks', taskIds: [one?.taskId ?? ''], scale: false, force: false } as Command;
  t.equal(immediate(both, kill), 1, 'that is draining already, too');
});

t.test('a label gives an app a time of its own', async (t) => {
  const w = world({ labels: { EKIDEN_DRAIN_TIMEOUT: '5' } });
  w.command(put({ instances: 3 }));
  w.turn();
  w.nowMs += 4_999;
  t.same(turn(w), []);
  w.nowMs += 1;
  t.equal(turn(w).length, 1);
});

t.test('kill and scale is a scale-down', async (t) => {
  const w = world();
  const [taskId = ''] = w.tasks.keys();
  w.command({ type: 'killTasks', taskIds: [taskId], scale: true, force: false });
  t.same(turn(w), []);
  t.same(
    draining(w).map((instance) => instance.taskId),
    [taskId],
  );
});

t.test('a rollout keeps its bounds while instances drain', async (t) => {
  const w = world({ upgradeStrategy: { minimumHealthCapacity: 0.5, maximumOverCapacity: 0.25 } });
  w.command(put({ cmd: 'serve better' }));
  let rounds = 0;
  for (; rounds < 200; rounds++) {
    w.clusterStep();
    w.turn();
    const { total, kept } = w.state.tallies.of('/web');
    if (total > 5) t.fail(`${total} instances, of at most 5`);
    if (kept < 2) t.fail(`${kept} instances that serve, of at least 2`);
    if (rounds > 0 && w.state.deployments.size === 0) break;
    if (w.random() < 0.3) w.receive({ type: 'drained', instanceIds: ids(draining(w)) });
    w.nowMs += 1_000;
  }
  t.ok(rounds > 2 && rounds < 200, `at its end after ${rounds} rounds`);
  t.equal(w.tasks.size, 4);
});

t.test('the next leader kills at the same deadline', async (t) => {
  const w = world();
  w.command(put({ instances: 3 }));
  w.turn();
  const [leaving] = draining(w) as [Instance];
  w.nowMs += 20_000;
  w.crash();
  w.turn();
  t.same([...w.state.edges], edge.edges, 'it knows the edges that it waits for');
  t.same(ids(draining(w)), [leaving.id]);
  w.nowMs += 9_999;
  t.same(turn(w), []);
  w.nowMs += 1;
  t.same(turn(w), [leaving.taskId]);
});

t.test('the agent of a draining instance is lost', async (t) => {
  const w = world();
  w.command(put({ instances: 3 }));
  w.turn();
  const [leaving] = draining(w) as [Instance];
  w.receive({
    type: 'status',
    status: {
      taskId: leaving.taskId,
      agentId: leaving.agentId,
      state: 'TASK_UNREACHABLE',
      message: '',
      ipAddresses: [],
    },
  });
  w.turn();
  t.notOk(w.state.instances.has(leaving.id), 'nobody waits for its end');
});
