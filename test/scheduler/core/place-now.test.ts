import fc from 'fast-check';
import t from 'tap';
import { MutableState } from '../../../src/scheduler/core/mutable-state.js';
import type { FreeAgent } from '../../../src/scheduler/core/plan/free-agent.js';
import { placeNow } from '../../../src/scheduler/core/plan/place-now.js';
import type { PlacementLimits, PlannedPlacement } from '../../../src/scheduler/core/plan/place-now.js';
import type { PlannedChange } from '../../../src/scheduler/core/plan/plan-command.js';
import type { AppDefinition } from '../../../src/scheduler/model/app-definition.js';
import type { RoleResources } from '../../../src/scheduler/model/offer.js';
import { settings } from '../../sim/simulated-world.js';
import { anApp, anOffer } from '../../support/scheduler-fixtures.js';

const rules = { nowMs: 0, settings };

function agent(name: string, resources: Partial<RoleResources>, more: Partial<FreeAgent['offer']> = {}): FreeAgent {
  return { offer: { ...anOffer(resources, { agentId: name, id: '' }), hostname: name, ...more } };
}

function created(app: AppDefinition): PlannedChange {
  return { id: app.id, kind: 'app', effect: 'create', to: app };
}

function place(
  apps: readonly AppDefinition[],
  agents: readonly FreeAgent[],
  limits?: PlacementLimits,
): PlannedPlacement[] {
  const steps = apps.map(({ id }) => ({
    actions: [{ action: 'ScaleApplication' as const, id, kind: 'app' as const }],
  }));
  return placeNow(new MutableState(), { changes: apps.map(created), steps }, agents, rules, limits);
}

const small = anApp({ id: '/small', cpus: 1, memMib: 32, portDefinitions: [] });

t.test('instances land where there is room, and what does not is told with every reason', async (t) => {
  const agents = [agent('a', { cpus: 2.5 }), agent('b', { cpus: 1, memMib: 16 })];
  const [placement] = place([{ ...small, instances: 4 }], agents);
  t.match(placement, {
    id: '/small',
    wanted: 4,
    untried: 0,
    landings: [{ agentId: 'a', hostname: 'a', instances: 2 }],
  });
  t.same(
    placement?.refusing.map(({ hostname, refusals }) => [hostname, refusals.map(({ needed, had }) => [needed, had])]),
    [
      ['a', [['1 cpus', '0.5 cpus']]],
      ['b', [['32 MiB of memory', '16 MiB of memory']]],
    ],
  );
});

t.test('apps of one plan share what is free, in the order of its steps', async (t) => {
  const agents = [agent('a', { cpus: 3 })];
  const [first, second] = place(
    [
      { ...small, id: '/z', instances: 2 },
      { ...small, id: '/a', instances: 2 },
    ],
    agents,
  );
  t.match(first, { id: '/z', landings: [{ instances: 2 }], refusing: [] });
  t.match(second, { id: '/a', wanted: 2, landings: [{ instances: 1 }] });
});

t.test('constraints count what this plan has placed', async (t) => {
  const agents = ['a', 'b', 'c'].map((name) => agent(name, { cpus: 8 }));
  const [unique] = place([{ ...small, instances: 4, constraints: [['hostname', 'UNIQUE']] }], agents);
  t.same(
    unique?.landings.map(({ hostname, instances }) => [hostname, instances]),
    [
      ['a', 1],
      ['b', 1],
      ['c', 1],
    ],
  );
  t.match(unique?.refusing[0]?.refusals, [{ constraint: { field: 'hostname', operator: 'UNIQUE' } }]);
  const [grouped] = place([{ ...small, instances: 8, constraints: [['hostname', 'GROUP_BY']] }], agents);
  t.same(grouped?.landings.map(({ instances }) => instances).sort(), [2, 3, 3]);
  t.same(grouped?.refusing, [], 'all have a place');
});

t.test('agents that are not offered, or under maintenance, take nothing', async (t) => {
  const agents = [
    { ...agent('gone', {}), withheld: 'it is deactivated' },
    agent('maintained', {}, { unavailability: { startMs: 0 } }),
  ];
  const [placement] = place([small], agents);
  t.match(placement?.refusing, [
    { refusals: [{ reason: 'AgentMaintenance', had: 'it is deactivated' }] },
    { refusals: [{ reason: 'AgentMaintenance' }] },
  ]);
});

t.test('an app with persistent volumes needs room for its place', async (t) => {
  const volume = { containerPath: 'data', mode: 'RW', persistent: { size: 600 } } as const;
  const resident = { ...small, role: 'dev', instances: 3, container: { type: 'MESOS', volumes: [volume] } } as const;
  const [placement] = place([resident], [agent('a', { diskMib: 1300 }), agent('b', { role: 'dev', diskMib: 5000 })]);
  t.match(placement?.landings, [{ hostname: 'a', instances: 2 }]);
  t.match(placement?.refusing, [
    {
      hostname: 'a',
      refusals: [{ reason: 'InsufficientDisk', amounts: { needed: { diskMib: 600 }, had: { diskMib: 100 } } }],
    },
    { hostname: 'b', refusals: [{ reason: 'UnfulfilledRole' }] },
  ]);
});

t.test('nothing is tried without end', async (t) => {
  const agents = [agent('a', { cpus: 1000, memMib: 1_000_000 })];
  const app = { ...small, instances: 50 };
  t.match(place([app], agents, { instances: 20, pairs: 1000 }), [
    { wanted: 50, untried: 30, landings: [{ instances: 20 }] },
  ]);
  t.match(place([app], agents, { instances: 100, pairs: 10 }), [
    { wanted: 50, untried: 40, landings: [{ instances: 10 }] },
  ]);
});

t.test('no agent is given more than it has, and nobody who could take one more is left out', async () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 12 }), { minLength: 1, maxLength: 6 }),
      fc.integer({ min: 0, max: 40 }),
      fc.constantFrom(0.5, 1, 2.5),
      (free, instances, cpus) => {
        const agents = free.map((amount, i) => agent(`s${i}`, { cpus: amount }));
        const [placement] = place([{ ...small, cpus, instances }], agents);
        const rooms = free.map((amount) => Math.floor(amount / cpus));
        const placed = placement?.landings.reduce((sum, landing) => sum + landing.instances, 0) ?? 0;
        const room = rooms.reduce((sum, one) => sum + one, 0);
        const isFull = placement?.landings.every(
          ({ agentId, instances: n }) => n <= (rooms[Number(agentId.slice(1))] ?? 0),
        );
        return placed === Math.min(room, instances) && isFull !== false;
      },
    ),
    { numRuns: 60 },
  );
});
