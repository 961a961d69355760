import { existsSync, mkdirSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { makeVolumeDirectory } from '../../../src/cluster/agent/volume-directories.js';

const nobody = { name: 'nobody', uid: 65_534, gid: 65_534 };

t.test('directories of volumes are made where they are missing', async (t) => {
  const base = t.testdir();
  const deep = join(base, 'a', 'b', 'c');
  await makeVolumeDirectory(deep, undefined, '/other');
  t.ok(statSync(deep).isDirectory());
  await makeVolumeDirectory(deep, undefined, '/other');
  await Promise.all(
    ['x', 'y', 'z'].map((name) => makeVolumeDirectory(join(base, 'd', 'e', name), undefined, '/other')),
  );
  t.ok(existsSync(join(base, 'd', 'e', 'z')), 'by several at a time');
});

t.test('what is there stays as it is: directories, files, links', async (t) => {
  const base = t.testdir({ file: 'text', directory: { kept: '' } });
  symlinkSync(join(base, 'directory'), join(base, 'link'));
  for (const name of ['file', 'directory', 'link']) await makeVolumeDirectory(join(base, name), nobody, base);
  t.equal(readFileSync(join(base, 'file'), 'utf8'), 'text');
  t.ok(existsSync(join(base, 'link', 'kept')));
  t.not(statSync(join(base, 'directory')).uid, nobody.uid);
});

t.test('its own belong to the user of the task', { skip: process.getuid?.() !== 0 && 'needs root' }, async (t) => {
  const base = t.testdir();
  await makeVolumeDirectory(join(base, 'own'), nobody, base);
  t.equal(statSync(join(base, 'own')).uid, nobody.uid);
  mkdirSync(join(base, 'other'));
  await makeVolumeDirectory(join(base, 'other', 'x'), nobody, join(base, 'own'));
  t.not(statSync(join(base, 'other', 'x')).uid, nobody.uid, 'elsewhere it is the agent that makes them');
});

t.test('where nobody can make a directory, the launch fails and says so', { timeout: 10_000 }, async (t) => {
  const base = t.testdir({ file: '' });
  for (const path of ['/proc/none/such', join(base, 'file', 'below')]) {
    await t.rejects(makeVolumeDirectory(path, undefined, base), {
      name: 'LaunchError',
      message: new RegExp(`^the directory '${path}' of a volume cannot be made: (?:ENOENT|ENOTDIR)`),
    });
  }
});
