import t from 'tap';
import { restOfCharacter, wholeCharacters } from '../../src/common/whole-characters.js';

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
