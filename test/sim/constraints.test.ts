import t from 'tap';
import type { Command } from '../../src/scheduler/core/commands.js';
import type { AttributeValue } from '../../src/scheduler/model/offer.js';
import { anOffer } from '../support/scheduler-fixtures.js';
import { World } from './simulated-world.js';

interface Agent {
  readonly host: string;
  readonly attributes?: Readonly<Record<string, AttributeValue>>;
}

const text = (value: string): AttributeValue => ({ type: 'TEXT', value });
const agents = (count: number, racks = 1): Agent[] =>
  Array.from({ length: count }, (_, i) => ({ host: `slave-${i + 1}`, attributes: { rack: text(`r${i % racks}`) } }));

function create(instances: number, constraints: readonly (readonly string[])[]): Command {
  return {
    type: 'createApp',
    update: { id: '/a', cmd: 'sleep 1', cpus: 0.1, mem: 8, instances, constraints: constraints.map((c) => [...c]) },
    force: false,
    origin: { clientIp: '', uri: '' },
  };
}

/** Offers every agent some times over, and returns how many instances each of them has in the end. */
function place(world: World, command: Command, on: readonly Agent[]): Record<string, number> {
  world.command(command);
  for (let round = 0; round < 20; round++) {
    world.turn();
    const offers = on.map(({ host, attributes = {} }, i) => ({
      ...anOffer({ cpus: 100, memMib: 10_000 }, { id: `o${round}-${i}`, agentId: host }),
      hostname: host,
      attributes,
    }));
    world.receive({ type: 'offers', offers });
    world.turn();
  }
  const spread: Record<string, number> = {};
  for (const { host } of world.state.instances.values()) spread[host] = (spread[host] ?? 0) + 1;
  return spread;
}

t.test('17 unique instances on 16 agents: 16 run, the 17th waits and says why', async (t) => {
  const world = new World(1);
  const spread = place(world, create(17, [['hostname', 'UNIQUE']]), agents(16));
  t.same(Object.values(spread), Array(16).fill(1));
  const entry = world.state.queue.get('/a');
  t.equal(entry?.count, 1);
  t.match(entry?.offers.lastRefusals.get('slave-3')?.refusals, [
    { reason: 'UnfulfilledConstraint', needed: 'a host without an instance', had: 'slave-3, which has one' },
  ]);
});

t.test('cluster, groups, patterns, limits', async (t) => {
  const on = agents(6, 3);
  const hostsOf = (spread: Record<string, number>): string[] => Object.keys(spread).sort();
  t.same(hostsOf(place(new World(2), create(8, [['rack', 'CLUSTER', 'r1']]), on)), ['slave-2', 'slave-5']);
  t.same(place(new World(3), create(5, [['hostname', 'CLUSTER', 'slave-4']]), on), { 'slave-4': 5 });
  t.same(hostsOf(place(new World(4), create(12, [['hostname', 'LIKE', 'slave-[1-3]']]), on)), [
    'slave-1',
    'slave-2',
    'slave-3',
  ]);
  t.same(hostsOf(place(new World(5), create(12, [['hostname', 'UNLIKE', 'slave-[1-5]']]), on)), ['slave-6']);
  t.same(place(new World(6), create(30, [['hostname', 'MAX_PER', '2']]), agents(4)), {
    'slave-1': 2,
    'slave-2': 2,
    'slave-3': 2,
    'slave-4': 2,
  });
  for (const constraint of [
    ['rack', 'GROUP_BY'],
    ['rack', 'GROUP_BY', '3'],
  ]) {
    const spread = place(new World(7), create(9, [constraint]), on);
    const byRack = [0, 1, 2].map((rack) => (spread[`slave-${rack + 1}`] ?? 0) + (spread[`slave-${rack + 4}`] ?? 0));
    t.same(byRack, [3, 3, 3], constraint.join(' '));
  }
  t.same(place(new World(8), create(1, [['zone', 'CLUSTER']]), on), {}, 'no agent has that attribute');
});

t.test('an upgrade does not count the instances that it replaces', async (t) => {
  const world = new World(9);
  place(world, create(2, [['hostname', 'UNIQUE']]), agents(2));
  world.settle();
  const command: Command = {
    type: 'updateApps',
    updates: [{ id: '/a', update: { cmd: 'sleep 2' } }],
    partial: true,
    mayCreate: false,
    force: true,
    origin: { clientIp: '', uri: '' },
  };
  place(world, command, agents(2));
  const fresh = [...world.state.instances.values()].filter(
    ({ appVersion }) => appVersion === world.state.apps.get('/a')?.version,
  );
  t.same(fresh.map(({ host }) => host).sort(), ['slave-1', 'slave-2']);
});
