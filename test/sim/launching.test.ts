import t from 'tap';
import type { Command } from '../../src/scheduler/core/commands.js';
import type { ClusterCall } from '../../src/scheduler/core/effects.js';
import type { Offer } from '../../src/scheduler/model/offer.js';
import { anOffer } from '../support/scheduler-fixtures.js';
import { World } from './simulated-world.js';
import { launchedTasks } from '../support/launched-tasks.js';

const create = (more: object = {}): Command => ({
  type: 'createApp',
  update: { id: '/web', cmd: 'sleep 1000', cpus: 0.01, mem: 8, instances: 1, ...more },
  force: false,
  origin: { clientIp: '127.0.0.1', uri: '/v2/apps' },
});

type Calls = readonly ClusterCall[];

function turn(world: World): Calls {
  return world.turn()?.effects.calls ?? [];
}

let ids = 0;
const plenty = (changes: Partial<Offer> = {}): Offer => ({
  ...anOffer({ cpus: 100, memMib: 100_000 }, { id: `o${ids++}` }),
  ...changes,
});

function offer(world: World, ...offers: readonly Offer[]): Calls {
  world.receive({ type: 'offers', offers });
  return turn(world);
}

function say(world: World, state: string, ...taskIds: readonly string[]): Calls {
  for (const taskId of taskIds) {
    world.receive({ type: 'status', status: { taskId, agentId: 'S1', state, message: '', ipAddresses: [] } });
  }
  return turn(world);
}

const launched = (calls: Calls): string[] => launchedTasks(calls).map(({ taskId }) => taskId);
const declined = (calls: Calls): string[] =>
  calls.flatMap((call) => (call.type === 'decline' ? [...call.offerIds] : []));
const types = (calls: Calls): string[] => calls.map(({ type }) => type);

function worldWith(command: Command, changes: ConstructorParameters<typeof World>[1] = {}): World {
  const world = new World(1, changes);
  world.command(command);
  world.turn();
  return world;
}

t.test('from one offer come at most max_instances_per_offer', async (t) => {
  const world = worldWith(create({ instances: 12 }), { maxInstancesPerOffer: 4 });
  const calls = offer(world, plenty(), plenty());
  t.match(
    calls.filter(({ type }) => type === 'accept'),
    [{ operations: { length: 4 } }, { operations: { length: 4 } }],
  );
  t.equal(launched(calls).length, 8);
});

t.test('an unused offer is declined for decline_offer_duration', async (t) => {
  const world = worldWith(create({ cpus: 1000 }), { declineOfferDurationMs: 7_000 });
  const unused = plenty();
  t.match(offer(world, unused), [{ type: 'decline', offerIds: [unused.id], refuseSeconds: 7 }]);
});

t.test(
  'launch tokens: what runs and is healthy lets the next be launched, on the offers that wait for it',
  async (t) => {
    const world = worldWith(create({ instances: 5 }), { launchTokens: 2 });
    const [first, second] = [plenty(), plenty()];
    const calls = offer(world, first, second);
    const [a = '', b = ''] = launched(calls);
    t.equal(launched(calls).length, 2);
    t.same(declined(calls), [], 'the second offer is kept');
    t.same(launched(say(world, 'TASK_STAGING', a, b)), [], 'staging is not running');
    say(world, 'TASK_RUNNING', a);
    const next = turn(world);
    t.match(next, [{ type: 'accept', offerId: second.id, operations: { length: 1 } }]);
    t.same(launched(offer(world, plenty())), [], 'none is left');
  },
);

t.test('launch tokens: an app with health checks gives them back when it is healthy', async (t) => {
  const world = worldWith(create({ instances: 3, healthChecks: [{ path: '/', gracePeriodSeconds: 0 }] }), {
    launchTokens: 1,
  });
  const [first = ''] = launched(offer(world, plenty()));
  offer(world, plenty());
  say(world, 'TASK_RUNNING', first);
  t.same(launched(turn(world)), []);
  for (const result of ['unhealthy', 'healthy', 'unhealthy', 'healthy'] as const) {
    world.receive({ type: 'health', results: [{ taskId: first, checkIndex: 0, result }] });
  }
  world.turn();
  t.equal(world.state.instances.size, 1, 'the offer is used in a turn of its own');
  t.equal(launched(turn(world)).length, 1, 'for one more, however often it turns healthy');
});

t.test(
  'launch tokens are all back after the refresh interval; offers are given back before and asked for again',
  async (t) => {
    const world = worldWith(create({ instances: 5 }), { launchTokens: 2, reconciliationInitialDelayMs: 60_000 });
    offer(world, plenty());
    const kept = plenty();
    t.same(types(offer(world, kept)), []);
    world.nowMs += 3_000;
    t.same(declined(turn(world)), [kept.id], 'nobody else could use it meanwhile');
    world.nowMs += 26_000;
    t.same(types(turn(world)), []);
    world.nowMs += 1_000;
    t.same(types(turn(world)), ['revive']);
    t.equal(launched(offer(world, plenty())).length, 2);
  },
);

t.test('an offer that Mesos takes back, or that came over a lost connection, is not used any more', async (t) => {
  const lose = {
    rescinded: (world: World, { id }: Offer) => world.receive({ type: 'rescinded', offerId: id }),
    disconnected: (world: World) => world.receive({ type: 'disconnected' }),
    registered: (world: World) => world.receive({ type: 'registered', frameworkId: 'F', master: 'm:5050' }),
  };
  for (const [how, loses] of Object.entries(lose)) {
    const world = worldWith(create({ instances: 2 }), { launchTokens: 1 });
    const [first = ''] = launched(offer(world, plenty()));
    const kept = plenty();
    offer(world, kept);
    loses(world, kept);
    world.turn();
    say(world, 'TASK_RUNNING', first);
    const calls = [...turn(world), ...turn(world)];
    t.same([launched(calls), declined(calls)], [[], []], how);
  }
});

