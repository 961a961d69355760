// The name server as a process of its own, as a terminal and the supervisor have it, with its workers.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import type { Test } from 'tap';
import { identifyProcess, isRunning } from '../../../src/common/process-identity.js';
import { killProcess } from '../../support/kill.js';
import { freePort } from '../../support/ports.js';
import { waitFor } from '../../support/wait.js';
import { askAddress } from './support/workers.js';

const program = fileURLToPath(new URL('../../../src/main.js', import.meta.url));

interface Ports {
  readonly dns: number;
  readonly http: number;
}

interface RunningRole {
  readonly pid: number;
  /** Resolves with the exit status and all that was printed. */
  readonly ended: Promise<{ status: number | null; stdout: string; stderr: string }>;
  stdout(): string;
}

/** Starts `ekiden dns` in a process group of its own, like a command at a terminal; it is killed with the test. */
function start(t: Test, { dns, http }: Ports, ...flags: string[]): RunningRole {
  const words = [
    program,
    'dns',
    '--host=127.0.0.1',
    '--master=127.0.0.1:1',
    `--dns_port=${dns}`,
    `--dns_http_port=${http}`,
    `--work_dir=${t.testdir()}`,
    '--log_format=json',
    ...flags,
  ];
  // through env(1), as tap adds its loaders to the NODE_OPTIONS of whatever a test starts: users do not have those
  const child = spawn('/usr/bin/env', ['-u', 'NODE_OPTIONS', process.execPath, ...words], {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const { pid } = child;
  // 0 would stand for our own group
  if (pid === undefined) throw new Error('the program cannot be started');
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (data: Buffer) => (stdout += data.toString()));
  child.stderr.on('data', (data: Buffer) => (stderr += data.toString()));
  t.teardown(() => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
  });
  return {
    pid,
    ended: once(child, 'close').then(([status]) => ({ status: status as number | null, stdout, stderr })),
    stdout: () => stdout,
  };
}

async function isUp(role: RunningRole): Promise<void> {
  const up = waitFor('the name server', () => role.stdout().includes('the name server is up'), { withinMs: 25_000 });
  const ended = role.ended.then(({ status, stdout, stderr }) => {
    throw new Error(`the name server ended with ${status}: ${stdout}${stderr}`);
  });
  await Promise.race([up, ended]);
}

function workersOf({ pid }: RunningRole) {
  const pids = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ');
  return pids.flatMap((child) => identifyProcess(Number(child)) ?? []);
}

t.test('when the name server is killed its workers end, and the next one has the ports at once', async (t) => {
  const ports = { dns: await freePort(), http: await freePort() };
  const first = start(t, ports, '--dns_workers=2');
  await isUp(first);
  const workers = workersOf(first);
  t.equal(workers.length, 2);
  t.equal((await askAddress(ports.dns, 'web.mesos')).rcode, 2, 'SERVFAIL: no master was seen');
  killProcess(first.pid);
  const next = start(t, ports, '--dns_workers=2');
  await isUp(next);
  t.notOk(workers.some(isRunning));
  t.equal((await askAddress(ports.dns, 'web.mesos')).rcode, 2);
  t.match(await first.ended, { status: null, stderr: '' });
});

t.test('Ctrl-C, which reaches the workers as well, ends all without a complaint', async (t) => {
  const ports = { dns: await freePort(), http: await freePort() };
  const role = start(t, ports);
  await isUp(role);
  const workers = workersOf(role);
  // all of the group
  process.kill(-role.pid, 'SIGINT');
  const { status, stdout, stderr } = await role.ended;
  t.equal(status, 0);
  t.equal(stderr, '');
  t.notMatch(stdout, /answers queries/);
  t.notMatch(stdout, /"level":50/);
  t.notOk(workers.some(isRunning));
});

t.test('a port in use is one clear line', async (t) => {
  const ports = { dns: await freePort(), http: await freePort() };
  const first = start(t, ports, '--dns_workers=2');
  await isUp(first);
  const second = start(t, { ...ports, http: await freePort() }, '--dns_workers=2');
  const { status, stderr } = await second.ended;
  t.equal(status, 1);
  t.equal(
    stderr,
    `ekiden dns: port ${ports.dns} on 127.0.0.1 is in use by another program: choose another with --dns_port\n`,
  );
  t.equal((await askAddress(ports.dns, 'web.mesos')).rcode, 2, 'the first one still answers');
});
