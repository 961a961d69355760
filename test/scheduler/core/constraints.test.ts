import fc from 'fast-check';
import t from 'tap';
import { attributeText, scalarText } from '../../../src/scheduler/core/match/attribute-text.js';
import { checkConstraint } from '../../../src/scheduler/core/match/constraints.js';
import type { Constraint } from '../../../src/scheduler/core/match/constraints.js';

type Given = [field: string, operator: Constraint['operator'], value?: string];

function check(given: Given, value: string | undefined, spread: Record<string, number> = {}, instances = 10): boolean {
  const [field, operator, text] = given;
  const constraint = { field, operator, ...(text === undefined ? {} : { value: text }) };
  const verdict = checkConstraint(constraint, value, new Map(Object.entries(spread)), instances);
  return verdict.ok;
}

t.test('each operator', (t) => {
  t.ok(check(['hostname', 'UNIQUE'], 'a', { b: 1 }));
  t.notOk(check(['hostname', 'UNIQUE'], 'a', { a: 1 }));

  t.ok(check(['rack', 'CLUSTER', 'r1'], 'r1'));
  t.notOk(check(['rack', 'CLUSTER', 'r1'], 'r2'));
  t.ok(check(['rack', 'CLUSTER'], 'r2'), 'the first one is free');
  t.ok(check(['rack', 'CLUSTER'], 'r2', { r2: 4 }));
  t.notOk(check(['rack', 'CLUSTER'], 'r1', { r2: 4 }));

  t.ok(check(['rack', 'LIKE', 'slave-[1-3]'], 'slave-2'));
  t.notOk(check(['rack', 'LIKE', 'slave-[1-3]'], 'slave-22'), 'the whole value');
  t.ok(check(['rack', 'UNLIKE', 'slave-[1-3]'], 'slave-22'));
  t.notOk(check(['rack', 'UNLIKE', 'slave-[1-3]'], 'slave-2'));

  t.ok(check(['rack', 'MAX_PER', '2'], 'r1', { r1: 1 }));
  t.notOk(check(['rack', 'MAX_PER', '2'], 'r1', { r1: 2 }));

  t.ok(check(['level', 'IS', '3.0'], '3'));
  t.ok(check(['level', 'IS', 'high'], 'high'));
  t.notOk(check(['level', 'IS', '3'], '4'));
  t.notOk(check(['level', 'IS', 'high'], 'low'));
  t.end();
});

t.test('only UNLIKE takes an agent without the attribute', (t) => {
  const all: Given[] = [
    ['x', 'UNIQUE'],
    ['x', 'CLUSTER'],
    ['x', 'GROUP_BY'],
    ['x', 'GROUP_BY', '3'],
    ['x', 'LIKE', '.*'],
    ['x', 'MAX_PER', '5'],
    ['x', 'IS', '1'],
  ];
  for (const given of all) t.notOk(check(given, undefined), given.join(' '));
  t.ok(check(['x', 'UNLIKE', '.*'], undefined));
  t.end();
});

t.test('every no says what was needed and what there was', (t) => {
  t.same(checkConstraint({ field: 'rack', operator: 'MAX_PER', value: '2' }, 'r1', new Map([['r1', 2]]), 5), {
    ok: false,
    needed: 'a value of rack with fewer than 2 instances',
    had: 'r1 with 2',
  });
  t.end();
});

/** Places so many instances one after the other on agents that are offered in the order of `picks`. */
function place(
  given: Given,
  values: readonly string[],
  instances: number,
  picks: readonly number[],
): Map<string, number> {
  const spread = new Map<string, number>();
  for (let placed = 0, i = 0; placed < instances && i < instances * 50; i++) {
    const value = values[(picks[i % picks.length] ?? 0) % values.length] ?? '';
    if (!check(given, value, Object.fromEntries(spread), instances)) continue;
    spread.set(value, (spread.get(value) ?? 0) + 1);
    placed++;
  }
  return spread;
}

t.test('GROUP_BY spreads evenly, whatever the order of offers', (t) => {
  const values = ['a', 'b', 'c', 'd'];
  const picks = fc.shuffledSubarray([0, 1, 2, 3, 4, 5, 6, 7], { minLength: 8 });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1, max: 4 }), picks, (instances, groups, order) => {
      const spread = place(['rack', 'GROUP_BY', String(groups)], values, instances, order);
      const counts = [...spread.values()];
      const total = counts.reduce((a, b) => a + b, 0);
      return total === instances && spread.size <= groups && Math.max(...counts) - Math.min(...counts) <= 1;
    }),
    { numRuns: 200 },
  );
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 30 }), picks, (instances, order) => {
      const counts = [...place(['rack', 'GROUP_BY'], values, instances, order).values()];
      return counts.reduce((a, b) => a + b, 0) === instances && Math.max(...counts) - Math.min(...counts) <= 1;
    }),
    { numRuns: 200 },
  );
  t.end();
});

t.test('attributes as text', (t) => {
  t.same([3, 3.5, 1 / 3, 0.0005, 0.0015, 2.0004].map(scalarText), ['3', '3.5', '0.333', '0', '0.002', '2']);
  t.equal(
    attributeText({
      type: 'RANGES',
      value: [
        { begin: 1, end: 2 },
        { begin: 5, end: 9 },
      ],
    }),
    '[1-2,5-9]',
  );
  t.equal(attributeText({ type: 'TEXT', value: 'r1' }), 'r1');
  t.end();
});
