import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { writeFileAtomic } from '../../src/common/atomic-file.js';

t.test('replaces a file and leaves nothing beside it', async (t) => {
  const dir = t.testdir({});
  const path = join(dir, 'deep', 'file');
  await writeFileAtomic(path, 'one', 0o600);
  await writeFileAtomic(path, 'two', 0o600);
  t.equal(readFileSync(path, 'utf8'), 'two');
  t.equal(statSync(path).mode & 0o777, 0o600);
  t.same(readdirSync(join(dir, 'deep')), ['file']);
});

t.test('a failed write keeps the old file', async (t) => {
  const dir = t.testdir({ file: 'old', taken: {} });
  await t.rejects(writeFileAtomic(join(dir, 'taken'), 'x'));
  t.equal(readFileSync(join(dir, 'file'), 'utf8'), 'old');
  t.same(readdirSync(dir).sort(), ['file', 'taken']);
});
