import t from 'tap';
import { createWriteQueue } from '../../src/common/write-queue.js';

function manualCommit(): {
  commit: (operations: readonly string[]) => Promise<void>;
  batches: string[][];
  finish: (error?: Error) => Promise<void>;
} {
  const batches: string[][] = [];
  let end: ((error?: Error) => void) | undefined;
  return {
    batches,
    commit: (operations) =>
      new Promise((resolve, reject) => {
        batches.push([...operations]);
        end = (error) => (error === undefined ? resolve() : reject(error));
      }),
    async finish(error) {
      end?.(error);
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

t.test('one batch at a time; what waits is joined in order', async (t) => {
  const disk = manualCommit();
  const queue = createWriteQueue({ commit: disk.commit, maxBatchSize: 100 });
  const writes = ['a', 'b', 'c', 'd'].map((name) => queue.write({ operations: [`${name}1`, `${name}2`], size: 2 }));
  t.same(disk.batches, [['a1', 'a2']]);
  await disk.finish();
  t.same(disk.batches[1], ['b1', 'b2', 'c1', 'c2', 'd1', 'd2']);
  await writes[0];
  await disk.finish();
  await Promise.all(writes);
  await queue.idle();
});

t.test('a batch is bounded, but takes at least one write', async (t) => {
  const disk = manualCommit();
  const queue = createWriteQueue({ commit: disk.commit, maxBatchSize: 10 });
  const writes = [1, 99, 6, 4, 1].map((size) => queue.write({ operations: [String(size)], size }));
  for (let n = 0; n < 4; n++) await disk.finish();
  await Promise.all(writes);
  t.same(disk.batches, [['1'], ['99'], ['6', '4'], ['1']]);
});

t.test('after a failure nothing is written any more', async (t) => {
  const disk = manualCommit();
  const queue = createWriteQueue({ commit: disk.commit, maxBatchSize: 100 });
  const first = t.rejects(queue.write({ operations: ['a'], size: 1 }), /disk full/);
  const second = t.rejects(queue.write({ operations: ['b'], size: 1 }), /disk full/);
  await disk.finish(new Error('disk full'));
  await Promise.all([first, second]);
  await t.rejects(queue.write({ operations: ['c'], size: 1 }), /disk full/);
  t.same(disk.batches, [['a']]);
  await queue.idle();
});

t.test('an empty write waits for its turn and costs nothing', async (t) => {
  const disk = manualCommit();
  const queue = createWriteQueue({ commit: disk.commit, maxBatchSize: 100 });
  await queue.write({ operations: [], size: 0 });
  t.same(disk.batches, []);
});
