// Pods: tasks that are launched together in Mesos' default executor.
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import t from 'tap';
import type { ExecutorEnd } from '../../../src/cluster/agent-port.js';
import type { ExecutorInfo, TaskInfo } from '../../../src/mesos/types.js';
import { listenOnFreePort } from '../../support/listen.js';
import { importImage, podmanProblem } from '../../support/podman.js';
import { waitFor } from '../../support/wait.js';
import { framework, newWorkDir, runAgent } from './support/run-agent.js';
import type { RunningAgent } from './support/run-agent.js';

const executor = (id: string, more: Partial<ExecutorInfo> = {}): ExecutorInfo => ({
  type: 'DEFAULT',
  executor_id: { value: id },
  framework_id: framework.id,
  resources: [],
  ...more,
});

function launch(run: RunningAgent, pod: ExecutorInfo, tasks: Record<string, Partial<TaskInfo>>): void {
  run.agent.launchGroup(
    framework,
    pod,
    Object.entries(tasks).map(([id, info]) => ({
      name: id,
      task_id: { value: id },
      agent_id: run.registration.info.id,
      resources: [{ name: 'cpus', type: 'SCALAR' as const, scalar: { value: 0.1 }, allocation_info: { role: '*' } }],
      executor: pod,
      ...info,
    })),
  );
}

const sleeps = { command: { value: 'exec sleep 1000' } };

