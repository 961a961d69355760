import t from 'tap';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { commandNames } from '../../src/cli/flags.js';
import { readNotes } from '../support/fake-roles.js';
import { waitFor } from '../support/wait.js';

const main = fileURLToPath(new URL('../../src/main.js', import.meta.url));
const fakeRole = fileURLToPath(new URL('../support/fake-role.js', import.meta.url));

interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function start(args: readonly string[]) {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (data: Buffer) => (stdout += data.toString()));
  child.stderr.on('data', (data: Buffer) => (stderr += data.toString()));
  const ended = new Promise<Ended>((resolve) => child.once('close', (status) => resolve({ status, stdout, stderr })));
  return { child, ended };
}
const ekiden = (...args: string[]): Promise<Ended> => start([main, ...args]).ended;

t.test('help teaches', async (t) => {
  const { status, stdout, stderr } = await ekiden('--help');
  t.equal(status, 0);
  t.equal(stderr, '');
  for (const command of [...commandNames, 'version']) t.match(stdout, new RegExp(`^  ${command} `, 'm'));
  t.match(stdout, 'npm start -- --http_port');
  for (const line of stdout.split('\n')) t.ok(line.length <= 125, line);

  const dns = await ekiden('dns', '--help');
  t.equal(dns.status, 0);
  t.match(dns.stdout, /--dns_port PORT .*\(default 53\)\n/);
  t.match(dns.stdout, 'EKIDEN_DNS_PORT=5353');
  t.same(await ekiden('help', 'dns'), dns);
});

t.test('version, no command, a wrong one', async (t) => {
  t.match(await ekiden('--version'), { status: 0, stdout: /^\d+\.\d+\.\d+\n$/ });
  t.match(await ekiden(), { status: 2, stdout: '', stderr: /Usage: ekiden <command>/ });
  t.match(await ekiden('upp'), {
    status: 2,
    stdout: '',
    stderr: /^ekiden: 'upp' is not a command .*did you mean up\?\n$/,
  });
  t.match(await ekiden('help', 'me'), { status: 2 });
  t.match(await ekiden('--http_port', '1'), { status: 2, stderr: /^ekiden: options follow the command/ });
  t.match(await ekiden('dns'), { status: 2, stdout: '', stderr: /^ekiden dns: --master is required.*\n$/ });
});

t.test('a role alone ends at a signal with everything it owns', async (t) => {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    const logFile = join(t.testdir(), signal);
    const { child, ended } = start([fakeRole, 'degraded', logFile]);
    let output = '';
    child.stdout.on('data', (data: Buffer) => (output += data.toString()));
    await waitFor('the role to serve', () => output.includes('"tick"'));
    child.kill(signal);
    t.equal((await ended).status, 0);
    t.match(output, 'degraded: half of it is missing');
    t.same(
      readNotes(logFile).map(({ event }) => event),
      ['start', 'stop-everything'],
    );
  }
});

t.test('a second signal ends a role that hangs', async (t) => {
  const logFile = join(t.testdir(), 'notes');
  const { child, ended } = start([fakeRole, 'stuck', logFile]);
  await waitFor('the start', () => readNotes(logFile).length === 1);
  child.kill('SIGTERM');
  await waitFor('the first signal to be taken', () => readNotes(logFile).length === 2);
  child.kill('SIGTERM');
  t.equal((await ended).status, 1);
});

t.test('what prevents the start of a role alone is one line and its status', async (t) => {
  t.match(await start([fakeRole, 'busy']).ended, {
    status: 1,
    stderr: /^ekiden dns: port 1 on 127.0.0.1 is in use[^\n]*\n$/,
  });
  t.match(await start([fakeRole, 'misused']).ended, { status: 2, stderr: 'ekiden dns: --resources: bad\n' });
});
