import fc from 'fast-check';
import t from 'tap';
import { diffLines, foldDiff, unifiedDiffLines } from '../../../src/ui/components/diff-lines.js';
import type { DiffLine } from '../../../src/ui/components/diff-lines.js';

const without = (lines: readonly DiffLine[], kind: DiffLine['kind']): string =>
  lines
    .filter((line) => line.kind !== kind)
    .map(({ text }) => text)
    .join('\n');

const compact = (lines: readonly DiffLine[]): string[] =>
  lines.map(({ kind, text }) => `${{ same: ' ', added: '+', removed: '-' }[kind]}${text}`);

/** How many lines two texts have in common at most, in order. */
function commonCount(a: readonly string[], b: readonly string[]): number {
  const counts = Array.from({ length: a.length + 1 }, () => new Array<number>(b.length + 1).fill(0));
  for (const [x, line] of a.entries()) {
    for (const [y, other] of b.entries()) {
      const row = counts[x + 1] ?? [];
      row[y + 1] = line === other ? (counts[x]?.[y] ?? 0) + 1 : Math.max(counts[x]?.[y + 1] ?? 0, row[y] ?? 0);
    }
  }
  return counts[a.length]?.[b.length] ?? 0;
}

t.test('a comparison says what comes and goes', (t) => {
  t.same(compact(diffLines('a\nb\nc', 'a\nx\nc\nd')), [' a', '-b', '+x', ' c', '+d']);
  t.same(diffLines('', ''), []);
  t.same(compact(diffLines('', 'a')), ['+a']);
  t.same(compact(diffLines('a\nb', '')), ['-a', '-b']);
  t.same(diffLines('a\nb', 'b'), [
    { kind: 'removed', text: 'a', before: 1 },
    { kind: 'same', text: 'b', before: 2, after: 1 },
  ]);
  t.same(compact(diffLines('a\nb\nc', 'a\nx\ny')).length, 5);
  t.end();
});

t.test('whatever the texts, the comparison leads from one to the other, by as few lines as possible', (t) => {
  const texts = fc.array(fc.constantFrom('a', 'b', 'c', '{'), { minLength: 1, maxLength: 30 });
  fc.assert(
    fc.property(texts, texts, (a, b) => {
      const lines = diffLines(a.join('\n'), b.join('\n'));
      const same = lines.filter(({ kind }) => kind === 'same').length;
      return (
        without(lines, 'added') === a.join('\n') &&
        without(lines, 'removed') === b.join('\n') &&
        same === commonCount(a, b) &&
        lines.every(({ before, text }) => before === undefined || a[before - 1] === text) &&
        lines.every(({ after, text }) => after === undefined || b[after - 1] === text)
      );
    }),
    { numRuns: 300 },
  );
  t.pass('it does');
  t.end();
});

t.test('texts that have little in common are compared within bounds', (t) => {
  const a = Array.from({ length: 3_000 }, (_, index) => `a${index}`).join('\n');
  const b = Array.from({ length: 3_000 }, (_, index) => `b${index}`).join('\n');
  const lines = diffLines(`same\n${a}\nend`, `same\n${b}\nend`);
  t.equal(without(lines, 'added'), `same\n${a}\nend`);
  t.equal(without(lines, 'removed'), `same\n${b}\nend`);
  t.equal(lines.filter(({ kind }) => kind === 'same').length, 2);
  t.end();
});

t.test('what a line is compared by may be less than all of it', (t) => {
  const withoutComma = (line: string): string => line.replace(/,$/, '');
  t.same(compact(diffLines('{\n"a": 1\n}', '{\n"a": 1,\n"b": 2\n}', withoutComma)), [
    ' {',
    ' "a": 1,',
    '+"b": 2',
    ' }',
  ]);
  t.end();
});

t.test('what is the same is folded, but for the lines around changes', (t) => {
  const numbers = Array.from({ length: 20 }, (_, index) => String(index));
  const changed = numbers.with(10, 'x');
  const parts = foldDiff(diffLines(numbers.join('\n'), changed.join('\n')), 2);
  t.same(
    parts.map(({ isFolded, lines }) => [isFolded, lines.length]),
    [
      [true, 8],
      [false, 6],
      [true, 7],
    ],
  );
  t.equal(
    without(
      parts.flatMap(({ lines }) => lines),
      'removed',
    ),
    changed.join('\n'),
  );
  t.same(
    foldDiff(diffLines('0\n1\n2\n3\nend', '0\n1\n2\n3'), 3).map(({ isFolded }) => isFolded),
    [false],
    'a single line is not worth a fold',
  );
  t.same(
    foldDiff(diffLines('a\nb', 'a\nb')).map(({ isFolded }) => isFolded),
    [true],
  );
  t.end();
});

t.test('a unified diff gets the numbers of its lines', (t) => {
  t.same(
    unifiedDiffLines(
      '--- a\n+++ b\n@@ -3,2 +3,3 @@ frontend x\n same\n--- removed\n+added\n+more\n\\ No newline at end of file\n',
    ),
    [
      { kind: 'head', text: '--- a' },
      { kind: 'head', text: '+++ b' },
      { kind: 'head', text: '@@ -3,2 +3,3 @@ frontend x' },
      { kind: 'same', text: 'same', before: 3, after: 3 },
      { kind: 'removed', text: '-- removed', before: 4 },
      { kind: 'added', text: 'added', after: 4 },
      { kind: 'added', text: 'more', after: 5 },
      { kind: 'head', text: '\\ No newline at end of file' },
    ],
  );
  t.same(unifiedDiffLines(''), []);
  t.end();
});
