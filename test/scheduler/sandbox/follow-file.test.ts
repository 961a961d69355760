import t from 'tap';
import { AgentAwayError } from '../../../src/scheduler/ports/agent-files.js';
import { followFile } from '../../../src/scheduler/sandbox/follow-file.js';
import type { GrowingFile } from '../../../src/scheduler/sandbox/follow-file.js';
import type { Piece } from '../../../src/scheduler/sandbox/pieces.js';
import { waitFor } from '../../support/wait.js';

/** A file that the test writes, and who follows it. */
function begin(
  content: string,
  from: number,
  {
    ready = () => Promise.resolve(),
    patienceMs = 10_000,
    rotationMs = 10_000,
  }: { ready?: () => Promise<void>; patienceMs?: number; rotationMs?: number } = {},
) {
  const file = { bytes: Buffer.from(content) as Buffer | undefined, error: undefined as Error | undefined, looks: 0 };
  const growing: GrowingFile = {
    async size() {
      file.looks++;
      if (file.error !== undefined) throw file.error;
      return file.bytes?.length;
    },
    read: async (offset, length) => file.bytes?.subarray(offset, offset + length),
  };
  const pieces: Piece[] = [];
  const gone: string[] = [];
  const left = new AbortController();
  const follower = {
    piece: (piece: Piece) => void pieces.push(piece),
    gone: (message: string) => void gone.push(message),
    ready,
  };
  const done = followFile(growing, from, follower, {
    ...{ signal: left.signal, intervalMs: 1, patienceMs, rotationMs },
  });
  return { file, pieces, gone, left, done, text: () => pieces.map(({ data }) => data).join('') };
}

t.test('what a file has, what it gets, and from its beginning after it was cut', async (t) => {
  const { file, pieces, text, left, done } = begin('one\n', 0);
  await waitFor('what is there', () => text() === 'one\n');
  t.same(pieces[0], { data: 'one\n', offset: 0, next: 4, size: 4 });
  file.bytes = Buffer.concat([Buffer.from('one\n'), Buffer.from('😀').subarray(0, 2)]);
  const looks = file.looks;
  await waitFor('looks', () => file.looks > looks + 2);
  t.equal(text(), 'one\n', 'a part of a character waits for the rest');
  file.bytes = Buffer.from('one\n😀');
  await waitFor('the rest', () => text() === 'one\n😀');
  file.bytes = Buffer.from('new');
  await waitFor('the new content', () => text() === 'one\n😀new');
  t.match(pieces.at(-1), { offset: 0, next: 3, size: 3 });
  left.abort();
  await done;
});

t.test('from an offset, from the end, and from beyond the beginning', async (t) => {
  const cases = [
    ['abcdef', 2, 'cdef', 2],
    ['abcdef', -2, 'ef', 4],
    ['abcdef', -100, 'abcdef', 0],
    ['abcdef', 100, '', 6],
    ['', 0, '', 0],
  ] as const;
  for (const [content, from, data, offset] of cases) {
    const { pieces, left, done } = begin(content, from);
    await waitFor('the first piece', () => pieces.length > 0);
    t.same(pieces, [{ data, offset, next: content.length, size: content.length }], `${content} from ${from}`);
    left.abort();
    await done;
  }
});

t.test('a large file comes in pieces, and only as fast as it is read', async (t) => {
  let letGo = (): void => undefined;
  let reads = false;
  const { file, pieces, done, left } = begin('x'.repeat(150_000), 0, {
    ready: () => (reads ? Promise.resolve() : new Promise((resolve) => (letGo = resolve))),
  });
  await waitFor('the first piece', () => pieces.length === 1);
  const looks = file.looks;
  letGo();
  await waitFor('the next one', () => pieces.length === 2);
  letGo();
  await waitFor('the last one', () => pieces.length === 3);
  t.same(
    pieces.map(({ offset, next }) => [offset, next]),
    [
      [0, 65_536],
      [65_536, 131_072],
      [131_072, 150_000],
    ],
  );
  t.equal(file.looks, looks, 'nobody looked whether there is more meanwhile');
  reads = true;
  left.abort();
  letGo();
  await done;
});

t.test('a file that is rotated', async (t) => {
  const { file, pieces, gone, left, done } = begin('abc', 0);
  await waitFor('the first piece', () => pieces.length === 1);
  file.bytes = undefined;
  const looks = file.looks;
  await waitFor('a few looks', () => file.looks > looks + 2);
  file.bytes = Buffer.from('defgh');
  await waitFor('the new file', () => pieces.length === 2);
  t.same(pieces[1], { data: 'defgh', offset: 0, next: 5, size: 5 });
  left.abort();
  await done;
  t.same(gone, []);
});

t.test('a file that was never there is not waited for', async (t) => {
  const { file, gone, done } = begin('', 0);
  file.bytes = undefined;
  await done;
  t.same(gone, ['The file is not there any more']);
});

t.test('a file that goes away', async (t) => {
  const { file, gone, done, text } = begin('a', 0, { rotationMs: 5 });
  await waitFor('the first piece', () => text() === 'a');
  file.bytes = undefined;
  await done;
  t.same(gone, ['The file is not there any more']);
});

t.test('an agent that is away for a moment is waited for; one that stays away, or says no, is not', async (t) => {
  const short = begin('a', 0);
  await waitFor('the first piece', () => short.text() === 'a');
  short.file.error = new AgentAwayError('refused');
  const looks = short.file.looks;
  await waitFor('a few tries', () => short.file.looks > looks + 2);
  short.file.error = undefined;
  short.file.bytes = Buffer.from('ab');
  await waitFor('what has come meanwhile', () => short.text() === 'ab');
  short.left.abort();
  await short.done;
  t.same(short.gone, []);

  const long = begin('a', 0, { patienceMs: 5 });
  long.file.error = new AgentAwayError('The agent a:1 does not answer');
  await long.done;
  t.same(long.gone, ['The agent a:1 does not answer']);

  const refused = begin('a', 0);
  refused.file.error = new Error('Cannot read a directory');
  await refused.done;
  t.same(refused.gone, ['Cannot read a directory']);
});
