// The entry points of the load balancers that are stood in for, with a program in the place of the built one that tells how it was called.
import t from 'tap';
import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from '../../src/common/run-command.js';
import { originalNamed } from '../../src/cli/originals.js';

t.test('each name of an original, also through a link', async (t) => {
  const root = t.testdir();
  cpSync('bin', join(root, 'bin'), { recursive: true });
  writeFileSync(join(root, 'package.json'), '{ "type": "module" }');
  mkdirSync(join(root, 'dist'));
  writeFileSync(join(root, 'dist', 'main.js'), 'process.stdout.write(JSON.stringify(process.argv.slice(2)));');
  for (const [file, name] of [
    ['haproxy-marathon-bridge', 'haproxy-marathon-bridge'],
    ['servicerouter.py', 'servicerouter'],
    ['marathon-lb', 'marathon-lb'],
    ['bamboo', 'bamboo'],
  ] as const) {
    const link = join(root, `link-${file}`);
    symlinkSync(join(root, 'bin', file), link);
    for (const program of [join(root, 'bin', file), link]) {
      // through env(1), as tap adds its loaders to the NODE_OPTIONS of whatever a test starts: users do not have those
      const { stdout, stderr } = await runCommand('/usr/bin/env', ['-u', 'NODE_OPTIONS', program, '-m', 'a b', '*'], {
        timeoutMs: 30_000,
        env: { PATH: process.env['PATH'] ?? '' },
        extendEnv: false,
      });
      t.same(JSON.parse(stdout || '[]'), [name, '-m', 'a b', '*'], `${program} ${stderr}`);
    }
    t.type(originalNamed(name), 'function');
  }
  t.equal(originalNamed('toString'), undefined);
});
