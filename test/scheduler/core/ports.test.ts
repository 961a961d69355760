import fc from 'fast-check';
import t from 'tap';
import { askOf } from '../../../src/scheduler/core/match/ask.js';
import { hostPortNeedOf, pickPorts } from '../../../src/scheduler/core/match/ports.js';
import { offerFilters } from '../../../src/scheduler/core/match/filters.js';
import { resourcesFor } from '../../../src/scheduler/core/match/offer-resources.js';
import { Spreads } from '../../../src/scheduler/core/match/spread.js';
import type { AppDefinition } from '../../../src/scheduler/model/app-definition.js';
import type { PortMapping } from '../../../src/scheduler/model/container.js';
import { anApp, anOffer } from '../../support/scheduler-fixtures.js';

function mapped(mappings: readonly Partial<PortMapping>[]): AppDefinition {
  const portMappings = mappings.map((mapping) => ({
    containerPort: 0,
    servicePort: 0,
    protocol: 'tcp',
    labels: {},
    ...mapping,
  }));
  return anApp({
    portDefinitions: [],
    networks: [{ mode: 'container', name: 'net' }],
    container: { type: 'MESOS', volumes: [], portMappings },
  });
}

t.test('open ports are never those that other mappings ask for', async (t) => {
  const app = mapped([{ hostPort: 0 }, { hostPort: 31000 }, { containerPort: 80 }, { hostPort: 0 }]);
  t.same(hostPortNeedOf(app), { fixed: [31000], open: 2 });
  t.same(
    pickPorts(app, [{ begin: 31000, end: 31002 }], () => 0),
    { ports: [31001, 31000, 31002], containerPorts: [31001, 31000, 80, 31002] },
  );
});

t.test('an offer with too few ports says what is missing', async (t) => {
  const spreads = new Spreads(() => []);
  const refusals = (app: AppDefinition, begin: number, end: number): unknown => {
    const offer = anOffer({ ports: [{ begin, end }] });
    const candidate = { ask: askOf(app), offer, spreads, acceptedRoles: ['*'], resources: resourcesFor(offer, ['*']) };
    return offerFilters.flatMap((filter) => filter(candidate)).map(({ needed, had }) => [needed, had]);
  };
  const app = mapped([{ hostPort: 31000 }, { hostPort: 0 }, { hostPort: 0 }]);
  t.same(refusals(app, 31000, 31001), [['2 ports beside 31000', '1 ports']]);
  t.same(refusals(app, 31001, 31009), [['ports 31000', 'all but 31000']]);
  t.same(refusals(app, 31000, 31002), []);
  t.same(refusals(mapped([{ containerPort: 80 }]), 1, 1), [], 'without host ports no port is needed');
});

t.test('whatever is picked is offered, given once, and as it was asked for', async (t) => {
  const mapping = fc.record({
    containerPort: fc.constantFrom(0, 80, 1025),
    hostPort: fc.constantFrom<(number | undefined)[]>(undefined, 0, 0, 31000, 31002),
  });
  const arbitrary = fc.tuple(
    fc.array(mapping, { maxLength: 6 }),
    fc.integer({ min: 0, max: 8 }),
    fc.double({ min: 0, max: 0.999, noNaN: true }),
  );
  const wrong: unknown[] = [];
  fc.assert(
    fc.property(arbitrary, ([mappings, size, random]) => {
      const app = mapped(
        mappings.map(({ containerPort, hostPort }) => ({
          containerPort,
          ...(hostPort === undefined ? {} : { hostPort }),
        })),
      );
      const offered = [{ begin: 31000, end: 31000 + size }];
      const picked = pickPorts(app, offered, () => random);
      if (picked === undefined) return;
      const wanted = mappings.flatMap(({ hostPort }) => hostPort ?? []);
      const open = picked.ports.filter((_, i) => wanted[i] === 0);
      const isRight =
        picked.ports.length === wanted.length &&
        picked.ports.every((port, i) => wanted[i] === 0 || wanted[i] === port) &&
        picked.ports.every((port) => port >= 31000 && port <= 31000 + size) &&
        new Set(open).size === open.length &&
        open.every((port) => !wanted.includes(port)) &&
        (picked.containerPorts ?? []).every((port) => port > 0 && port < 65_536);
      if (!isRight) wrong.push({ mappings, size, random, picked });
    }),
    { numRuns: 200 },
  );
  t.same(wrong, []);
});
