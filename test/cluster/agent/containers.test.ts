// Tasks as containers of podman: the way of users' Docker apps, on a real engine.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import type { CommandInfo, TaskInfo } from '../../../src/mesos/types.js';
import { importImage, podmanProblem } from '../../support/podman.js';
import { freePort } from '../../support/ports.js';
import { waitFor } from '../../support/wait.js';
import { newWorkDir, runAgent } from './support/run-agent.js';

const skip = podmanProblem();
const tuning = { containerEngine: 'podman' };

/** The text that a server answers; rejects when nobody answers. */
function get(port: number, path = '/'): Promise<string> {
  return new Promise((resolve, reject) => {
    const call = request({ host: '127.0.0.1', port, path, agent: false, timeout: 2000 }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.on('end', () => resolve(text));
    });
    call.on('timeout', () => call.destroy(new Error('no answer')));
    call.on('error', reject);
    call.end();
  });
}

const scalar = (name: string, value: number) =>
  ({ name, type: 'SCALAR', scalar: { value }, allocation_info: { role: '*' } }) as const;

t.test('containers of type DOCKER', { skip, timeout: 170_000 }, async (t) => {
  const image = importImage(t, ['ENTRYPOINT ["/bin/echo","entry"]', 'WORKDIR /tmp']);
  const workDir = newWorkDir();
  const run = await runAgent(workDir, { tuning });
  t.teardown(async () => {
    await run.agent.stop('everything');
    rmSync(workDir, { recursive: true });
  });
  const launch = (
    id: string,
    command: CommandInfo,
    docker: object = {},
    more: object = {},
    info: Partial<TaskInfo> = {},
  ) =>
    run.launch(id, command, {
      container: { type: 'DOCKER', docker: { image: image.name, ...docker }, ...more },
      ...info,
    });
  const names = (): string[] => image.podman('ps', '--all', '--format', '{{.Names}}').split('\n');

  t.test('a shell command on the host network: sandbox, environment, output, labels', async (t) => {
    const multiline = 'a\nb';
    launch(
      'shell',
      {
        value:
          'echo "$MINE"; echo "$LINES_"; echo "$PATH"; echo err >&2; pwd; echo made >"$MESOS_SANDBOX/made"; exit 4',
        environment: {
          variables: [
            { name: 'MINE', value: `x 'y' "$(id)" \\` },
            { name: 'LINES_', value: multiline },
          ],
        },
      },
      { parameters: [{ key: 'label', value: 'mine=yes' }] },
      {},
      { resources: [scalar('cpus', 0.5), scalar('mem', 64)] },
    );
    const running = await run.status('shell', 'TASK_RUNNING');
    t.match(running.container_status?.network_infos, [{ ip_addresses: [{ ip_address: '127.0.0.1' }] }]);
    const end = await run.end('shell');
    t.match(end, { state: 'TASK_FAILED', message: 'Container exited with status 4', source: 'SOURCE_EXECUTOR' });
    t.strictSame(run.statesOf('shell'), ['TASK_STARTING', 'TASK_RUNNING', 'TASK_FAILED']);
    t.equal(run.log('shell', 'stdout'), `x 'y' "$(id)" \\\na\nb\n/bin\n/tmp\n`);
    t.match(run.log('shell', 'stderr'), /^err$/m);
    t.equal(readFileSync(join(run.sandboxes, 'shell/runs/latest/made'), 'utf8'), 'made\n');
    await waitFor(
      'the container to be removed',
      () => !names().includes(`mesos-${end.container_status?.container_id?.value}`),
    );
  });

  t.test('only arguments go to the entry point of the image; a shell command does not', async (t) => {
    launch('args', { shell: false, arguments: ['one', 'two words'] });
    t.match(await run.end('args'), { state: 'TASK_FINISHED', message: 'Container exited with status 0' });
    t.equal(run.log('args', 'stdout'), 'entry one two words\n');
    launch('entry', { shell: false });
    await run.end('entry');
    t.equal(run.log('entry', 'stdout'), 'entry\n');
  });

  t.test('BRIDGE with a published port, its own address, parameters, KILL', async (t) => {
    const port = await freePort();
    launch(
      'bridge',
      { value: 'echo hello >/tmp/index.html; exec httpd -f -p 80 -h /tmp' },
      {
        network: 'BRIDGE',
        port_mappings: [{ host_port: port, container_port: 80, protocol: 'tcp' }],
        parameters: [
          { key: 'hostname', value: 'web.test' },
          { key: 'env', value: 'A=b' },
        ],
      },
    );
    const { container_status } = await run.status('bridge', 'TASK_RUNNING');
    const [address] = container_status?.network_infos?.[0]?.ip_addresses ?? [];
    t.match(address, { protocol: 'IPv4', ip_address: /^\d+\.\d+\.\d+\.\d+$/ });
    t.not(address?.ip_address, '127.0.0.1');
    t.equal(await waitFor('the answer', () => get(port)), 'hello\n');
    const name = `mesos-${container_status?.container_id?.value}`;
    const [inspected] = JSON.parse(image.podman('inspect', name)) as [
      { Config: { Hostname: string; Env: string[]; Labels: Record<string, string> } },
    ];
    t.equal(inspected.Config.Hostname, 'web.test');
    t.ok(inspected.Config.Env.includes('A=b'));
    t.match(inspected.Config.Labels, {
      MESOS_TASK_ID: 'bridge',
      'ekiden.agent': run.registration.info.id.value,
      'ekiden.framework': 'f-0000',
    });
    t.ok(run.kill('bridge', 200));
    t.match(await run.end('bridge'), { state: 'TASK_KILLED', message: 'Container exited with status 137' });
    t.strictSame(run.statesOf('bridge').slice(-2), ['TASK_KILLING', 'TASK_KILLED']);
  });

  t.test('KILL: who hears SIGTERM ends by himself', async (t) => {
    launch('polite', { value: 'trap "echo bye; exit 0" TERM; echo ready; while :; do sleep 0.1; done' });
    await waitFor(
      'the trap',
      () => existsSync(join(run.sandboxes, 'polite/runs/latest/stdout')) && run.log('polite', 'stdout') !== '',
    );
    run.kill('polite', 20_000);
    t.match(await run.end('polite'), { state: 'TASK_KILLED', message: 'Container exited with status 0' });
    t.equal(run.log('polite', 'stdout'), 'ready\nbye\n');
  });

  t.test('somebody else removes the container', async (t) => {
    launch('removed', { value: 'exec sleep 1000' });
    const { container_status } = await run.status('removed', 'TASK_RUNNING');
    image.podman('rm', '-f', '-t', '0', `mesos-${container_status?.container_id?.value}`);
    t.match(await run.end('removed'), { state: 'TASK_FAILED', message: 'Container exited with status 137' });
  });

  t.test('volumes: of the host, a file of it, of the sandbox, read-only', async (t) => {
    const host = join(workDir, 'host');
    mkdirSync(host);
    writeFileSync(join(host, 'given'), 'given');
    launch(
      'volumes',
      {
        value:
          'cat /host/given; echo new >/host/new; echo in >/data/in; (echo no >/ro/no) 2>/dev/null || echo read-only; cat "$MESOS_SANDBOX/rel/given" /etc/one-file',
      },
      {},
      {
        volumes: [
          { container_path: '/host', host_path: host, mode: 'RW' },
          { container_path: '/ro', host_path: host, mode: 'RO' },
          { container_path: '/etc/one-file', host_path: join(host, 'given'), mode: 'RO' },
          { container_path: '/data', host_path: 'data', mode: 'RW' },
          { container_path: 'rel', host_path: host, mode: 'RO' },
        ],
      },
    );
    t.match(await run.end('volumes'), { state: 'TASK_FINISHED' });
    t.equal(run.log('volumes', 'stdout'), 'givenread-only\ngivengiven');
    t.equal(readFileSync(join(host, 'new'), 'utf8'), 'new\n');
    t.equal(readFileSync(join(run.sandboxes, 'volumes/runs/latest/data/in'), 'utf8'), 'in\n');
  });

  t.test('memory over the limit', async (t) => {
    launch(
      'memory',
      { value: 'exec dd if=/dev/zero of=/dev/null bs=200M count=2' },
      {},
      {},
      { resources: [scalar('cpus', 0.1), scalar('mem', 40)] },
    );
    t.match(await run.end('memory'), {
      state: 'TASK_FAILED',
      reason: 'REASON_CONTAINER_LIMITATION_MEMORY',
      message: /^Memory limit exceeded: Requested: 40MB/,
    });
  });

  t.test('what cannot be run says why, in the words of the engine', async (t) => {
    launch('no-program', { shell: false, value: '/no/such' }, { parameters: [{ key: 'entrypoint', value: '' }] });
    t.match(await run.end('no-program'), {
      state: 'TASK_FAILED',
      reason: 'REASON_CONTAINER_LAUNCH_FAILED',
      message:
        /^Failed to launch container: Failed to run 'podman run .*': exited with status 127; stderr='.*no\/such/s,
    });
    launch('no-image', { value: 'true' }, { image: '127.0.0.1:1/no/such:1', force_pull_image: true });
    t.match(await run.end('no-image'), {
      state: 'TASK_FAILED',
      reason: 'REASON_CONTAINER_LAUNCH_FAILED',
      message:
        /^Failed to launch container: Failed to run 'podman pull 127.0.0.1:1\/no\/such:1': exited with status 125; stderr='/,
    });
    launch('bad-parameter', { value: 'true' }, { parameters: [{ key: 'no-such-option', value: 'x' }] });
    t.match((await run.end('bad-parameter')).message, /unknown flag: --no-such-option/);
  });

  t.test('commands of health checks run inside, and connections go to its address', async (t) => {
    launch(
      'healthy',
      { value: 'echo ok >/tmp/state; exec httpd -f -p 8000 -h /tmp' },
      { network: 'BRIDGE' },
      {},
      {
        health_check: {
          type: 'COMMAND',
          command: { value: 'test "$(cat /tmp/state)" = ok' },
          delay_seconds: 0,
          interval_seconds: 0.2,
        },
        check: { type: 'HTTP', http: { port: 8000, path: '/state' }, delay_seconds: 0.2, interval_seconds: 0.2 },
      },
    );
    await waitFor('health', () =>
      run.updates.find(({ status }) => status.task_id.value === 'healthy' && status.healthy),
    );
    await waitFor('the check', () =>
      run.updates.find(
        ({ status }) =>
          status.task_id.value === 'healthy' &&
          JSON.stringify(status.check_status) === JSON.stringify({ type: 'HTTP', http: { status_code: 200 } }),
      ),
    );
    run.kill('healthy', 0);
    t.match(await run.end('healthy'), { state: 'TASK_KILLED' });
  });
});

