import * as fc from 'fast-check';
import t from 'tap';
import { restOfCharacter, wholeCharacters } from '../../../src/common/whole-characters.js';
import { pieceOf } from '../../../src/scheduler/sandbox/pieces.js';

t.test('what is whole in some bytes', (t) => {
  const bytes = (...values: readonly number[]): Uint8Array => Uint8Array.from(values);
  t.equal(wholeCharacters(Buffer.from('añ漢😀')), 10);
  for (const [text, cut] of [
    ['añ', 1],
    ['漢', 1],
    ['漢', 2],
    ['😀', 1],
    ['😀', 3],
  ] as const) {
    const whole = Buffer.from(`x${text}`);
    t.equal(wholeCharacters(whole.subarray(0, whole.length - cut)), text === 'añ' ? 2 : 1, `${text} without ${cut}`);
  }
  t.equal(wholeCharacters(bytes()), 0);
  t.equal(wholeCharacters(bytes(0x80, 0x80, 0x80, 0x80, 0x80)), 5, 'no text: as it is');
  t.equal(restOfCharacter(Buffer.from('😀x').subarray(1)), 3);
  t.equal(restOfCharacter(Buffer.from('x')), 0);
  t.equal(restOfCharacter(bytes(0x80, 0x80, 0x80, 0x80)), 0, 'no text: as it is');
  t.end();
});

t.test('pieces of any length make the whole text again', (t) => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('a', '\n', 'é', '漢', '😀'), maxLength: 60 }),
      fc.integer({ min: 4, max: 20 }),
      fc.boolean(),
      (text, length, mayGrow) => {
        const file = Buffer.from(text);
        let read = '';
        let offset = 0;
        while (offset < file.length) {
          const piece = pieceOf(file.subarray(offset, offset + length), offset, file.length, mayGrow);
          if (piece.offset !== offset || piece.next <= offset || piece.size !== file.length) return false;
          read += piece.data;
          offset = piece.next;
        }
        return read === text;
      },
    ),
    { numRuns: 300 },
  );
  t.end();
});

t.test('the end of a file, and a beginning within a character', (t) => {
  const file = Buffer.from('a😀');
  const cut = file.subarray(0, 3);
  t.same(pieceOf(cut, 0, 3, false), { data: 'a\ufffd', offset: 0, next: 3, size: 3 });
  t.same(pieceOf(cut, 0, 3, true), { data: 'a', offset: 0, next: 1, size: 3 }, 'the rest may come');
  t.same(pieceOf(file.subarray(2), 2, 5, false), { data: '', offset: 5, next: 5, size: 5 });
  t.same(pieceOf(file, 0, 3, false), { data: 'a😀', offset: 0, next: 5, size: 5 }, 'it has grown meanwhile');
  t.end();
});
