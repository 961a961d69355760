import { strict as assert } from 'node:assert';
import fc from 'fast-check';
import t from 'tap';
import { killOrder, surplusOf } from '../../../src/scheduler/core/recovery/kill-selection.js';
import type { AppDefinition } from '../../../src/scheduler/model/app-definition.js';
import type { Condition, Instance } from '../../../src/scheduler/model/instance.js';
import { anApp } from '../../support/scheduler-fixtures.js';

function instance(id: string, condition: Condition, second: number): Instance {
  return {
    id,
    taskId: `${id}._app.1`,
    appId: '/a',
    appVersion: '2026-01-01T00:00:00.000Z',
    goal: 'Running',
    condition,
    agentId: 'S1',
    host: 'h',
    role: '*',
    ports: [],
    ipAddresses: [],
    stagedAt: `2026-01-01T00:00:${String(second).padStart(2, '0')}.000Z`,
  };
}

const order = (killSelection: 'YOUNGEST_FIRST' | 'OLDEST_FIRST', instances: readonly Instance[]): string[] =>
  [...instances].sort(killOrder({ killSelection })).map(({ id }) => id);

t.test('what does the least good goes first', async (t) => {
  const all = [
    instance('running', 'Running', 5),
    instance('starting', 'Starting', 4),
    instance('staging', 'Staging', 3),
    instance('unreachable', 'Unreachable', 2),
  ];
  for (const killSelection of ['YOUNGEST_FIRST', 'OLDEST_FIRST'] as const) {
    t.same(order(killSelection, all), ['unreachable', 'staging', 'starting', 'running'], killSelection);
  }
});

t.test('among equals the app chooses, whatever their health', async (t) => {
  const all = [
    instance('old', 'Running', 1),
    { ...instance('ill', 'Running', 2), lastHealthy: false },
    instance('young', 'Running', 3),
    instance('also-young', 'Running', 3),
  ];
  t.same(order('YOUNGEST_FIRST', all), ['also-young', 'young', 'ill', 'old']);
  t.same(order('OLDEST_FIRST', all), ['old', 'ill', 'also-young', 'young']);
});

const grouped = (...fields: readonly string[]) =>
  anApp({ constraints: fields.map((field) => [field, 'GROUP_BY']), killSelection: 'OLDEST_FIRST' });

/** Instances on hosts and in zones, each older than the next. */
const placed = (...places: readonly (readonly [host: string, zone: string])[]): Instance[] =>
  places.map(([host, zone], i) => ({ ...instance(`i${String(i).padStart(2, '0')}`, 'Running', i), host, zone }));

const ends = (app: AppDefinition, instances: readonly Instance[], count: number): string[] =>
  surplusOf(app, instances, count).map(({ id }) => id);

t.test('groups stay even: the largest give first, then the kill order counts', async (t) => {
  const all = placed(['a', 'x'], ['a', 'x'], ['a', 'x'], ['b', 'x'], ['b', 'x'], ['c', 'x']);
  t.same(ends(grouped('hostname'), all, 1), ['i00']);
  t.same(ends(grouped('hostname'), all, 3), ['i00', 'i01', 'i03'], 'one of each is left');
  t.same(ends(grouped('hostname'), all, 4), ['i00', 'i01', 'i03', 'i02']);
  t.same(ends(grouped('hostname'), all, 6).length, 6);
  t.same(ends(grouped(), all, 4), ['i00', 'i01', 'i02', 'i03'], 'without such a constraint only the order counts');
  t.same(ends(grouped('hostname'), all, 0), []);
});

t.test('what is already in the wrong place goes before what is older', async (t) => {
  const all = placed(['a', 'x'], ['b', 'x'], ['c', 'x'], ['c', 'x']);
  t.same(ends(grouped('hostname'), all, 1), ['i02']);
});

t.test('several groups: none is made less even; where that cannot be, the kill order decides', async (t) => {
  const all = placed(['a', 'x'], ['b', 'y'], ['a', 'y'], ['b', 'x'], ['c', 'x'], ['c', 'y']);
  const left = new Set(ends(grouped('hostname', '@zone'), all, 3));
  const rest = all.filter(({ id }) => !left.has(id));
  t.same([...new Set(rest.map(({ host }) => host))].sort(), ['a', 'b', 'c']);
  t.equal(Math.abs(rest.filter(({ zone }) => zone === 'x').length - 1.5), 0.5);
  const attribute = all.map((one) => ({ ...one, attributes: { rack: one.host } }));
  t.equal(ends(grouped('rack', 'none-has-it'), attribute, 5).length, 5);
});

t.test('any distribution: as many as asked for, each once, and no less even than it was', async () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c', 'd'), fc.constantFrom('x', 'y')), {
        minLength: 1,
        maxLength: 40,
      }),
      fc.nat(40),
      (places, wanted) => {
        const all = placed(...places);
        const count = Math.min(wanted, all.length);
        const victims = new Set(surplusOf(grouped('hostname'), all, count));
        assert.equal(victims.size, count);
        const difference = (instances: readonly Instance[]): number => {
          const sizes = new Map(all.map(({ host }) => [host, 0]));
          for (const { host } of instances) sizes.set(host, (sizes.get(host) ?? 0) + 1);
          return Math.max(...sizes.values()) - Math.min(...sizes.values());
        };
        const after = difference(all.filter((one) => !victims.has(one)));
        assert.ok(after <= Math.max(1, difference(all)), `${difference(all)} → ${after}`);
      },
    ),
    { numRuns: 200 },
  );
});