t.test('groups of processes', async (t) => {
  const workDir = newWorkDir();
  const ends: ExecutorEnd[] = [];
  const run = await runAgent(workDir, { onExecutorEnd: (end) => ends.push(end) });
  t.teardown(async () => {
    await run.agent.stop('everything');
    rmSync(workDir, { recursive: true });
  });
  const ended = (id: string) => waitFor(`the end of ${id}`, () => ends.find(({ executorId }) => executorId === id));
  const log = (pod: string, task: string): string =>
    readFileSync(join(run.sandboxes, pod, 'runs/latest/tasks', task, 'stdout'), 'utf8');

  t.test('all finish; environment, sandboxes and statuses are those of the default executor', async (t) => {
    launch(run, executor('pod-1'), {
      // tap puts variables of its own into every process that a test starts
      one: { command: { value: `unset NODE_OPTIONS $(env | grep -o '^_TAPJS_[A-Z_]*'); env; pwd` } },
      two: { command: { value: 'true' } },
    });
    await ended('pod-1');
    t.strictSame(run.statesOf('one'), ['TASK_STARTING', 'TASK_RUNNING', 'TASK_FINISHED']);
    const running = await run.status('one', 'TASK_RUNNING');
    const parent = running.container_status?.container_id?.parent?.value;
    t.equal(running.executor_id?.value, 'pod-1');
    t.match(running.container_status, { network_infos: [{}], executor_pid: Number });
    for (const state of ['TASK_STARTING', 'TASK_FINISHED'] as const) {
      const { container_status } = await run.status('one', state);
      t.strictSame(Object.keys(container_status ?? {}), ['container_id'], state);
      t.equal(container_status?.container_id?.parent?.value, parent);
    }
    const lines = log('pod-1', 'one').trim().split('\n');
    const sandbox = lines.at(-1) ?? '';
    t.ok(sandbox.startsWith(join(run.sandboxes, 'pod-1/runs', parent ?? '', 'containers')));
    t.strictSame(
      lines
        .slice(0, -1)
        .filter((line) => !line.startsWith('PWD='))
        .sort(),
      [
        'MESOS_ALLOCATION_ROLE=*',
        'MESOS_CONTAINER_IP=127.0.0.1',
        `MESOS_SANDBOX=${sandbox}`,
        'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
      ],
    );
    t.equal(ends.filter(({ executorId }) => executorId === 'pod-1').length, 1);
    t.match(ends[0], { frameworkId: 'f-0000', executorId: 'pod-1', status: 0 });
  });

  t.test('one fails: the others are killed after it', async (t) => {
    launch(run, executor('pod-2'), { fails: { command: { value: 'exit 5' } }, 'lives-1': sleeps, 'lives-2': sleeps });
    await ended('pod-2');
    t.match(await run.end('fails'), { state: 'TASK_FAILED', message: 'Command exited with status 5' });
    for (const id of ['lives-1', 'lives-2']) t.match(await run.end(id), { state: 'TASK_KILLED' });
    const order = run.updates.map(({ status }) => `${status.task_id.value} ${status.state}`);
    t.ok(order.indexOf('fails TASK_FAILED') < order.indexOf('lives-1 TASK_KILLED'));
  });

  t.test('KILL of one kills all; one that finishes leaves the others alone', async (t) => {
    launch(run, executor('pod-3'), { done: { command: { value: 'true' } }, stays: sleeps, 'stays-too': sleeps });
    t.match(await run.end('done'), { state: 'TASK_FINISHED' });
    await run.status('stays', 'TASK_RUNNING');
    await run.status('stays-too', 'TASK_RUNNING');
    run.kill('stays');
    t.match(await run.end('stays'), { state: 'TASK_KILLED', message: 'Command terminated with signal Terminated' });
    t.match(await run.end('stays-too'), { state: 'TASK_KILLED' });
    t.strictSame(run.statesOf('stays-too').slice(-2), ['TASK_KILLING', 'TASK_KILLED']);
    await ended('pod-3');
  });

  t.test('SHUTDOWN ends all at once', async (t) => {
    launch(run, executor('pod-4'), {
      shut: { command: { value: 'trap "" TERM; echo up; while :; do sleep 0.1; done' } },
    });
    await waitFor(
      'the trap',
      () => existsSync(join(run.sandboxes, 'pod-4/runs/latest/tasks/shut/stdout')) && log('pod-4', 'shut') !== '',
    );
    run.agent.shutdownExecutor?.('f-0000', 'pod-4');
    t.match(await run.end('shut'), { state: 'TASK_KILLED', message: 'Command terminated with signal Killed' });
    await ended('pod-4');
  });

  t.test('volumes that the tasks share, or have of their own', async (t) => {
    const shared = {
      container_path: 'common',
      mode: 'RW',
      source: { type: 'SANDBOX_PATH', sandbox_path: { type: 'PARENT', path: 'shared' } },
    };
    const own = {
      container_path: 'mine',
      mode: 'RW',
      source: { type: 'SANDBOX_PATH', sandbox_path: { type: 'SELF', path: 'own' } },
    };
    const container = { type: 'MESOS', volumes: [shared, own] };
    launch(run, executor('pod-5'), {
      writes: { container, command: { value: 'echo told >common/file; echo x >mine/x; cat own/x' } },
      reads: {
        container,
        command: { value: 'until [ -e common/file ]; do sleep 0.02; done; cat common/file; ls mine' },
      },
    });
    await ended('pod-5');
    t.match(await run.end('writes'), { state: 'TASK_FINISHED' });
    t.match(await run.end('reads'), { state: 'TASK_FINISHED' });
    t.equal(log('pod-5', 'writes'), 'x\n');
    t.equal(log('pod-5', 'reads'), 'told\n');
  });

  t.test('a task that cannot be started, a network that processes cannot have', async (t) => {
    launch(run, executor('pod-6'), { bad: { command: {} }, good: sleeps });
    t.match(await run.end('bad'), { state: 'TASK_FAILED', reason: 'REASON_CONTAINER_LAUNCH_FAILED' });
    t.match(await run.end('good'), { state: 'TASK_KILLED' });
    await ended('pod-6');
    launch(run, executor('pod-7', { container: { type: 'MESOS', network_infos: [{ name: 'net' }] } }), {
      alone: sleeps,
    });
    t.match((await run.end('alone')).message, /in a network of its group \(named\) can only be containers with images/);
    await ended('pod-7');
    run.launch(
      'custom',
      { value: 'true' },
      { executor: { executor_id: { value: 'mine' }, command: { value: './run' } } },
    );
    t.match(await run.end('custom'), { state: 'TASK_ERROR', message: /the executor 'mine' cannot be run/ });
    launch(run, executor('../pod'), { escapes: sleeps });
    t.match(await run.end('escapes'), { state: 'TASK_ERROR', message: "'../pod' contains invalid characters" });
    await ended('../pod');
  });

  t.test('they outlive the agent', async (t) => {
    const workDir = newWorkDir();
    t.teardown(() => rmSync(workDir, { recursive: true }));
    const first = await runAgent(workDir);
    const pod = executor('pod');
    launch(first, pod, { a: sleeps, b: { command: { value: 'until [ -e gate ]; do sleep 0.02; done; exit 3' } } });
    const { container_status } = await first.status('b', 'TASK_RUNNING');
    await first.status('a', 'TASK_RUNNING');
    await first.agent.stop('self');
    const ends: ExecutorEnd[] = [];
    const second = await runAgent(workDir, { onExecutorEnd: (end) => ends.push(end) });
    t.teardown(() => second.agent.stop('everything'));
    t.match(second.registration.executors, [{ frameworkId: 'f-0000', info: pod }]);
    t.match(second.registration.tasks, [{ executor_id: pod.executor_id }, { executor_id: pod.executor_id }]);
    mkdirSync(join(second.sandboxes, 'pod/runs/latest/tasks/b/gate'));
    const end = await second.end('b');
    t.match(end, { state: 'TASK_FAILED', message: 'Command exited with status 3' });
    t.strictSame(end.container_status?.container_id, container_status?.container_id);
    t.match(await second.end('a'), { state: 'TASK_KILLED' });
    await waitFor('the end of the executor', () => ends.length > 0);
  });

  t.test('what was not started when the agent ended is started by the next', async (t) => {
    const workDir = newWorkDir();
    t.teardown(() => rmSync(workDir, { recursive: true }));
    let asked = 0;
    const server = createServer((_request, response) => {
      if (++asked > 1) response.end('content');
    });
    const port = await listenOnFreePort(t, server);
    const first = await runAgent(workDir);
    const uris = [{ value: `http://127.0.0.1:${port}/file` }];
    launch(first, executor('pod'), {
      early: { command: { value: 'exec sleep 1000' } },
      late: { command: { value: 'cat file; exit 2', uris } },
    });
    await first.status('early', 'TASK_RUNNING');
    await waitFor('the request', () => asked > 0);
    await first.agent.stop('self');
    const second = await runAgent(workDir);
    t.teardown(() => second.agent.stop('everything'));
    t.match(await second.end('late'), { state: 'TASK_FAILED', message: 'Command exited with status 2' });
    t.equal(readFileSync(join(second.sandboxes, 'pod/runs/latest/tasks/late/stdout'), 'utf8'), 'content');
    t.match(await second.end('early'), { state: 'TASK_KILLED' });
  });
});

