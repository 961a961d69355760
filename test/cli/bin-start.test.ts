// bin/start, Marathon's entry point, with a program in the place of the built one that tells how it was called.
import t from 'tap';
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const program = `
const alive = setInterval(() => undefined, 1000);
process.on('SIGTERM', () => process.exit(103));
process.stdout.write(JSON.stringify({ words: process.argv.slice(2), pid: process.pid, zk: process.env.MARATHON_ZK }) + '\\n');
if (process.argv.includes('--end')) process.exit(105);
`;

/** The root of an Ekiden, with a built program or without one. */
function install(directory: string, built: boolean): string {
  const root = join(directory, 'opt', 'ekiden');
  cpSync('bin', join(root, 'bin'), { recursive: true });
  writeFileSync(join(root, 'package.json'), '{ "type": "module" }');
  if (built) {
    mkdirSync(join(root, 'dist'));
    writeFileSync(join(root, 'dist', 'main.js'), program);
  }
  return root;
}

interface Run {
  readonly child: ChildProcess;
  /** What the program told. */
  readonly told: Promise<{ words: string[]; pid: number; zk?: string }>;
  readonly ended: Promise<{ status: number | null; stderr: string }>;
}

function start(file: string, words: readonly string[], environment: Record<string, string> = {}): Run {
  // through env(1), as tap adds its loaders to the NODE_OPTIONS of whatever a test starts: users do not have those
  const child = spawn('/usr/bin/env', ['-u', 'NODE_OPTIONS', file, ...words], {
    cwd: tmpdir(),
    env: { PATH: process.env['PATH'] ?? '', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stderr = '';
  child.stderr.on('data', (data: Buffer) => (stderr += data.toString()));
  return {
    child,
    told: once(child.stdout, 'data').then(([data]) => JSON.parse(String(data)) as Awaited<Run['told']>),
    ended: once(child, 'close').then(([status]) => ({ status: status as number | null, stderr })),
  };
}

t.test('the scheduler with the options as they are, from anywhere, in the same process', async (t) => {
  const directory = t.testdir();
  const root = install(directory, true);
  const link = join(directory, 'marathon');
  symlinkSync(join(root, 'bin', 'start'), link);
  const words = ['--master', 'zk://h1,h2/mesos', '--zk', 'zk://h1,h2/marathon', '--env_vars_prefix=', '-x'];
  for (const file of [join(root, 'bin', 'start'), link]) {
    const environment = {
      MARATHON_ZK: 'zk://z/m',
      MESOS_NATIVE_JAVA_LIBRARY: '/usr/lib/libmesos.so',
      JAVA_OPTS: '-Xmx1g',
    };
    const { child, told, ended } = start(file, words, environment);
    t.same(await told, { words: ['scheduler', ...words], pid: child.pid, zk: 'zk://z/m' });
    child.kill('SIGTERM');
    t.same(await ended, { status: 103, stderr: '' }, 'signals reach the program, and its exit status the supervisor');
  }
});

t.test('options of a Java machine are left out, without what they say', async (t) => {
  const root = install(t.testdir(), true);
  const java = ['-Xmx512m', '-Dakka.secret=hunter2', '-J-Xms64m'];
  const { told, ended } = start(join(root, 'bin', 'start'), [...java, '--master', 'm:1', '--end']);
  t.same((await told).words, ['scheduler', '--master', 'm:1', '--end']);
  t.same(await ended, {
    status: 105,
    stderr: 'bin/start: ignored, there is no Java machine here: -Xmx512m -Dakka.secret -J-Xms64m\n',
  });
});

t.test('what is not built says what to do', async (t) => {
  const root = install(t.testdir(), false);
  t.match(await start(join(root, 'bin', 'start'), []).ended, {
    status: 2,
    stderr: /^ekiden is not built yet: run `npm /,
  });
});
