import t from 'tap';
import { PacedReading } from '../../../src/ui/live/paced-reading.js';
import type { ReadingState } from '../../../src/ui/live/paced-reading.js';
import { waitFor } from '../../support/wait.js';

/** A reading whose answers come when the test gives them. */
function startReading() {
  const begun: { readonly signal: AbortSignal; readonly answer: (value: string) => void; readonly fail: () => void }[] =
    [];
  const told: ReadingState<string>[] = [];
  const reading = new PacedReading<string>({
    load: (signal) =>
      new Promise((resolve, reject) =>
        begun.push({
          signal,
          answer: resolve,
          fail: () => {
            reject(new Error('refused'));
          },
        }),
      ),
    tell: (state) => told.push(state),
    minDistanceMs: 0,
  });
  return { reading, begun, told, last: () => told.at(-1) };
}

t.test(
  'a reading that has begun ends, however often it is asked for meanwhile, and is done once more afterwards',
  async (t) => {
    const { reading, begun, told, last } = startReading();
    reading.ask();
    await waitFor('the reading', () => begun.length === 1);
    for (let i = 0; i < 100; i++) reading.ask();
    t.equal(begun.length, 1);
    t.equal(begun[0]?.signal.aborted, false);
    begun[0]?.answer('first');
    await waitFor('the reading', () => begun.length === 2);
    t.strictSame(
      told.find(({ data }) => data !== undefined),
      { data: 'first', error: undefined, isLoading: true },
      'it is shown before the second one is there',
    );
    begun[1]?.answer('second');
    await waitFor('the reading', () => last()?.data === 'second');
    t.strictSame(last(), { data: 'second', error: undefined, isLoading: false });
    t.equal(begun.length, 2, 'nobody has asked since');
  },
);

t.test('what was read stays when reading it again fails, and the error goes with the next reading', async (t) => {
  const { reading, begun, last } = startReading();
  reading.ask();
  await waitFor('the reading', () => begun.length === 1);
  begun[0]?.answer('first');
  await waitFor('the reading', () => last()?.isLoading === false);
  reading.ask();
  await waitFor('the reading', () => begun.length === 2);
  begun[1]?.fail();
  await waitFor('the reading', () => last()?.isLoading === false);
  t.match(last(), { data: 'first', error: { message: 'refused' } });
  reading.ask();
  await waitFor('the reading', () => begun.length === 3);
  t.match(last(), { data: 'first', error: { message: 'refused' }, isLoading: true });
  begun[2]?.answer('third');
  await waitFor('the reading', () => last()?.isLoading === false);
  t.strictSame(last(), { data: 'third', error: undefined, isLoading: false });
});

t.test('nothing is told after it was closed', async (t) => {
  const { reading, begun, told } = startReading();
  reading.ask();
  await waitFor('the reading', () => begun.length === 1);
  reading.close();
  t.equal(begun[0]?.signal.aborted, true);
  const before = told.length;
  begun[0]?.answer('late');
  await Promise.resolve();
  reading.ask();
  t.equal(told.length, before);
  t.equal(begun.length, 1);
});