const skip = podmanProblem();
t.test('containers of a group share one network', { skip, timeout: 100_000 }, async (t) => {
  const image = importImage(t);
  const workDir = newWorkDir();
  const run = await runAgent(workDir, { tuning: { containerEngine: 'podman' } });
  t.teardown(async () => {
    await run.agent.stop('everything');
    rmSync(workDir, { recursive: true });
  });
  const container = {
    type: 'MESOS',
    mesos: { image: { type: 'DOCKER', docker: { name: image.name } } },
    volumes: [
      {
        container_path: '/common',
        mode: 'RW',
        source: { type: 'SANDBOX_PATH', sandbox_path: { type: 'PARENT', path: 'shared' } },
      },
    ],
  };
  const pod = executor('pod', { container: { type: 'MESOS', network_infos: [{ name: 'mesos-bridge' }] } });
  launch(run, pod, {
    server: {
      container,
      command: { value: 'echo hello >/common/index.html; exec httpd -f -p 127.0.0.1:8000 -h /common' },
    },
    client: {
      container,
      command: {
        value:
          'until wget -q -O - http://127.0.0.1:8000/index.html; do sleep 0.1; done; cat /common/index.html; exec sleep 1000',
      },
    },
  });
  const stdout = join(run.sandboxes, 'pod/runs/latest/tasks/client/stdout');
  await waitFor('the answer', () => existsSync(stdout) && readFileSync(stdout, 'utf8') === 'hello\nhello\n');
  const [server, client] = await Promise.all(['server', 'client'].map((id) => run.status(id, 'TASK_RUNNING')));
  t.strictSame(
    server?.container_status?.network_infos,
    client?.container_status?.network_infos,
    'one address for both',
  );
  run.kill('client', 0);
  t.match(await run.end('client'), { state: 'TASK_KILLED' });
  t.match(await run.end('server'), { state: 'TASK_KILLED' });
});
