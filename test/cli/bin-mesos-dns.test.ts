// bin/mesos-dns, Mesos-DNS' entry point, with a program in the place of the built one that tells how it was called.
import t from 'tap';
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from '../../src/common/run-command.js';
import { parseMesosDnsWords } from '../../src/cli/mesos-dns-words.js';

t.test('the name server with the words of Mesos-DNS, config.json without any', async (t) => {
  const root = t.testdir();
  cpSync('bin', join(root, 'bin'), { recursive: true });
  writeFileSync(join(root, 'package.json'), '{ "type": "module" }');
  mkdirSync(join(root, 'dist'));
  writeFileSync(join(root, 'dist', 'main.js'), 'process.stdout.write(JSON.stringify(process.argv.slice(2)));');
  for (const [words, configFile] of [
    [[], 'config.json'],
    [['-v=1', '-config', '/etc/mesos-dns/config.json'], '/etc/mesos-dns/config.json'],
  ] as const) {
    // through env(1), as tap adds its loaders to the NODE_OPTIONS of whatever a test starts: users do not have those
    const program = ['-u', 'NODE_OPTIONS', join(root, 'bin', 'mesos-dns')];
    const { stdout, stderr } = await runCommand('/usr/bin/env', [...program, ...words], {
      timeoutMs: 30_000,
      env: { PATH: process.env['PATH'] ?? '' },
      extendEnv: false,
    });
    const [command, ...rest] = JSON.parse(stdout || '[]') as string[];
    t.equal(command, 'dns', stderr);
    t.equal(parseMesosDnsWords(rest).configFile, configFile);
  }
});
