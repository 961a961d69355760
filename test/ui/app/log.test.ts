import fc from 'fast-check';
import t from 'tap';
import type { SandboxPiece } from '../../../src/ui/api/sandbox.js';
import { classesOf, plainStyle, styleAfter, styledTexts } from '../../../src/ui/pages/app/sandbox/ansi.js';
import { appended, emptyLog, placesOf, prepended, stretchesOf } from '../../../src/ui/pages/app/sandbox/log-text.js';
import type { LogText } from '../../../src/ui/pages/app/sandbox/log-text.js';

const textOf = (log: LogText): string => log.chunks.map(({ text }) => text).join('');

/** Pieces of a file, cut where characters begin. */
function piecesOf(file: string, sizes: readonly number[]): SandboxPiece[] {
  const size = Buffer.byteLength(file);
  const pieces: SandboxPiece[] = [];
  let offset = 0;
  let rest = [...file];
  for (let i = 0; rest.length > 0; i++) {
    const count = sizes[i % sizes.length] ?? 1;
    const data = rest.slice(0, count).join('');
    rest = rest.slice(count);
    const next = offset + Buffer.byteLength(data);
    pieces.push({ data, offset, next, size });
    offset = next;
  }
  return pieces;
}

t.test('a file piece by piece is the file, and its places are right', (t) => {
  const line = fc.array(fc.constantFrom('a', 'é', '日', '😀', ' ', '\n'), { maxLength: 400 });
  fc.assert(
    fc.property(line, fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1, maxLength: 5 }), (letters, sizes) => {
      const file = letters.join('').repeat(120);
      const pieces = piecesOf(
        file,
        sizes.map((size) => size * 40),
      );
      const middle = Math.floor(pieces.length / 2);
      let log = emptyLog;
      for (const piece of pieces.slice(middle)) log = appended(log, piece);
      for (const piece of pieces.slice(0, middle).reverse()) log = prepended(log, piece);
      if (textOf(log) !== file) return false;
      let at = 0;
      for (const { start, end, text } of log.chunks) {
        if (start !== at || end - start !== Buffer.byteLength(text)) return false;
        at = end;
      }
      const ids = log.chunks.map(({ id }) => id);
      return at === Buffer.byteLength(file) && new Set(ids).size === ids.length && log.length === file.length;
    }),
    { numRuns: 40 },
  );
  t.end();
});

t.test('only so much is kept', (t) => {
  const lines = (from: number, count: number): string =>
    Array.from({ length: count }, (_, i) => `${String(from + i).padStart(9)}\n`).join('');
  const file = lines(0, 20_000);
  let log = emptyLog;
  for (const piece of piecesOf(file, [4_000])) log = appended(log, piece, 50_000);
  t.ok(log.length <= 50_000, 'the oldest lines went');
  t.ok(log.length > 25_000);
  t.equal(textOf(log), file.slice(-log.length));
  t.equal(log.end, file.length);
  t.equal(log.start, file.length - log.length);

  const { start, end } = log;
  const before = { data: file.slice(start - 16_000, start), offset: start - 16_000, next: start, size: file.length };
  const more = prepended(log, before, 50_000);
  t.equal(more.start, start - 16_000);
  t.ok(more.end < end, 'the newest lines went');
  t.equal(textOf(more), file.slice(more.start, more.end));
  t.equal(prepended(log, { ...before, next: start - 1 }), log, 'a piece that does not end there is left out');
  t.end();
});

t.test('a file that was begun again takes the place of what was shown', (t) => {
  const old = appended(emptyLog, { data: 'old\n', offset: 0, next: 4, size: 4 });
  const log = appended(old, { data: 'new', offset: 0, next: 3, size: 3 });
  t.equal(textOf(log), 'new');
  t.same([log.start, log.end, log.size], [0, 3, 3]);
  t.not(log.chunks[0]?.id, old.chunks[0]?.id);
  const empty = appended(emptyLog, { data: '', offset: 0, next: 0, size: 0 });
  t.same([empty.start, empty.end, empty.length], [0, 0, 0]);
  t.equal(appended(old, { data: '', offset: 4, next: 4, size: 9 }).size, 9);
  t.end();
});

