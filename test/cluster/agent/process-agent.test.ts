import { chmodSync, existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import t from 'tap';
import { freePort } from '../../support/ports.js';
import { waitFor } from '../../support/wait.js';
import { isAlive, newWorkDir, runAgent } from './support/run-agent.js';
import { killProcess } from '../../support/kill.js';

t.test('tasks as processes', async (t) => {
  const workDir = newWorkDir();
  const run = await runAgent(workDir, { tuning: { containerEngine: 'no-such-engine' } });
  t.teardown(async () => {
    await run.agent.stop('everything');
    rmSync(workDir, { recursive: true });
  });

  t.test('the way of a task that ends by itself', async (t) => {
    run.launch('finishes', { value: 'echo out; echo err >&2' });
    const end = await run.end('finishes');
    t.strictSame(run.statesOf('finishes'), ['TASK_STARTING', 'TASK_RUNNING', 'TASK_FINISHED']);
    t.equal(end.message, 'Command exited with status 0');
    t.equal(end.source, 'SOURCE_EXECUTOR');
    t.equal(end.executor_id?.value, 'finishes');
    t.equal(end.agent_id?.value, run.registration.info.id.value);
    t.equal(Buffer.from(end.uuid ?? '', 'base64').length, 16);
    t.strictSame(end.container_status?.network_infos, [
      { ip_addresses: [{ protocol: 'IPv4', ip_address: '127.0.0.1' }] },
    ]);
    t.type(end.container_status?.executor_pid, 'number');
    t.equal(run.log('finishes', 'stdout'), 'out\n');
    t.equal(run.log('finishes', 'stderr'), 'err\n');
  });

  t.test('exit statuses and signals, told apart', async (t) => {
    const cases = [
      ['exit 3', 'TASK_FAILED', 'Command exited with status 3'],
      ['exit 137', 'TASK_FAILED', 'Command exited with status 137'],
      ['kill -KILL $$', 'TASK_FAILED', 'Command terminated with signal Killed'],
      ['kill -SEGV $$', 'TASK_FAILED', 'Command terminated with signal Segmentation fault'],
      ['kill -INT $$', 'TASK_FAILED', 'Command terminated with signal Interrupt'],
      ['kill -PIPE $$', 'TASK_FAILED', 'Command terminated with signal Broken pipe'],
      ['exit 141', 'TASK_FAILED', 'Command exited with status 141'],
    ] as const;
    cases.forEach(([value], i) => run.launch(`exit-${i}`, { value }));
    for (const [i, [, state, message]] of cases.entries()) {
      t.match(await run.end(`exit-${i}`), { state, message });
    }
  });

  t.test('an argv is executed as it is, looked up in PATH', async (t) => {
    run.launch('argv', { shell: false, value: 'printf', arguments: ['printf', '[%s]', 'a b', '$HOME', "it's", ''] });
    t.match(await run.end('argv'), { state: 'TASK_FINISHED' });
    t.equal(run.log('argv', 'stdout'), "[a b][$HOME][it's][]");
    run.launch('argv-missing', { shell: false, value: 'no-such-program', arguments: ['no-such-program'] });
    t.match(await run.end('argv-missing'), { state: 'TASK_FAILED', message: 'Command exited with status 1' });
    t.match(run.log('argv-missing', 'stderr'), /Failed to execute command: no-such-program/);
  });

  t.test('the environment is that of Mesos, and the task wins', async (t) => {
    process.env['EKIDEN_TEST_LEAK'] = 'leaked';
    t.teardown(() => delete process.env['EKIDEN_TEST_LEAK']);
    run.launch('env', {
      value: 'env; echo "$MULTI"; pwd',
      environment: {
        variables: [
          { name: 'MINE', value: 'first' },
          { name: 'MINE', value: `x 'y' "z" $(id) \\` },
          { name: 'MULTI', value: 'a\nb' },
          { name: 'odd.name', value: 'odd' },
          { name: 'UID', value: '7' },
          { name: 'EMPTY' },
          { name: 'MESOS_EXECUTOR_ID', value: 'mine' },
        ],
      },
    });
    await run.end('env');
    const lines = run.log('env', 'stdout').split('\n');
    const sandbox = lines.at(-2);
    for (const line of [
      `MINE=x 'y' "z" $(id) \\`,
      'EMPTY=',
      'MESOS_EXECUTOR_ID=mine',
      'MESOS_AGENT_ENDPOINT=127.0.0.1:5051',
      'MESOS_CHECKPOINT=1',
      'MESOS_RECOVERY_TIMEOUT=15mins',
      `MESOS_SANDBOX=${sandbox}`,
      'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    ]) {
      t.ok(lines.includes(line), line);
    }
    t.notMatch(lines.join('\n'), /EKIDEN_TEST_LEAK|^HOME=|^LC_ALL=/m, "nothing of the agent's own environment");
    t.ok(sandbox?.startsWith(join(run.sandboxes, 'env', 'runs')));
  });

  t.test('KILL reaches the whole group; what the task started may use the grace period', async (t) => {
    run.launch('group', {
      value: `sh -c 'trap "sleep 0.2; echo drained; exit 0" TERM; echo $$; while :; do sleep 0.05; done' & wait`,
    });
    const child = Number(await waitFor('the child', () => run.log('group', 'stdout').trim() || false));
    t.ok(run.kill('group', 20_000));
    const end = await run.end('group');
    t.match(end, { state: 'TASK_KILLED', message: 'Command terminated with signal Terminated' });
    t.strictSame(run.statesOf('group'), ['TASK_STARTING', 'TASK_RUNNING', 'TASK_KILLING', 'TASK_KILLED']);
    t.match(run.log('group', 'stdout'), /drained/);
    t.notOk(isAlive(child));
  });

  t.test('SIGKILL after the grace period, for process groups and sessions of its own, too', async (t) => {
    run.launch('stubborn', {
      value: `trap "" TERM; sh -mc 'sleep 1000 & echo $!; wait' & setsid sh -c 'echo $$; exec sleep 1001' & while :; do sleep 0.05; done`,
    });
    const children = await waitFor('the children', () => {
      const pids = run.log('stubborn', 'stdout').trim().split('\n').map(Number);
      return pids.length === 2 && pids;
    });
    t.ok(children.every(isAlive));
    run.kill('stubborn', 100);
    t.match(await run.end('stubborn'), { state: 'TASK_KILLED', message: 'Command terminated with signal Killed' });
    await waitFor('the children to be gone', () => !children.some(isAlive));
    t.pass('processes that left the group, or the session, are gone');
  });

  t.test('what a task leaves behind ends with it', async (t) => {
    run.launch('leaves', { value: 'sleep 1000 & echo $!; exit 0' });
    t.match(await run.end('leaves'), { state: 'TASK_FINISHED' });
    const child = Number(run.log('leaves', 'stdout').trim());
    await waitFor('the background process to be gone', () => !isAlive(child));
    t.pass();
  });

  t.test('KILL before the task is started', async (t) => {
    run.launch('early', { value: 'sleep 1000' });
    t.ok(run.kill('early'));
    t.match(await run.end('early'), {
      state: 'TASK_KILLED',
      source: 'SOURCE_AGENT',
      reason: 'REASON_TASK_KILLED_DURING_LAUNCH',
      message: 'Killed before delivery to the executor',
    });
    t.notOk(run.kill('never-heard-of'));
  });

  t.test('a killed supervisor is noticed and its task ended', async (t) => {
    run.launch('orphaned', { value: 'echo $$; exec sleep 1000' });
    const { container_status } = await run.status('orphaned', 'TASK_RUNNING');
    const task = Number(await waitFor('the task', () => run.log('orphaned', 'stdout').trim() || false));
    killProcess(container_status?.executor_pid);
    t.match(await run.end('orphaned'), {
      state: 'TASK_FAILED',
      reason: 'REASON_EXECUTOR_TERMINATED',
      message: 'Abnormal executor termination: the process that supervised the task is gone',
    });
    await waitFor('the task to be gone', () => !isAlive(task));
  });

  t.test('another user', { skip: process.getuid?.() === 0 ? false : 'only root can switch users' }, async (t) => {
    run.launch('nobody', { value: 'id -un; touch mine; echo more >>stdout', user: 'nobody' });
    t.match(await run.end('nobody'), { state: 'TASK_FINISHED' });
    t.equal(run.log('nobody', 'stdout'), 'nobody\nmore\n');
    run.launch('no-user', { value: 'true', user: 'no-such-user' });
    const end = await run.end('no-user');
    t.match(end, { state: 'TASK_FAILED', reason: 'REASON_CONTAINER_LAUNCH_FAILED' });
    t.match(end.message, /No such user 'no-such-user'/);

    const readable = join(workDir, 'readable.txt');
    const secret = join(workDir, 'secret.txt');
    chmodSync(workDir, 0o755);
    writeFileSync(readable, 'for everybody');
    writeFileSync(secret, 'for root', { mode: 0o600 });
    run.launch('fetches', {
      value: 'cat readable.txt; stat -c %U readable.txt stderr',
      user: 'nobody',
      uris: [{ value: readable }],
    });
    t.match(await run.end('fetches'), { state: 'TASK_FINISHED' });
    t.equal(run.log('fetches', 'stdout'), 'for everybodynobody\nnobody\n');
    run.launch('steals', { value: 'true', user: 'nobody', uris: [{ value: secret }] });
    t.match((await run.end('steals')).message, /cannot be read as user 'nobody': .*Permission denied/);
  });

  t.test('what cannot be run says why', async (t) => {
    run.launch('docker', { value: 'true' }, { container: { type: 'DOCKER', docker: { image: 'x' } } });
    t.match(
      (await run.end('docker')).message,
      /^Failed to launch container: there is no container engine on the agent \(the program 'no-such-engine' is not installed\): install Docker/,
    );
    run.launch('../evil', { value: 'true' });
    t.match(await run.end('../evil'), { state: 'TASK_ERROR', message: "'../evil' contains invalid characters" });
    run.launch('nul', { value: 'echo a\0b' });
    t.match((await run.end('nul')).message, /NUL/);
    run.launch('no-command', {});
    t.match((await run.end('no-command')).message, /'command.value' is missing/);
  });

  t.test('URIs come before the command; one that fails, or a KILL meanwhile, ends the task', async (t) => {
    run.launch('fetch-fails', { value: 'true', uris: [{ value: '/no/such/file' }] });
    t.match(await run.end('fetch-fails'), {
      state: 'TASK_FAILED',
      source: 'SOURCE_AGENT',
      reason: 'REASON_CONTAINER_LAUNCH_FAILED',
      message:
        /^Failed to launch container: Failed to fetch all URIs for container '[0-9a-f-]{36}': \/no\/such\/file: ENOENT/,
    });
    t.strictSame(run.statesOf('fetch-fails'), ['TASK_FAILED']);
    t.match(run.log('fetch-fails', 'stderr'), /^Fetching \/no\/such\/file to file\nFailed to fetch/);

    let asked = false;
    const server = createServer(() => {
      asked = true;
    });
    const port = await freePort();
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    t.teardown(() => {
      server.closeAllConnections();
      server.close();
    });
    run.launch('fetch-killed', { value: 'true', uris: [{ value: `http://127.0.0.1:${port}/slow` }] });
    await waitFor('the request', () => asked);
    run.kill('fetch-killed');
    t.match(await run.end('fetch-killed'), { state: 'TASK_KILLED', reason: 'REASON_TASK_KILLED_DURING_LAUNCH' });
  });

  t.test('shutdownFramework ends its tasks without a word', async (t) => {
    run.launch('silent', { value: 'echo $$; exec sleep 1000' });
    const pid = Number(await waitFor('the task', () => run.log('silent', 'stdout').trim() || false));
    await run.status('silent', 'TASK_RUNNING');
    run.agent.shutdownFramework('f-0000');
    await waitFor('the task to be gone', () => !isAlive(pid));
    t.strictSame(run.statesOf('silent'), ['TASK_STARTING', 'TASK_RUNNING']);
    t.notOk(run.kill('silent'));
  });

  t.test('acknowledged ends leave no records', async () => {
    const records = join(workDir, 'cluster/agent/meta/frameworks/f-0000/tasks');
    await waitFor('the records to be removed', () => !existsSync(records) || readdirSync(records).length === 0);
  });
});

t.test('one agent per work directory, flags that are wrong', async (t) => {
  const workDir = newWorkDir();
  t.teardown(() => rmSync(workDir, { recursive: true }));
  await t.rejects(runAgent(workDir, { flags: { resources: 'cpus=2' } }), {
    name: 'UsageError',
    message: /--resources/,
  });
  await t.rejects(runAgent(workDir, { flags: { attributes: 'rack' } }), {
    name: 'UsageError',
    message: /--attributes/,
  });
  const first = await runAgent(workDir);
  const id = first.registration.info.id.value;
  await first.agent.stop('everything');
  const second = await runAgent(workDir, { flags: { resources: 'cpus:1' } });
  t.equal(second.registration.info.id.value, id, 'the id stays');
  await second.agent.stop('everything');
});
