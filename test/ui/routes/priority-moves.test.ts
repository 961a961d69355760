import fc from 'fast-check';
import t from 'tap';
import { movePriorities } from '../../../src/ui/pages/routes/priority-moves.js';
import type { PriorityChange, TriedRule } from '../../../src/ui/pages/routes/priority-moves.js';

function rules(...priorities: readonly number[]): TriedRule[] {
  return priorities.map((priority, index) => ({ id: `r${index}`, priority }));
}

function moved<T>(list: readonly T[], from: number, to: number): T[] {
  const rest = list.filter((_, index) => index !== from);
  const own = list[from];
  return own === undefined ? rest : [...rest.slice(0, to), own, ...rest.slice(to)];
}

function texts(changes: readonly PriorityChange[] | undefined): string[] | undefined {
  return changes?.map(({ id, from, to }) => `${id} ${from}→${to}`);
}

t.test('a rule is moved by as few priorities as possible', (t) => {
  t.same(texts(movePriorities(rules(5, 3), 1, 1)), [], 'to where it is');
  t.same(texts(movePriorities(rules(5, 3), 1, 0)), ['r1 3→6'], 'to the top');
  t.same(texts(movePriorities(rules(9, 5, 1), 2, 1)), ['r2 1→6'], 'into a gap');
  t.same(texts(movePriorities(rules(0, 0), 0, 1)), ['r1 0→1'], 'not below 0, where labels would be tried before it');
  t.same(texts(movePriorities(rules(0, 0), 1, 0)), ['r1 0→1']);
  t.same(texts(movePriorities(rules(2, 1, 0), 2, 1)), ['r2 0→1', 'r1 1→0'], 'no gap: the two change places');
  t.same(texts(movePriorities(rules(0, 0, 0, 0), 3, 2)), ['r0 0→2', 'r1 0→2', 'r3 0→1'], 'the equal ones stay equal');
  t.same(texts(movePriorities(rules(0, 0, 0, 0), 3, 1)), ['r0 0→2', 'r3 0→1']);
  t.same(movePriorities(rules(0), 5, 0), [], 'there is no such rule');
  t.end();
});

t.test('priorities have limits', (t) => {
  t.same(
    texts(movePriorities(rules(1_000_000, 0), 1, 0)),
    ['r1 0→1000000', 'r0 1000000→999999'],
    'the other one makes way',
  );
  t.equal(movePriorities(rules(1_000_000, 0, -1_000_000), 2, 0)?.length, 2);
  const full = Array.from({ length: 3 }, (_, index) => ({ id: `r${index}`, priority: 1_000_000 - index }));
  const changes = movePriorities(full, 2, 0);
  t.ok(changes !== undefined && changes.every(({ to }) => Math.abs(to) <= 1_000_000));
  t.end();
});

t.test('whatever is moved stands where it is wanted, and the others keep their order', (t) => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: -3, max: 6 }), { minLength: 1, maxLength: 8 }),
      fc.nat(7),
      fc.nat(7),
      (priorities, a, b) => {
        const before = rules(...priorities.sort((x, y) => y - x));
        const [from, to] = [a % before.length, b % before.length];
        const changes = movePriorities(before, from, to);
        if (changes === undefined) throw new Error('there is room');
        const now = new Map(before.map(({ id, priority }) => [id, priority]));
        for (const change of changes) {
          if (now.get(change.id) !== change.from) throw new Error(`${change.id} did not have ${change.from}`);
          now.set(change.id, change.to);
        }
        const old = new Map(before.map(({ id, priority }) => [id, priority]));
        const movedId = before[from]?.id;
        const order = moved(before, from, to).map(({ id }) => id);
        for (const [index, id] of order.entries()) {
          const next = order[index + 1];
          if (next === undefined || from === to) continue;
          const [own, other] = [now.get(id) ?? 0, now.get(next) ?? 0];
          const isAboutMoved = id === movedId || next === movedId;
          // Which of two rules of one priority goes first is only known of those that had one priority before
          const isKnown = !isAboutMoved && old.get(id) === old.get(next);
          if (!(own > other || (own === other && isKnown))) throw new Error(`${id} is not before ${next}`);
        }
        if (changes.length > before.length) throw new Error('too many changes');
      },
    ),
    { numRuns: 300 },
  );
  t.end();
});