t.test('a style goes on in the next lines', (t) => {
  const red = `\u001b[31m${'x'.repeat(20_000)}\n`;
  const log = appended(emptyLog, { data: red, offset: 0, next: red.length, size: red.length });
  t.equal(log.chunks.at(-1)?.style.colour, 1);
  t.end();
});

t.test('colours of terminals', (t) => {
  const { parts, style } = styledTexts('a\u001b[1;31mred\u001b[0m b\u001b[38;5;46mg\u001b[48;2;0;0;255mz', plainStyle);
  t.same(
    parts.map(({ text, style: own }) => [text, classesOf(own)]),
    [
      ['a', ''],
      ['red', 'ansi-1 ansi-bold'],
      [' b', ''],
      ['g', 'ansi-2'],
      ['z', 'ansi-2 ansi-back-4'],
    ],
  );
  t.equal(style.background, 4);
  t.same(styleAfter(style, ''), plainStyle);
  t.match(styleAfter(plainStyle, '97;4;3;2'), { colour: 15, underline: true, italic: true, dim: true });
  t.match(styleAfter({ ...plainStyle, bold: true, colour: 1 }, '22;39'), plainStyle);
  t.match(styleAfter(plainStyle, '38;9'), { colour: undefined }, 'unknown');
  t.end();
});

t.test('what is not to be seen is left out', (t) => {
  const seen = (text: string): string =>
    styledTexts(text, plainStyle)
      .parts.map((part) => part.text)
      .join('');
  t.equal(seen('a\u001b[2Kb\u001b]0;title\u0007c\u001b(Bd\u0000e\tf'), 'abcBde\tf');
  t.equal(seen('10 %\r50 %\r100 %\nnext\r\n'), '100 %\nnext\n', 'lines that were written over');
  t.equal(seen('a\u001b[31'), 'a', 'a sequence that is not complete yet');
  t.equal(seen(''), '');
  t.end();
});

t.test('search', (t) => {
  t.same(placesOf('Error: an ERROR', 'error', 10), [0, 10]);
  t.same(placesOf('aaaa', 'aa', 10), [0, 2]);
  t.same(placesOf('aaaa', 'a', 2), [0, 1], 'no more than the limit');
  t.same(placesOf('x', '', 10), []);
  t.same(placesOf('İ Error', 'Error', 10), [2], 'letters that become longer in lower case');

  const bold = { ...plainStyle, bold: true };
  const parts = [
    { text: 'an er', style: plainStyle },
    { text: 'ror, err', style: bold },
  ];
  t.same(
    stretchesOf(parts, [3, 10], 3).map(({ text, match }) => [text, match]),
    [
      ['an ', undefined],
      ['er', 0],
      ['r', 0],
      ['or, ', undefined],
      ['err', 1],
    ],
  );
  t.same(stretchesOf(parts, [], 0).length, 2);
  fc.assert(
    fc.property(fc.array(fc.constantFrom('a', 'b', 'ab')), fc.constantFrom('a', 'ab', 'ba'), (words, sought) => {
      const text = words.join('');
      const cut = words.map((word) => ({ text: word, style: plainStyle }));
      const stretches = stretchesOf(cut, placesOf(text, sought, 1_000), sought.length);
      const marked = new Map<number, string>();
      for (const { text: piece, match } of stretches) {
        if (match !== undefined) marked.set(match, (marked.get(match) ?? '') + piece);
      }
      return (
        stretches.map((one) => one.text).join('') === text &&
        [...marked.values()].every((one) => one === sought) &&
        marked.size === placesOf(text, sought, 1_000).length
      );
    }),
    { numRuns: 100 },
  );
  t.end();
});
