import t from 'tap';
import { EpochGuard, isEarlierEpoch } from '../../src/catalog/epochs.js';

t.test('numbers are compared as numbers, and nothing else is', async (t) => {
  for (const [epoch, known] of [
    ['6', '7'],
    ['9', '10'],
    ['999999999999998', '999999999999999'],
  ] as const) {
    t.equal(isEarlierEpoch(epoch, known), true, `${epoch} before ${known}`);
    t.equal(isEarlierEpoch(known, epoch), false);
    t.equal(isEarlierEpoch(epoch, epoch), false);
  }
  for (const other of ['', 'e1', '7a', '-1', '0x1', '2b0e8d70-9f39-4b3c-8c0a-7f3f0e7a0e11', '1'.repeat(16)]) {
    t.equal(isEarlierEpoch(other, '7'), false, other);
    t.equal(isEarlierEpoch('7', other), false, other);
  }
});

t.test('an earlier leadership is refused, until nothing else is known for long enough', async (t) => {
  const guard = new EpochGuard(1_000);
  t.equal(guard.admits('5', '', 0), true, 'at first anything');
  t.equal(guard.admits('4', '5', 100), false);
  t.equal(guard.admits('4', '5', 1_099), false);
  t.equal(guard.admits('6', '5', 1_100), true);
  t.equal(guard.admits('5', '6', 1_200), false, 'the time begins anew');
  t.equal(guard.admits('5', '6', 2_199), false);
  t.equal(guard.admits('5', '6', 2_200), true);
  t.equal(guard.admits('4', '5', 2_300), false);
  guard.confirm();
  t.equal(guard.admits('4', '5', 9_000), false, 'somebody knew of it in between');
  t.equal(guard.admits('a', '5', 9_100), true, 'a store of another kind');
});
