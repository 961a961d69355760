import t from 'tap';
import { aheadOf, serverTimeMs, setByAnswer } from '../../../src/ui/live/server-clock.js';

const at = Date.UTC(2026, 0, 1, 12, 0, 0);
const date = new Date(at).toUTCString();

t.test('clocks that differ by no more than answers take are the same', async (t) => {
  t.equal(aheadOf(date, at, at + 20), 0);
  t.equal(aheadOf(date, at + 900, at + 950), 0, 'the second has begun');
  t.equal(aheadOf(date, at - 20_000, at + 10_000), 0, 'a slow answer');
  t.equal(aheadOf(date, at + 2_500, at + 2_600), 0);
});

t.test('clocks that differ by more', async (t) => {
  t.equal(aheadOf(date, at - 300_000, at - 299_900), 300_450, 'the browser is five minutes late');
  t.equal(aheadOf(date, at + 300_000, at + 300_100), -299_550);
});

t.test('answers without a date say nothing', async (t) => {
  t.equal(aheadOf(null, at, at), undefined);
  t.equal(aheadOf('soon', at, at), undefined);
});

t.test('the clock follows the answers', async (t) => {
  const now = Date.now();
  setByAnswer(new Date(now + 3_600_000).toUTCString(), now, now + 100);
  const ahead = serverTimeMs() - Date.now();
  t.ok(ahead > 3_590_000 && ahead < 3_610_000, String(ahead));
  setByAnswer(null, now, now);
  t.ok(serverTimeMs() - Date.now() > 3_590_000, 'an answer without a date changes nothing');
  setByAnswer(new Date(now).toUTCString(), now, now + 100);
  t.ok(serverTimeMs() - Date.now() < 1_000);
});