t.test('an image in a container of type MESOS', { skip, timeout: 100_000 }, async (t) => {
  const image = importImage(t, ['ENTRYPOINT ["/bin/echo","entry"]']);
  const workDir = newWorkDir();
  const run = await runAgent(workDir, { tuning });
  t.teardown(async () => {
    await run.agent.stop('everything');
    rmSync(workDir, { recursive: true });
  });
  const container = { type: 'MESOS', mesos: { image: { type: 'DOCKER', docker: { name: image.name } } } };
  run.launch('ucr', { value: 'pwd; echo "$MESOS_SANDBOX $MESOS_EXECUTOR_ID"; id -u', user: 'nobody' }, { container });
  t.match(await run.end('ucr'), { state: 'TASK_FINISHED' });
  t.equal(run.log('ucr', 'stdout'), '/mnt/mesos/sandbox\n/mnt/mesos/sandbox ucr\n65534\n');
  run.launch('ucr-value', { shell: false, value: '/bin/printf', arguments: ['printf', '[%s]', 'a b'] }, { container });
  await run.end('ucr-value');
  t.equal(run.log('ucr-value', 'stdout'), '[a b]');
});

t.test('containers outlive the agent and are found again', { skip, timeout: 100_000 }, async (t) => {
  const image = importImage(t);
  const workDir = newWorkDir();
  t.teardown(() => rmSync(workDir, { recursive: true }));
  const first = await runAgent(workDir, { tuning });
  const container = { type: 'DOCKER', docker: { image: image.name, network: 'BRIDGE' } };
  const gate = 'until [ -e "$MESOS_SANDBOX/gate" ]; do sleep 0.05; done; exit 7';
  first.launch('stays', { value: 'exec sleep 1000' }, { container });
  first.launch('ends', { value: gate }, { container });
  first.launch('ends-later', { value: gate }, { container });
  const ids = ['stays', 'ends', 'ends-later'];
  const running = await Promise.all(ids.map((id) => first.status(id, 'TASK_RUNNING')));
  const [address] = running[0]?.container_status?.network_infos?.[0]?.ip_addresses ?? [];
  await first.agent.stop('self');
  writeFileSync(join(first.sandboxes, 'ends/runs/latest/gate'), '');
  // A container that no task knows: its records are lost.
  const orphan = `mesos-orphan-${process.pid}`;
  const label = `ekiden.agent=${first.registration.info.id.value}`;
  image.podman('run', '--detach', '--name', orphan, '--label', label, image.name, '/bin/sleep', '1000');
  t.teardown(() => image.podman('rm', '-f', '-i', '-t', '0', orphan));

  const second = await runAgent(workDir, { tuning });
  t.teardown(() => second.agent.stop('everything'));
  t.strictSame(second.registration.tasks.map((task) => task.task_id.value).sort(), [...ids].sort());
  t.match(await second.end('ends'), { state: 'TASK_FAILED', message: 'Container exited with status 7' });
  writeFileSync(join(first.sandboxes, 'ends-later/runs/latest/gate'), '');
  t.match(await second.end('ends-later'), { state: 'TASK_FAILED', message: 'Container exited with status 7' });
  const isThere = (name: string): boolean =>
    image.podman('ps', '-a', '--format', '{{.Names}}').split('\n').includes(name);
  await waitFor('the orphan to be removed', () => !isThere(orphan));
  second.kill('stays', 100);
  const killed = await second.end('stays');
  t.match(killed, { state: 'TASK_KILLED', message: 'Container exited with status 137' });
  t.strictSame(killed.container_status?.network_infos?.[0]?.ip_addresses, [address]);
});

