import t from 'tap';
import { bytesText, countText, mibText, numberText, spanText } from '../../src/ui/components/text.js';

t.test('numbers for readers', (t) => {
  t.same([0, 999, 1024, 1536, 10 * 2 ** 20, 2 ** 40].map(bytesText), [
    '0 B',
    '999 B',
    '1.0 KiB',
    '1.5 KiB',
    '10 MiB',
    '1.0 TiB',
  ]);
  t.equal(mibText(512), '512 MiB');
  t.same([0.1 + 0.2, 1, 1.25].map(numberText), ['0.3', '1', '1.25']);
  t.same([12, 1_000, 59_999, 60_000, 3_600_000, 90_061_000, 86_400_000].map(spanText), [
    '12 ms',
    '1 s',
    '59 s',
    '1 min',
    '1 h',
    '1 d 1 h',
    '1 d',
  ]);
  t.same(
    [countText(1, 'instance'), countText(2, 'instance'), countText(0, 'entry', 'entries')],
    ['1 instance', '2 instances', '0 entries'],
  );
  t.end();
});
