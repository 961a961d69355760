import assert from 'node:assert/strict';
import fc from 'fast-check';
import t from 'tap';
import { changed } from '../../../src/scheduler/core/explain/field-change.js';
import type { FieldChange } from '../../../src/scheduler/core/explain/field-change.js';
import { smallestChanges } from '../../../src/scheduler/core/explain/smallest-change.js';
import type { RefusedOffer, Suggestion } from '../../../src/scheduler/core/explain/smallest-change.js';
import { matchOffer } from '../../../src/scheduler/core/match/match-offer.js';
import type { MatchRules } from '../../../src/scheduler/core/match/match-offer.js';
import { constraintsOf, Spreads } from '../../../src/scheduler/core/match/spread.js';
import type { Offer, RoleResources } from '../../../src/scheduler/model/offer.js';
import type { PodDefinition } from '../../../src/scheduler/model/pod-definition.js';
import type { RunSpec } from '../../../src/scheduler/model/run-spec.js';
import { settings } from '../../sim/simulated-world.js';
import { anApp, anOffer } from '../../support/scheduler-fixtures.js';

const rules: MatchRules = { nowMs: 0, settings };
const nowhere = new Spreads(() => []);

function agent(
  name: string,
  resources: Partial<RoleResources>,
  attributes: Readonly<Record<string, string>> = {},
): Offer {
  return {
    ...anOffer(resources, { agentId: name }),
    hostname: name,
    attributes: Object.fromEntries(
      Object.entries(attributes).map(([key, value]) => [key, { type: 'TEXT' as const, value }]),
    ),
  };
}

/** Those of the offers that the definition does not fit, as they are remembered. */
function refused(runSpec: RunSpec, offers: readonly Offer[]): RefusedOffer[] {
  return offers.flatMap((offer) => {
    const match = matchOffer(runSpec, offer, nowhere, () => 0, rules);
    return match.fits ? [] : [{ offer, refusals: match.refusals }];
  });
}

function suggest(runSpec: RunSpec, offers: readonly Offer[]): readonly Suggestion[] {
  return smallestChanges(runSpec, refused(runSpec, offers), nowhere, rules);
}

const told = (suggestions: readonly Suggestion[]): unknown =>
  suggestions.map(({ changes, fits }) => [changes, fits.map(({ hostname }) => hostname)]);

t.test('less of a resource: as little as one agent needs, and all agents that it fits then', async (t) => {
  const app = anApp({ cpus: 2, memMib: 128 });
  const offers = [agent('a', { cpus: 0.5 }), agent('b', { cpus: 1.5 }), agent('c', { cpus: 1.75, memMib: 64 })];
  t.same(told(suggest(app, offers)), [[[{ field: 'cpus', from: 2, to: 1.5 }], ['b']]]);
  const four = ['a', 'b', 'c', 'd'].map((name) => agent(name, { cpus: 1.5 }));
  t.same(told(suggest(app, four)), [[[{ field: 'cpus', from: 2, to: 1.5 }], ['a', 'b', 'c', 'd']]]);
  t.same(suggest(app, [agent('a', { cpus: 0 })]), [], 'nothing at all is no suggestion');
});

t.test('constraints, ports and roles', async (t) => {
  const racks = anApp({
    constraints: [
      ['rack', 'LIKE', 'x'],
      ['hostname', 'UNLIKE', 'b'],
    ],
  });
  t.same(told(suggest(racks, [agent('a', {}, { rack: 'y' }), agent('b', {}, { rack: 'y' }), agent('c', {})])), [
    [[{ field: 'constraints', constraint: { field: 'rack', operator: 'LIKE', value: 'x' } }], ['a', 'c']],
  ]);
  const fixed = anApp({ requirePorts: true, portDefinitions: [{ port: 80, protocol: 'tcp', labels: {} }] });
  t.same(told(suggest(fixed, [agent('a', {}), agent('b', { ports: [] })])), [
    [[{ field: 'hostPorts', ports: [80] }], ['a']],
  ]);
  const dev = anApp({ role: 'dev', acceptedResourceRoles: ['dev'] });
  t.same(told(suggest(dev, [agent('a', {}), agent('b', { role: 'other' })])), [
    [[{ field: 'acceptedResourceRoles', added: ['*'], to: ['dev', '*'] }], ['a']],
  ]);
});

