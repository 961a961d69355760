import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import type { CommandInfo } from '../../../src/mesos/types.js';
import { freePort } from '../../support/ports.js';
import { waitFor } from '../../support/wait.js';
import { framework, isAlive, newWorkDir, runAgent } from './support/run-agent.js';
import { killProcess } from '../../support/kill.js';

const script = fileURLToPath(new URL('./support/agent-process.js', import.meta.url));

/** Runs an agent in a process of its own until `until` appears in its output, then kills that process with SIGKILL. */
async function runAndKill(workDir: string, tasks: Record<string, CommandInfo>, until: (out: string) => boolean) {
  const child = spawn(process.execPath, [script, workDir, JSON.stringify(tasks)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let out = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  const exit = once(child, 'exit');
  try {
    await waitFor('the agent to run its tasks', () => until(out), { everyMs: 5 });
  } finally {
    child.kill('SIGKILL');
    await exit;
  }
  return out;
}

const isRunning =
  (...ids: string[]) =>
  (out: string): boolean =>
    ids.every((id) => out.includes(`${id} TASK_RUNNING`));

t.test('tasks survive kill -9 of the agent and are found again', async (t) => {
  const workDir = newWorkDir();
  t.teardown(() => rmSync(workDir, { recursive: true }));
  const gate = join(workDir, 'gate');
  const ends = 'until [ -e "$GATE" ]; do sleep 0.02; done;';
  const environment = { variables: [{ name: 'GATE', value: gate }] };
  await runAndKill(
    workDir,
    {
      runs: { value: 'echo $$; exec sleep 1000' },
      'exits-5': { value: `${ends} exit 5`, environment },
      signaled: { value: `${ends} kill -TERM $$`, environment },
      'later-0': { value: 'until [ -e "$GATE.2" ]; do sleep 0.02; done', environment },
      orphaned: { value: 'echo $$; exec sleep 1000' },
    },
    isRunning('runs', 'exits-5', 'signaled', 'later-0', 'orphaned'),
  );
  // These end while there is no agent.
  writeFileSync(gate, '');
  await new Promise((resolve) => setTimeout(resolve, 300));

  const run = await runAgent(workDir);
  t.teardown(() => run.agent.stop('everything'));
  t.strictSame(
    run.registration.frameworks.map((f) => f.id.value),
    ['f-0000'],
  );
  t.strictSame(run.registration.tasks.map((task) => task.task_id.value).sort(), [
    'exits-5',
    'later-0',
    'orphaned',
    'runs',
    'signaled',
  ]);
  const found = run.registration.tasks.find((task) => task.task_id.value === 'runs');
  t.match(found, { state: 'TASK_RUNNING', framework_id: framework.id, agent_id: run.registration.info.id });
  t.strictSame(
    found?.statuses?.map((s) => s.state),
    ['TASK_STARTING', 'TASK_RUNNING'],
  );

  t.match(await run.end('exits-5'), { state: 'TASK_FAILED', message: 'Command exited with status 5' });
  t.match(await run.end('signaled'), { state: 'TASK_FAILED', message: 'Command terminated with signal Terminated' });
  t.strictSame(run.statesOf('exits-5'), ['TASK_RUNNING', 'TASK_FAILED'], 'what was not acknowledged comes again');

  writeFileSync(`${gate}.2`, '');
  t.match(await run.end('later-0'), { state: 'TASK_FINISHED', message: 'Command exited with status 0' });

  const supervisor = (await run.status('orphaned', 'TASK_RUNNING')).container_status?.executor_pid;
  const orphan = Number(run.log('orphaned', 'stdout').trim());
  killProcess(supervisor);
  t.match(await run.end('orphaned'), { state: 'TASK_FAILED', reason: 'REASON_EXECUTOR_TERMINATED' });
  await waitFor('the orphan to be ended', () => !isAlive(orphan));

  const pid = Number(run.log('runs', 'stdout').trim());
  t.ok(isAlive(pid));
  t.ok(run.kill('runs'));
  t.match(await run.end('runs'), { state: 'TASK_KILLED', message: 'Command terminated with signal Terminated' });
  t.notOk(isAlive(pid));
});

t.test('a kill goes on where the killed agent left off', async (t) => {
  const workDir = newWorkDir();
  t.teardown(() => rmSync(workDir, { recursive: true }));
  const first = await runAgent(workDir);
  first.launch('stubborn', { value: 'trap "" TERM; echo ready; while :; do sleep 0.05; done' });
  await waitFor('the trap', () => first.log('stubborn', 'stdout').includes('ready'));
  first.kill('stubborn', 600);
  await first.status('stubborn', 'TASK_KILLING');
  await first.agent.stop('self');
  const second = await runAgent(workDir);
  t.teardown(() => second.agent.stop('everything'));
  t.match(await second.end('stubborn'), { state: 'TASK_KILLED', message: 'Command terminated with signal Killed' });
});

t.test('a task whose URIs were being fetched is fetched again', async (t) => {
  const workDir = newWorkDir();
  t.teardown(() => rmSync(workDir, { recursive: true }));
  let answer = false;
  let asked = 0;
  const server = createServer((_request, response) => {
    asked++;
    if (answer) response.end('content');
  });
  const port = await freePort();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  const command = { value: 'cat file', uris: [{ value: `http://127.0.0.1:${port}/file` }] };
  await runAndKill(workDir, { fetches: command }, () => asked > 0);
  answer = true;
  const run = await runAgent(workDir);
  t.teardown(() => run.agent.stop('everything'));
  t.match(
    run.registration.tasks.map((task) => task.state),
    ['TASK_STAGING'],
  );
  t.match(await run.end('fetches'), { state: 'TASK_FINISHED' });
  t.equal(run.log('fetches', 'stdout'), 'content');
  t.equal(asked, 2);
});

t.test('a clean stop ends everything, the next agent tells it', async (t) => {
  const workDir = newWorkDir();
  t.teardown(() => rmSync(workDir, { recursive: true }));
  const first = await runAgent(workDir);
  first.launch('plain', { value: 'echo $$; setsid sh -c "echo \\$\\$; exec sleep 1001" & exec sleep 1000' });
  first.launch('other', { value: 'trap "exit 0" TERM; echo $$; while :; do sleep 0.02; done' });
  const pids = await waitFor('the tasks', () => {
    if (!existsSync(join(first.sandboxes, 'plain/runs/latest/stdout'))) return false;
    if (!existsSync(join(first.sandboxes, 'other/runs/latest/stdout'))) return false;
    const found = `${first.log('plain', 'stdout')}${first.log('other', 'stdout')}`.trim().split('\n').map(Number);
    return found.length === 3 && found;
  });
  await first.agent.stop('everything');
  t.strictSame(pids.map(isAlive), [false, false, false], 'also what left its session');
  t.notMatch(first.statesOf('plain'), ['TASK_KILLED'], 'nobody was told yet');

  const second = await runAgent(workDir);
  t.teardown(() => second.agent.stop('everything'));
  t.strictSame(
    second.registration.tasks.map((task) => task.state),
    ['TASK_KILLED', 'TASK_KILLED'],
  );
  t.match(await second.end('plain'), { state: 'TASK_KILLED', message: 'Command terminated with signal Terminated' });
  t.match(await second.end('other'), { state: 'TASK_KILLED', message: 'Command exited with status 0' });
  await second.agent.stop('self');
  const third = await runAgent(workDir);
  t.strictSame(third.registration.tasks, [], 'told once and for all');
  await third.agent.stop('self');
});

t.test('records of another boot, torn and broken ones', async (t) => {
  const workDir = newWorkDir();
  t.teardown(() => rmSync(workDir, { recursive: true }));
  const records = join(workDir, 'cluster/agent/meta/frameworks/f-0000');
  const task = (id: string): string => {
    const directory = join(records, 'tasks', id);
    mkdirSync(join(directory, 'runs/c-1'), { recursive: true });
    return directory;
  };
  const checkpoint = (id: string): string =>
    JSON.stringify({
      info: { name: id, task_id: { value: id }, agent_id: { value: 'a' }, resources: [], command: { value: 'true' } },
      containerId: 'c-1',
      sandbox: join(workDir, 'none'),
      bootId: 'another',
    });
  const update = (id: string, uuid: string): string =>
    JSON.stringify({ type: 'update', status: { task_id: { value: id }, state: 'TASK_RUNNING', uuid } });
  const rebooted = task('rebooted');
  writeFileSync(join(records, 'framework.json'), JSON.stringify(framework));
  writeFileSync(join(rebooted, 'task.json'), checkpoint('rebooted'));
  writeFileSync(join(rebooted, 'journal'), `${update('rebooted', 'u1')}\n${update('rebooted', 'u2').slice(0, 20)}`);
  // The pid of a process that surely runs, with another start time.
  writeFileSync(
    join(rebooted, 'runs/c-1/supervisor'),
    `${process.pid} (sh) S 1 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 7 0 0 0\n`,
  );
  writeFileSync(join(task('broken'), 'task.json'), '{');
  task('never-written');

  const run = await runAgent(workDir);
  t.teardown(() => run.agent.stop('everything'));
  t.strictSame(
    run.registration.tasks.map((found) => found.task_id.value),
    ['rebooted'],
  );
  t.match(await run.end('rebooted'), {
    state: 'TASK_FAILED',
    message: 'Abnormal executor termination: the machine was restarted while the task was running',
  });
  t.ok(existsSync(join(records, 'tasks/broken')));
  t.notOk(existsSync(join(records, 'tasks/never-written')));
});

t.test('resources that cannot hold what runs are refused', async (t) => {
  const workDir = newWorkDir();
  t.teardown(() => rmSync(workDir, { recursive: true }));
  const first = await runAgent(workDir);
  first.launch('runs', { value: 'sleep 1000' });
  await first.status('runs', 'TASK_RUNNING');
  await first.agent.stop('self');
  await t.rejects(runAgent(workDir, { flags: { resources: 'cpus:0.05;mem:64;disk:64' } }), {
    name: 'StartupError',
    message: /--resources/,
  });
  const second = await runAgent(workDir, { flags: { resources: 'cpus:0.5;mem:64;disk:64' } });
  t.equal(second.registration.info.id.value, first.registration.info.id.value);
  await second.agent.stop('everything');
});
