import fc from 'fast-check';
import t from 'tap';
import { PortUse } from '../../../src/scheduler/core/port-use.js';

t.test('the lowest free port is the one that a search finds', (t) => {
  const port = fc.oneof(fc.integer({ min: 0, max: 200 }), fc.integer({ min: 65_400, max: 65_535 }));
  fc.assert(
    fc.property(
      fc.array(fc.tuple(port, fc.constantFrom<1 | -1>(1, 1, 1, -1)), { maxLength: 200 }),
      fc.array(fc.tuple(port, port), { minLength: 1, maxLength: 20 }),
      (uses, questions) => {
        const use = new PortUse();
        const counts = new Map<number, number>();
        for (const [number, by] of uses) {
          const count = counts.get(number) ?? 0;
          if (count + by < 0) continue;
          counts.set(number, count + by);
          use.count(number, by);
        }
        return questions.every(([min, max]) => {
          let expected: number | undefined = min;
          while (expected <= max && (counts.get(expected) ?? 0) > 0) expected++;
          return use.lowestFree(min, max) === (expected <= max ? expected : undefined);
        });
      },
    ),
    { numRuns: 200 },
  );
  t.end();
});

t.test('a port is free when its last app is gone', (t) => {
  const use = new PortUse();
  for (let port = 10_000; port <= 20_000; port++) use.count(port, 1);
  t.equal(use.lowestFree(10_000, 20_000), undefined, 'the whole range is taken');
  t.equal(use.lowestFree(10_000, 20_001), 20_001);
  use.count(15_000, 1);
  use.count(15_000, -1);
  t.equal(use.lowestFree(10_000, 20_000), undefined, 'another app has it still');
  use.count(15_000, -1);
  t.equal(use.lowestFree(10_000, 20_000), 15_000);
  t.equal(use.lowestFree(65_535, 70_000), 65_535, 'there is no port above 65535');
  t.end();
});