t.test('the fewest members first; of those alike, what fits more agents', async (t) => {
  const app = anApp({ cpus: 2, constraints: [['rack', 'IS', 'x']] });
  const offers = [
    agent('both', { cpus: 1.9 }, { rack: 'y' }),
    agent('a', { cpus: 1 }, { rack: 'x' }),
    agent('b', { cpus: 8 }, { rack: 'y' }),
    agent('c', { cpus: 8 }, { rack: 'z' }),
  ];
  t.same(told(suggest(app, offers)), [
    [[{ field: 'constraints', constraint: { field: 'rack', operator: 'IS', value: 'x' } }], ['b', 'c']],
    [[{ field: 'cpus', from: 2, to: 1 }], ['a']],
  ]);
  const [first, ...others] = suggest(app, offers.slice(0, 1));
  t.same(others, []);
  t.same(
    first?.changes.map(({ field }) => field),
    ['constraints', 'cpus'],
    'one agent that needs both',
  );
});

t.test('of a pod the largest container gives way; its executor does not', async (t) => {
  const container = { endpoints: [], environment: {}, volumeMounts: [], artifacts: [], labels: {} };
  const resources = (cpus: number): PodDefinition['containers'][number]['resources'] => ({
    cpus,
    memMib: 32,
    diskMib: 0,
    gpus: 0,
  });
  const { version, versionInfo, unreachableStrategy, upgradeStrategy, killSelection } = anApp();
  const pod: PodDefinition = {
    id: '/pod',
    containers: [
      { ...container, name: 'small', resources: resources(0.4) },
      {
        ...container,
        name: 'large',
        resources: resources(1),
        endpoints: [{ name: 'e', hostPort: 80, protocol: ['tcp'], labels: {}, networkNames: [] }],
      },
    ],
    instances: 1,
    role: '*',
    labels: {},
    environment: {},
    secrets: {},
    volumes: [],
    networks: [],
    constraints: [{ fieldName: 'rack', operator: 'IS', value: 'x' }],
    executorResources: { cpus: 0.1, memMib: 32, diskMib: 10 },
    dependencies: [],
    backoffSeconds: 1,
    backoffFactor: 1.15,
    maxLaunchDelaySeconds: 300,
    upgradeStrategy,
    unreachableStrategy,
    killSelection,
    version,
    versionInfo,
  };
  const ports = [{ begin: 80, end: 80 }];
  t.same(told(suggest(pod, [agent('a', { cpus: 1.2, ports }, { rack: 'x' })])), [
    [[{ field: 'cpus', from: 1, to: 0.7, container: 'large' }], ['a']],
  ]);
  t.same(told(suggest(pod, [agent('a', { cpus: 2 }, { rack: 'x' })])), [
    [[{ field: 'hostPorts', ports: [80] }], ['a']],
  ]);
  t.same(told(suggest(pod, [agent('a', { ports }, { rack: 'y' })])), [
    [[{ field: 'constraints', constraint: { field: 'rack', operator: 'IS', value: 'x' } }], ['a']],
  ]);
});

t.test('what no definition can help is not suggested', async (t) => {
  const app = anApp({ cpus: 2 });
  t.same(suggest(app, [{ ...agent('a', { cpus: 1 }), unavailability: { startMs: 0 } }]), [], 'maintenance');
  const [other] = refused(app, [agent('a', { cpus: 1 })]);
  assert(other !== undefined);
  const artifact = { reason: 'UnfulfilledConstraint', needed: 'an artifact', had: 'nothing' } as const;
  const withArtifact = { ...other, refusals: [artifact, ...other.refusals] };
  t.same(smallestChanges(app, [withArtifact], nowhere, rules), [], 'an artifact that is missing');
});

