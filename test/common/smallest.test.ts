import fc from 'fast-check';
import t from 'tap';
import { smallest } from '../../src/common/smallest.js';

t.test('the first ones are those that sorting all would bring to the front', (t) => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.integer({ min: 0, max: 20 }), fc.nat()), { maxLength: 300 }),
      fc.integer({ min: -1, max: 310 }),
      (items, count) => {
        // Nothing is equal to another one, so that there is one order only
        const named = items.map(([key], id) => ({ key, id }));
        const compare = (a: { key: number; id: number }, b: { key: number; id: number }): number =>
          a.key - b.key || a.id - b.id;
        const sorted = [...named].sort(compare).slice(0, Math.max(0, count));
        return JSON.stringify(smallest(named, count, compare)) === JSON.stringify(sorted);
      },
    ),
    { numRuns: 200 },
  );
  t.end();
});

t.test('what is given stays as it was', (t) => {
  const items = [3, 1, 2];
  t.same(
    smallest(items, Infinity, (a, b) => a - b),
    [1, 2, 3],
  );
  t.same(items, [3, 1, 2]);
  t.end();
});

t.test('few of many cost few comparisons', (t) => {
  let comparisons = 0;
  const items = Array.from({ length: 100_000 }, (_, i) => (i * 7919) % 100_003);
  smallest(items, 5, (a, b) => {
    comparisons++;
    return a - b;
  });
  t.ok(comparisons < 100_000 * 10, `${comparisons} comparisons, sorting all takes some 1,700,000`);
  t.end();
});
