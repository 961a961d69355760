import t from 'tap';
import { unpack } from '../../../src/dns/exact/unpack.js';

const headerBytes = 12;
const questionTail = Buffer.from([0, 1, 0, 1]);

/** A message with questions whose names are these octets. */
function questions(names: readonly Buffer[]): Buffer {
  const head = Buffer.alloc(headerBytes);
  head.writeUInt16BE(names.length, 4);
  return Buffer.concat([head, ...names.flatMap((name) => [name, questionTail])]);
}

function pointer(target: number): Buffer {
  return Buffer.from([0xc0 | (target >>> 8), target & 0xff]);
}

function label(text: string): Buffer {
  return Buffer.from(`${String.fromCharCode(text.length)}${text}`, 'latin1');
}

/** Names of questions: `a`, and `length` more of which each is a pointer to the one before. */
function chain(length: number): Buffer[] {
  const names: Buffer[] = [Buffer.concat([label('a'), Buffer.of(0)])];
  let before = headerBytes;
  for (let i = 0; i < length; i++) {
    const start = before + (names.at(-1)?.length ?? 0) + questionTail.length;
    names.push(pointer(before));
    before = start;
  }
  return names;
}

t.test('names that point to names', (t) => {
  const message = questions([
    Buffer.concat([label('a'), label('b'), Buffer.of(0)]),
    Buffer.concat([label('c'), pointer(headerBytes + 2)]),
    Buffer.concat([label('d'), pointer(headerBytes + 9)]),
    Buffer.concat([label('e'), pointer(headerBytes + 9)]),
  ]);
  t.strictSame(
    unpack(message).questions.map(({ name, type }) => [name, type]),
    [
      ['a.b.', 1],
      ['c.b.', 1],
      ['d.c.b.', 1],
      ['e.c.b.', 1],
    ],
  );
  t.throws(() => unpack(questions([pointer(headerBytes)])), { name: 'FormatError', message: /too many/ });
  t.end();
});

t.test('no more than 126 pointers, whether or not they were followed before', (t) => {
  const { questions: read } = unpack(questions(chain(126)));
  t.equal(read.length, 127);
  t.equal(read.at(-1)?.name, 'a.');
  t.throws(() => unpack(questions(chain(127))), { name: 'FormatError', message: /too many/ });
  t.end();
});

t.test('no more than 255 octets, whether or not they were read before', (t) => {
  const long = Buffer.concat([...Array.from({ length: 126 }, () => label('x')), Buffer.of(0)]);
  const known = [long, pointer(headerBytes)];
  t.equal(unpack(questions(known)).questions[1]?.name, 'x.'.repeat(126));
  const end = Buffer.concat([label('y'), pointer(headerBytes)]);
  t.throws(() => unpack(questions([...known, Buffer.concat([label('z'), end])])), {
    name: 'FormatError',
    message: /longer than 255/,
  });
  t.equal(unpack(questions([...known, Buffer.concat([label('y'), pointer(headerBytes + 2)])])).questions.length, 3);
  t.end();
});

t.test('a long name that is pointed to ten thousand times is read once', (t) => {
  const long = Buffer.concat([...Array.from({ length: 126 }, () => label('x')), Buffer.of(0)]);
  const message = questions([long, ...Array.from({ length: 10_000 }, () => pointer(headerBytes))]);
  let reads = 0;
  message.subarray = (start = 0, end = message.length) => {
    reads++;
    return Buffer.from(message.buffer, message.byteOffset + start, end - start);
  };
  t.equal(unpack(message).questions.at(-1)?.name, 'x.'.repeat(126));
  t.ok(reads < 100_000, `${reads} reads`);
  t.end();
});