const offerOf = fc
  .record({
    cpus: fc.constantFrom(0, 0.5, 1, 4),
    memMib: fc.constantFrom(0, 16, 64, 512),
    diskMib: fc.constantFrom(0, 100),
    gpus: fc.constantFrom(0, 1),
    begin: fc.constantFrom(80, 31000),
    rack: fc.constantFrom('x', 'y', undefined),
    role: fc.constantFrom('*', 'dev', 'other'),
    reserved: fc.boolean(),
  })
  .map(({ begin, rack, role, reserved, ...amounts }, i = 0): Offer => {
    const one = agent(
      `s${i}`,
      { ...amounts, role, ports: [{ begin, end: begin + 2 }] },
      rack === undefined ? {} : { rack },
    );
    const more: RoleResources = { role: 'dev', cpus: 4, memMib: 512, diskMib: 100, gpus: 0, ports: [] };
    return reserved ? { ...one, resources: [...one.resources, more] } : one;
  });

const appOf = fc
  .record({
    cpus: fc.constantFrom(0.1, 1, 2),
    memMib: fc.constantFrom(32, 128),
    diskMib: fc.constantFrom(0, 50),
    gpus: fc.constantFrom(0, 1),
    requirePorts: fc.boolean(),
    ports: fc.subarray([80, 82, 31002]),
    constraints: fc.subarray([
      ['rack', 'LIKE', 'x'],
      ['rack', 'UNLIKE', 'y'],
      ['hostname', 'UNIQUE'],
      ['zone', 'CLUSTER', 'z'],
    ]),
    accepted: fc.constantFrom(undefined, ['*'], ['dev'], ['dev', '*']),
  })
  .map(({ ports, accepted, ...more }) =>
    anApp({
      ...more,
      role: 'dev',
      portDefinitions: ports.map((port) => ({ port, protocol: 'tcp', labels: {} })),
      ...(accepted === undefined ? {} : { acceptedResourceRoles: accepted }),
    }),
  );

/** Every change of one member that could help, whatever else is refused. */
function singleChanges(runSpec: RunSpec & { readonly cpus: number }, offers: readonly Offer[]): FieldChange[] {
  const app = runSpec as ReturnType<typeof anApp>;
  const amounts = offers.flatMap(({ resources }) => resources);
  const lower = (['cpus', 'memMib', 'diskMib', 'gpus'] as const).flatMap((field) =>
    [...new Set([...amounts.map((part) => part[field]), ...amounts.map((part) => part[field] + 4)])]
      .filter((to) => to < app[field] && (to > 0 || field === 'diskMib' || field === 'gpus'))
      .map((to): FieldChange => ({ field, from: app[field], to })),
  );
  const ports: FieldChange[] = app.requirePorts ? [{ field: 'hostPorts', ports: [80, 82, 31002] }] : [];
  const roles: FieldChange = { field: 'acceptedResourceRoles', added: [], to: ['dev', '*'] };
  return [
    ...lower,
    ...ports,
    roles,
    ...constraintsOf(app).map((constraint): FieldChange => ({ field: 'constraints', constraint })),
  ];
}

t.test('what is suggested really fits, and no single change does where several are suggested', async () => {
  fc.assert(
    fc.property(appOf, fc.array(offerOf, { minLength: 1, maxLength: 5 }), (app, offers) => {
      const rejected = refused(app, offers);
      const suggestions = smallestChanges(app, rejected, nowhere, rules);
      for (const { changes, runSpec, fits } of suggestions) {
        assert.notEqual(fits.length, 0);
        assert.deepEqual(changes.reduce(changed, app as RunSpec), runSpec);
        for (const offer of rejected.map((one) => one.offer)) {
          assert.equal(matchOffer(runSpec, offer, nowhere, () => 0, rules).fits, fits.includes(offer));
        }
      }
      if (suggestions[0]?.changes.length === 1) return;
      for (const change of singleChanges(app, offers)) {
        const other = changed(app, change);
        const fitting = rejected.filter(({ offer }) => matchOffer(other, offer, nowhere, () => 0, rules).fits);
        assert.equal(fitting.length, 0, `${JSON.stringify(change)} was not suggested`);
      }
    }),
    { numRuns: 300 },
  );
});