t.test('suppress_offers: Mesos is told when nothing waits, or not', async (t) => {
  for (const suppressOffers of [true, false]) {
    const world = new World(1, { suppressOffers });
    t.equal(types(turn(world)).includes('suppress'), suppressOffers);
    world.command(create());
    t.same(types(turn(world)), ['revive'], 'the first comes at once');
    const calls = offer(world, plenty());
    t.equal(types(calls).includes('suppress'), suppressOffers);
  }
});

t.test('requests for offers keep their distance, but for the first', async (t) => {
  const world = new World(1);
  world.turn();
  world.command(create());
  t.same(types(turn(world)), ['revive']);
  world.nowMs += 1_000;
  world.command(create({ id: '/other' }));
  t.same(types(turn(world)), []);
  world.nowMs += 3_999;
  t.same(types(turn(world)), []);
  world.nowMs += 1;
  t.same(types(turn(world)), ['revive']);
});

t.test('resources: reserved ones first; which ones by default', async (t) => {
  const resources = (role: string, cpus: number) => ({
    role,
    cpus,
    memMib: 1_000,
    diskMib: 0,
    gpus: 0,
    ports: [{ begin: 31_000, end: 31_099 }],
  });
  const both = (): Offer => plenty({ allocationRole: 'prod', resources: [resources('*', 2), resources('prod', 1)] });
  const rolesUsed = (defaultAcceptedRoles: 'any' | 'unreserved' | 'reserved', more: object = {}): string[] => {
    const world = worldWith(create({ role: 'prod', cpus: 0.5, ports: [], ...more }), {
      defaultAcceptedRoles,
      mesosRole: 'prod',
    });
    const calls = offer(world, both());
    return launchedTasks(calls).flatMap(({ resources }) => resources.parts.map((part) => part.role));
  };
  t.same(rolesUsed('any'), ['prod']);
  t.same(rolesUsed('any', { cpus: 2.5 }), ['prod', '*'], 'and unreserved ones when they do not suffice');
  t.same(rolesUsed('unreserved'), ['*']);
  t.same(rolesUsed('reserved'), ['prod']);
  t.same(rolesUsed('reserved', { cpus: 1.5 }), []);
  t.same(rolesUsed('reserved', { acceptedResourceRoles: ['*'] }), ['*'], 'what the app says counts');
});

t.test('maintenance: agents are left alone from the draining on, until it is over', async (t) => {
  const start = Date.UTC(2026, 0, 1, 12);
  const used = (nowMs: number, durationMs: number | undefined, changes: object = {}): boolean => {
    const world = new World(1, { drainingMs: 60_000, ...changes });
    world.nowMs = nowMs;
    world.command(create());
    world.turn();
    const unavailability = { startMs: start, ...(durationMs === undefined ? {} : { durationMs }) };
    const calls = offer(world, plenty({ unavailability }));
    const refusals = world.state.queue.get('/web')?.offers.lastRefusals.get('S1')?.refusals;
    if (launched(calls).length === 0)
      t.match(refusals, [{ reason: 'AgentMaintenance', had: /^maintenance from 2026-01-01T12:00/ }]);
    return launched(calls).length > 0;
  };
  t.equal(used(start - 60_001, 3_600_000), true, 'before');
  t.equal(used(start - 60_000, 3_600_000), false, 'draining');
  t.equal(used(start + 3_600_000, 3_600_000), false, 'the last moment');
  t.equal(used(start + 3_600_001, 3_600_000), true, 'after');
  t.equal(used(start + 1e12, undefined), false, 'without an end');
  t.equal(used(start, 3_600_000, { maintenanceMode: false }), true, 'not heeded');
});

t.test('many offers for many that wait: so many a turn, and everyone gets its turn', async (t) => {
  const [apps, agents] = [500, 100];
  const world = new World(1);
  world.command({
    type: 'createGroup',
    id: '/big',
    update: {
      id: '/big',
      apps: Array.from({ length: apps }, (_, i) => ({
        id: `a${i}`,
        cmd: 'sleep 1',
        ports: [],
        cpus: i === apps - 1 ? 0.1 : 1_000,
      })),
    },
    force: false,
  });
  world.turn();
  t.equal(world.state.queue.size, apps);
  const counts = (): number[] => [...world.state.queue.values()].map((entry) => entry.offers.processed);
  const sum = (): number => counts().reduce((a, b) => a + b, 0);
  let calls = [...offer(world, ...Array.from({ length: agents }, (_, i) => plenty({ agentId: `S${i}` })))];
  t.equal(sum(), 20_000);
  t.same(declined(calls), [], 'they are kept for the others');
  let turns = 1;
  for (; turns < 10 && world.wakeMs !== undefined && world.wakeMs <= world.nowMs; turns++) {
    const before = sum();
    calls = [...calls, ...turn(world)];
    t.ok(sum() - before <= 20_000);
  }
  t.equal(turns, 3);
  t.equal(launched(calls).length, 1, 'the one that fits, though it is among the last');
  t.same(new Set(counts()), new Set([agents]), 'all others were held against all offers, once');
  t.equal(declined(calls).length, agents - 1);
});
