import t from 'tap';
import { anOffer } from '../support/scheduler-fixtures.js';
import { World } from './simulated-world.js';

const origin = { clientIp: '127.0.0.1', uri: '/v2/apps' };
const plenty = { cpus: 1000, memMib: 1_000_000, diskMib: 1_000_000, ports: [{ begin: 1, end: 60_000 }] };

function worldWith(apps: Readonly<Record<string, number>>): World {
  const world = new World(1, { launchTokens: 10_000, maxInstancesPerOffer: 10_000, localPortMax: 20_000 });
  for (const [id, instances] of Object.entries(apps)) {
    const update = { id, cmd: 'sleep 1', cpus: 0.01, mem: 1, instances };
    world.command({ type: 'createApp', update, force: false, origin });
  }
  world.turn();
  return world;
}

/** Gives it so many offers at once, and lets it do with them what it does without any time passing or anything else happening. */
function launchesPerTurn(world: World, offers: number): number[] {
  const launches: number[] = [];
  world.receive({
    type: 'offers',
    offers: Array.from({ length: offers }, (_, i) => anOffer(plenty, { id: `O${i}`, agentId: `S${i}` })),
  });
  for (let turn = world.turn(); turn !== undefined; turn = world.turn()) {
    launches.push(
      turn.effects.calls.reduce((sum, call) => sum + (call.type === 'accept' ? call.operations.length : 0), 0),
    );
  }
  return launches;
}

t.test('very many launches are done in several turns, so that others get their turn', (t) => {
  const world = worldWith({ '/large': 600 });
  const launches = launchesPerTurn(world, 4);
  t.equal(
    launches.reduce((sum, count) => sum + count, 0),
    600,
    'all of them without another offer',
  );
  t.ok(launches.length >= 3 && Math.max(...launches) <= 250, `${launches.join(', ')} of them`);
  t.end();
});

t.test('the order of the apps is kept over the turns', (t) => {
  const world = worldWith({ '/a': 300, '/b': 300 });
  launchesPerTurn(world, 3);
  const count = (id: string): number => world.state.instancesOf.get(id)?.size ?? 0;
  t.same([count('/a'), count('/b')], [300, 300]);
  const agents = (id: string): (string | undefined)[] => [
    ...new Set(
      [...(world.state.instancesOf.get(id) ?? [])].map((instance) => world.state.instances.get(instance)?.agentId),
    ),
  ];
  t.same(agents('/a'), ['S0', 'S1'], 'what waits longer takes the offers first');
  t.same(agents('/b'), ['S1', 'S2'], 'what it leaves is for the next one');
  t.end();
});

t.test('who leaves the queue and comes again has its new place in it', (t) => {
  const world = worldWith({ '/a': 1, '/b': 1 });
  launchesPerTurn(world, 1);
  world.settle();
  world.command({
    type: 'updateApps',
    updates: [{ id: '/b', update: { instances: 2 } }],
    partial: true,
    mayCreate: false,
    force: false,
    origin,
  });
  world.turn();
  world.nowMs += 1000;
  world.command({
    type: 'updateApps',
    updates: [{ id: '/a', update: { instances: 2 } }],
    partial: true,
    mayCreate: false,
    force: false,
    origin,
  });
  world.turn();
  const waiting = [...world.state.queue.values()]
    .sort((a, b) => (a.since < b.since ? -1 : 1))
    .map(({ appId }) => appId);
  t.same(waiting, ['/b', '/a']);
  world.receive({ type: 'offers', offers: [anOffer({ ...plenty, cpus: 0.01 }, { id: 'last', agentId: 'S9' })] });
  world.turn();
  t.same([...world.state.queue.keys()], ['/a'], 'the offer has room for one: the longer waiting');
  t.end();
});
