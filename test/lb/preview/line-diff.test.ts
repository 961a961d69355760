import t from 'tap';
import fc from 'fast-check';
import { diffLines } from '../../../src/lb/preview/line-diff.js';

/** Carries out a difference as `patch` does. */
function patched(before: string, diff: string): string {
  const old = before.split('\n');
  const result: string[] = [];
  let at = 0;
  for (const line of diff === '' ? [] : diff.split('\n')) {
    const start = /^@@ -(\d+),\d+ \+\d+,\d+ @@$/.exec(line)?.[1];
    if (start !== undefined) {
      while (at < Number(start) - 1) result.push(old[at++] ?? '');
      continue;
    }
    const text = line.slice(1);
    if (line.startsWith('+')) {
      result.push(text);
      continue;
    }
    if (old[at] !== text) throw new Error(`line ${at + 1} is ${old[at]}, not ${text}`);
    at += 1;
    if (line.startsWith(' ')) result.push(text);
  }
  return [...result, ...old.slice(at)].join('\n');
}

t.test('as diff -u writes it', (t) => {
  const lines = Array.from({ length: 20 }, (_, i) => `line ${i + 1}`);
  const changed = [...lines];
  changed.splice(9, 1, 'another', 'one more');
  t.same(diffLines(lines.join('\n'), changed.join('\n')), {
    text: [
      '@@ -7,7 +7,8 @@',
      ' line 7',
      ' line 8',
      ' line 9',
      '-line 10',
      '+another',
      '+one more',
      ' line 11',
      ' line 12',
      ' line 13',
    ].join('\n'),
    added: 2,
    removed: 1,
    isCut: false,
  });
  t.match(diffLines('a\nb', 'a\nb'), { text: '', added: 0, removed: 0 });
  t.end();
});

t.test('what it says leads from one text to the other', (t) => {
  const text = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 40 }).map((lines) => lines.join('\n'));
  fc.assert(
    fc.property(text, text, (before, after) => {
      const diff = diffLines(before, after);
      return !diff.isCut && patched(before, diff.text) === after;
    }),
    { numRuns: 300 },
  );
  t.end();
});

t.test('texts that have nothing in common take no time, and little place', (t) => {
  const many = (word: string): string => Array.from({ length: 20_000 }, (_, i) => `${word} ${i}`).join('\n');
  const diff = diffLines(many('a'), many('b'));
  t.match(diff, { added: 20_000, removed: 20_000, isCut: true });
  t.ok(diff.text.split('\n').length <= 1_000);
  t.end();
});
