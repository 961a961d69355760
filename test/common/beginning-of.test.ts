import t from 'tap';
import { beginningOf } from '../../src/common/beginning-of.js';

t.test('a text that is too long is cut where a character ends', (t) => {
  const cases = [
    ['', 1, ''],
    ['abc', 3, 'abc'],
    ['abcd', 3, 'ab…'],
    ['a😀b', 4, 'a😀b'],
    ['a😀bc', 4, 'a😀…'],
    ['a😀bc', 3, 'a…'],
    ['abc', 1, '…'],
  ] as const;
  for (const [text, maxLength, shown] of cases) t.equal(beginningOf(text, maxLength), shown);
  t.end();
});
