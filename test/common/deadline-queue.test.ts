import fc from 'fast-check';
import t from 'tap';
import { DeadlineQueue } from '../../src/common/deadline-queue.js';

t.test('keeps one deadline per key and gives them in order of time', async (t) => {
  const queue = new DeadlineQueue();
  queue.set('a', 30);
  queue.set('b', 10);
  queue.set('a', 20);
  queue.set('c', 40);
  queue.set('c', undefined);
  t.equal(queue.nextMs(), 10);
  t.same(queue.takeDue(9), []);
  t.same(queue.takeDue(25), ['b', 'a']);
  t.equal(queue.nextMs(), undefined);
  t.equal(queue.size, 0);
});

t.test('behaves like a sorted list under any history', async () => {
  const operation = fc.oneof(
    fc.record({
      kind: fc.constant('set' as const),
      key: fc.integer({ min: 0, max: 20 }),
      at: fc.integer({ min: 0, max: 100 }),
    }),
    fc.record({ kind: fc.constant('remove' as const), key: fc.integer({ min: 0, max: 20 }), at: fc.constant(0) }),
    fc.record({ kind: fc.constant('take' as const), key: fc.constant(0), at: fc.integer({ min: 0, max: 100 }) }),
  );
  fc.assert(
    fc.property(fc.array(operation, { maxLength: 300 }), (operations) => {
      const queue = new DeadlineQueue();
      const model = new Map<string, number>();
      for (const { kind, key, at } of operations) {
        const name = String(key);
        if (kind === 'set') {
          queue.set(name, at);
          model.set(name, at);
        } else if (kind === 'remove') {
          queue.set(name, undefined);
          model.delete(name);
        } else {
          const due = [...model].filter(([, deadline]) => deadline <= at);
          const taken = queue.takeDue(at);
          t.same([...taken].sort(), due.map(([k]) => k).sort());
          t.same(
            taken.map((k) => model.get(k)),
            taken.map((k) => model.get(k) ?? 0).sort((a, b) => a - b),
          );
          for (const k of taken) model.delete(k);
        }
        if (queue.nextMs() !== (model.size === 0 ? undefined : Math.min(...model.values()))) return false;
      }
      return queue.size === model.size;
    }),
    { numRuns: 200 },
  );
});
