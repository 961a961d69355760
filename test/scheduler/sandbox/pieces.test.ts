import * as fc from 'fast-check';
import t from 'tap';
import { pieceOf } from '../../../src/scheduler/sandbox/pieces.js';

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