t.test('kill -9 of the agent', { skip, timeout: 100_000 }, async (t) => {
  const image = importImage(t);
  const workDir = newWorkDir();
  t.teardown(() => rmSync(workDir, { recursive: true }));
  const container = { type: 'DOCKER', docker: { image: image.name } };
  const tasks = { task: { value: 'until [ -e "$MESOS_SANDBOX/gate" ]; do sleep 0.05; done; echo after; exit 6' } };
  const script = fileURLToPath(new URL('./support/agent-process.js', import.meta.url));
  const words = [script, workDir, JSON.stringify(tasks), JSON.stringify(container)];
  const child = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'inherit'] });
  const exit = once(child, 'exit');
  let out = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  try {
    await waitFor('the container', () => out.includes('task TASK_RUNNING'));
  } finally {
    child.kill('SIGKILL');
    await exit;
  }
  const run = await runAgent(workDir, { tuning });
  t.teardown(() => run.agent.stop('everything'));
  t.match(run.registration.tasks, [{ task_id: { value: 'task' }, state: 'TASK_RUNNING' }]);
  writeFileSync(join(run.sandboxes, 'task/runs/latest/gate'), '');
  t.match(await run.end('task'), { state: 'TASK_FAILED', message: 'Container exited with status 6' });
  t.equal(run.log('task', 'stdout'), 'after\n');
});
