import t from 'tap';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { StartupError, UsageError } from '../../../src/common/errors.js';
import { silentLogger } from '../../../src/common/logger.js';
import { identifyProcess } from '../../../src/common/process-identity.js';
import { RoleRegistry } from '../../../src/cli/supervisor/role-registry.js';
import { Supervisor } from '../../../src/cli/supervisor/supervisor.js';
import { fakeRoles, readNotes } from '../../support/fake-roles.js';
import { waitFor } from '../../support/wait.js';
import { killProcess } from '../../support/kill.js';

function setUp(directory: string, behaviours: readonly string[], startLimitMs = 60_000) {
  const logFile = join(directory, 'notes');
  const lines: string[] = [];
  const roles = fakeRoles(logFile, behaviours);
  const names = roles.map((role) => role.name);
  const supervisor = new Supervisor({
    roles,
    startSteps: [names.slice(0, 1), names.slice(1)],
    stopSteps: names.map((name) => [name]),
    startLimitMs,
    registry: new RoleRegistry(directory),
    logger: silentLogger,
    onLine: (role, line) => lines.push(`${role}: ${line}`),
  });
  const notes = (event: string) => readNotes(logFile).filter((note) => note.event === event);
  return { supervisor, lines, notes, logFile };
}

const isGone = (pid: number): boolean => identifyProcess(pid) === undefined;

t.test('starts in steps, passes output on, and stops in order with the scopes', async (t) => {
  const { supervisor, lines, notes, logFile } = setUp(t.testdir(), ['ok', 'degraded', 'ok']);
  t.same(await supervisor.start(), ['half of it is missing']);
  t.equal(notes('start').length, 3);
  await waitFor('output', () => lines.some((line) => line.startsWith('role0: {') && line.includes('"serving"')));
  await Promise.all([supervisor.stop(), supervisor.stop()]);
  t.same(
    readNotes(logFile)
      .slice(3)
      .map(({ event }) => event),
    ['stop-self', 'stop-everything', 'stop-everything'],
  );
  for (const { pid } of notes('start')) t.ok(isGone(pid), 'nothing is left');
});

t.test('starts a role again that was killed, and only that one', async (t) => {
  const { supervisor, notes } = setUp(t.testdir(), ['ok', 'ok']);
  await supervisor.start();
  killProcess(notes('start')[0]?.pid);
  await waitFor('the restart', () => notes('start').length === 3);
  t.equal(notes('stop-everything').length, 0);
  await supervisor.stop();
  for (const { pid } of notes('start')) t.ok(isGone(pid));
});

t.test('SIGTERM to one role restarts it without disturbing what it owns; SIGINT does nothing', async (t) => {
  const { supervisor, notes } = setUp(t.testdir(), ['ok', 'ok']);
  await supervisor.start();
  const pid = notes('start')[1]?.pid;
  killProcess(pid, 'SIGINT');
  killProcess(pid, 'SIGTERM');
  await waitFor('the restart', () => notes('start').length === 3);
  t.same(notes('stop-self'), [{ event: 'stop-self', pid }]);
  await supervisor.stop();
});

t.test('a role that keeps dying is started again with waits, and can be stopped meanwhile', async (t) => {
  const { supervisor, notes } = setUp(t.testdir(), ['dies']);
  await supervisor.start();
  await waitFor('two restarts', () => notes('start').length >= 3);
  await supervisor.stop();
  const starts = notes('start').length;
  for (const { pid } of notes('start')) t.ok(isGone(pid));
  t.equal(notes('start').length, starts);
});

t.test('a scheduler that steps down is started again, also when it does so while it starts', async (t) => {
  const { supervisor, notes } = setUp(t.testdir(), ['steps-down', 'ok']);
  t.match(await supervisor.start(), [/^role0 does not lead any more .*103.*: it is started again/]);
  await waitFor('its third life', () => notes('start').length === 4);
  t.equal(notes('stop-self').length, 1, 'its second one ended as it should');
  t.equal(notes('stop-everything').length, 0, 'the other role goes on');
  await supervisor.stop();
  for (const { pid } of notes('start')) t.ok(isGone(pid));
});

t.test('what prevents a start ends everything with one line', async (t) => {
  const busy = setUp(t.testdir(), ['ok', 'busy', 'ok']);
  await t.rejects(busy.supervisor.start(), new StartupError('role1: port 1 on 127.0.0.1 is in use by another program'));
  for (const { pid } of busy.notes('start')) t.ok(isGone(pid));
  t.equal(busy.notes('start').filter(({ pid }) => pid === busy.notes('start')[1]?.pid).length, 1, 'no restart loop');

  const misused = setUp(t.testdir(), ['misused']);
  await t.rejects(misused.supervisor.start(), new UsageError('--resources: bad'));

  const late = setUp(t.testdir(), ['never'], 500);
  await t.rejects(late.supervisor.start(), /role0 is not ready after 0.5 s/);
});

t.test('a program that cannot be run is said so', async (t) => {
  const directory = t.testdir();
  const supervisor = new Supervisor({
    roles: [{ name: 'ghost', file: '/nonexistent/node', args: [], stopScope: 'self', stopLimitMs: 1000 }],
    startSteps: [['ghost']],
    stopSteps: [['ghost']],
    startLimitMs: 10_000,
    registry: new RoleRegistry(directory),
    logger: silentLogger,
    onLine: () => undefined,
  });
  await t.rejects(supervisor.start(), /ghost could not be run .*ENOENT.* while it was starting/);
});

t.test('a role that does not end is killed', async (t) => {
  const { supervisor, notes } = setUp(t.testdir(), ['stuck']);
  await supervisor.start();
  await supervisor.stop();
  for (const { pid } of notes('start')) t.ok(isGone(pid));
});

t.test('kill -9 of the supervisor: the roles leave what they own and go; the next one waits for them', async (t) => {
  const directory = t.testdir();
  const logFile = join(directory, 'notes');
  const script = fileURLToPath(new URL('../../support/fake-up.js', import.meta.url));
  const up = spawn(process.execPath, [script, directory, logFile, 'ok', 'ok', 'stuck'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await new Promise((resolve) => up.stdout.once('data', resolve));
  const pids = readNotes(logFile).map(({ pid }) => pid);
  t.equal(pids.length, 3);
  up.kill('SIGKILL');
  await new Promise((resolve) => up.once('exit', resolve));

  await new RoleRegistry(directory).awaitFormer(silentLogger);
  for (const pid of pids) t.ok(isGone(pid), 'all roles are gone, the stuck one included');
  const stops = readNotes(logFile).filter(({ event }) => event !== 'start');
  t.same(new Set(stops.map(({ event }) => event)), new Set(['stop-self']));
});
