import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { followFiles } from '../../src/common/follow-files.js';
import { waitFor } from '../support/wait.js';

t.test('reads one at a time, and what was there last', async (t) => {
  const directory = t.testdir({ key: 'old', certificate: 'old', other: 'old' });
  const files = ['key', 'certificate'].map((name) => join(directory, name));
  const ends: (() => void)[] = [];
  let reading = 0;
  let most = 0;
  const follow = followFiles(files, {
    async read() {
      most = Math.max(most, ++reading);
      await new Promise<void>((end) => ends.push(end));
      reading--;
    },
    onError: (error) => t.fail(String(error)),
  });
  const write = (name: string): void => writeFileSync(join(directory, name), String(Math.random()));

  // The watcher may need a moment before it sees changes: they are repeated until one is seen.
  await waitFor('the first change', () => {
    write('key');
    return ends.length === 1;
  });
  // What follows is seen while the first is being read; the last change is, too, when that of another file after it is.
  let seen = 0;
  const witness = followFiles([join(directory, 'other'), ...files], {
    read: async () => void seen++,
    onError: (error) => t.fail(String(error)),
  });
  await waitFor('a change during the reading', () => {
    write('certificate');
    write('key');
    write('other');
    return seen > 1;
  });
  t.equal(ends.length, 1, 'the first is still being read');
  ends[0]?.();
  await waitFor('what has changed meanwhile', () => ends.length === 2);
  t.equal(most, 1);

  let isClosed = false;
  const closed = follow.close().then(() => (isClosed = true));
  await witness.close();
  t.notOk(isClosed, 'closing waits for the one that is under way');
  ends[1]?.();
  await closed;
  t.equal(reading, 0);
  t.equal(ends.length, 2);
});
