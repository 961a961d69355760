// What the agent asks of a container engine's command line, and how it takes odd answers: on a script that plays the engine.
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import type { Test } from 'tap';
import { EngineFinder } from '../../../../src/cluster/agent/containers/find-engine.js';
import { runCommand } from '../../../../src/common/run-command.js';
import { waitFor } from '../../../support/wait.js';
import { killProcess } from '../../../support/kill.js';
import { newWorkDir, runAgent } from '../support/run-agent.js';

/** Plays an engine with one container at a time; files in $DOCKER_TEST_DIR say how. */
const script = `#!/bin/sh
cd "$DOCKER_TEST_DIR"
echo "$*" >>log
state() { printf '{"Running":%s,"StartedAt":"2026-01-01T00:00:00Z","ExitCode":%s,"OOMKilled":%s}\\n' "$@" >state; }
case $1 in
  version) echo 1.0 ;;
  image) [ -e image ] ;;
  pull)
    [ -z "$DOCKER_CONFIG" ] || cp "$DOCKER_CONFIG/config.json" given-config
    while [ -e slow ]; do sleep 0.02; done
    [ ! -e refuse ] || { echo 'denied: you may not' >&2; exit 1; }
    touch image ;;
  run)
    state true 0 false
    for word; do case $word in --cidfile=*) echo id >"\${word#--cidfile=}" ;; esac; done
    echo $$ >client
    until [ -e end ]; do sleep 0.02; done
    read -r code oom <end
    state false "$code" "\${oom:-false}"
    exit "$code" ;;
  inspect)
    [ ! -e deaf ] || { echo 'Cannot connect to the daemon' >&2; exit 1; }
    [ ! -e half ] || { echo 'Error: getting container from store "x": container not known' >&2; exit 125; }
    [ -e state ] || { echo "Error: No such container: x" >&2; exit 1; }
    cat state; echo null ;;
  stop | kill) [ -e stubborn ] || echo 137 >end ;;
  rm)
    [ ! -e joined ] || { echo 'Error: container x has dependent containers which must be removed before it' >&2; exit 125; }
    rm -f state ;;
  ps) cat listed 2>/dev/null || true ;;
esac
`;

function fakeEngine(t: Test, name = 'docker') {
  const directory = mkdtempSync(join(tmpdir(), 'ekiden-engine-'));
  const program = join(directory, name);
  writeFileSync(program, script);
  chmodSync(program, 0o755);
  process.env['DOCKER_TEST_DIR'] = directory;
  t.teardown(() => {
    delete process.env['DOCKER_TEST_DIR'];
    rmSync(directory, { recursive: true });
  });
  return {
    directory,
    program,
    set: (file: string, text = '') => writeFileSync(join(directory, file), text),
    unset: (file: string) => rmSync(join(directory, file), { force: true }),
    read: (file: string) => (existsSync(join(directory, file)) ? readFileSync(join(directory, file), 'utf8') : ''),
    asked: (word: string) =>
      readFileSync(join(directory, 'log'), 'utf8')
        .split('\n')
        .filter((line) => line.startsWith(`${word} `)),
  };
}

async function startAgent(t: Test, engine: { program: string }, workDir = newWorkDir()) {
  const run = await runAgent(workDir, { tuning: { containerEngine: engine.program } });
  t.teardown(async () => {
    await run.agent.stop('everything');
    rmSync(workDir, { recursive: true, force: true });
  });
  return run;
}

const container = (docker: object = {}): object => ({ type: 'DOCKER', docker: { image: 'app:1', ...docker } });

t.test('Docker counts when its daemon answers, podman needs none', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'ekiden-path-'));
  const path = process.env['PATH'];
  process.env['PATH'] = directory;
  t.teardown(() => {
    process.env['PATH'] = path;
    rmSync(directory, { recursive: true });
  });
  const program = (name: string, text: string): void =>
    writeFileSync(join(directory, name), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
  let nowMs = 0;
  const finder = new EngineFinder({ agentId: 'a', now: () => nowMs });
  await t.rejects(finder.find(), {
    name: 'LaunchError',
    message:
      /^there is no container engine on the agent \(the program 'docker' is not installed; the program 'podman' is not installed\): install/,
  });
  program('docker', 'echo "Cannot connect to the Docker daemon" >&2; exit 1');
  nowMs = 9000;
  await t.rejects(finder.find(), { message: /is not installed/ }, 'it is not looked for at every task');
  nowMs = 20_000;
  await t.rejects(finder.find(), { message: /'docker version' says: Cannot connect to the Docker daemon/ });
  program('podman', 'echo 4');
  nowMs = 40_000;
  t.equal((await finder.find()).name, 'podman');
  const other = new EngineFinder({ agentId: 'a', now: () => nowMs });
  program('docker', 'echo 20');
  t.equal((await other.find()).name, 'docker');
});

t.test(
  'pulling: when it is due, with the credentials that were fetched, and not longer than the task is wanted',
  async (t) => {
    const engine = fakeEngine(t);
    const run = await startAgent(t, engine);
    const home = join(engine.directory, 'home');
    mkdirSync(join(home, '.docker'), { recursive: true });
    const auths = { 'registry.test': { auth: 'dXNlcjpwYXNz' } };
    writeFileSync(join(home, '.docker/config.json'), JSON.stringify({ auths, credsStore: 'evil' }));
    const packed = await runCommand('tar', ['-C', home, '-czf', join(engine.directory, 'docker.tar.gz'), '.docker']);
    t.equal(packed.exitCode, 0);
    engine.set('refuse');
    run.launch(
      'refused',
      { shell: false, uris: [{ value: join(engine.directory, 'docker.tar.gz') }] },
      { container: container() },
    );
    t.match(await run.end('refused'), {
      state: 'TASK_FAILED',
      reason: 'REASON_CONTAINER_LAUNCH_FAILED',
      message:
        "Failed to launch container: Failed to run 'docker pull app:1': exited with status 1; stderr='denied: you may not'",
    });
    t.strictSame(JSON.parse(engine.read('given-config')), { auths }, 'passwords, and no programs');
    engine.unset('refuse');

    engine.set('slow');
    run.launch('killed', { shell: false }, { container: container() });
    await waitFor('the pull', () => engine.asked('pull').length === 2);
    run.kill('killed');
    t.match(await run.end('killed'), { state: 'TASK_KILLED', reason: 'REASON_TASK_KILLED_DURING_LAUNCH' });
    engine.unset('slow');

    engine.set('image');
    engine.set('end', '0\n');
    run.launch('there', { shell: false }, { container: container() });
    t.match(await run.end('there'), { state: 'TASK_FINISHED' });
    t.equal(engine.asked('pull').length, 2, 'what is here is not pulled');
    run.launch('forced', { shell: false }, { container: container({ force_pull_image: true }) });
    t.match(await run.end('forced'), { state: 'TASK_FINISHED' });
    t.equal(engine.asked('pull').length, 3);
  },
);

t.test('ends that only the engine knows', async (t) => {
  const engine = fakeEngine(t);
  engine.set('image');
  const run = await startAgent(t, engine);
  const client = (): Promise<number> => waitFor('the client', () => Number(engine.read('client')) || false);

  engine.set('end', '137 true\n');
  run.launch('memory', { shell: false }, { container: container() });
  t.match(await run.end('memory'), { state: 'TASK_FAILED', reason: 'REASON_CONTAINER_LIMITATION_MEMORY' });
  engine.unset('end');
  engine.unset('client');

  engine.set('stubborn');
  run.launch('watched', { shell: false }, { container: container() });
  await run.status('watched', 'TASK_RUNNING');
  killProcess(await client());
  t.match(await run.end('watched'), {
    state: 'TASK_FAILED',
    reason: 'REASON_EXECUTOR_TERMINATED',
    message: "Abnormal executor termination: the 'docker run' that watched the container was killed",
  });
  const id = (await run.end('watched')).task_id.value;
  t.equal(id, 'watched');
  t.ok(engine.asked('kill').length > 0, 'the container is ended, too');
  t.match(engine.asked('rm').at(-1), /^rm -f -v mesos-/);
  engine.unset('stubborn');
  engine.unset('client');

  // The daemon is being restarted just when the container ends.
  run.launch('deaf', { shell: false }, { container: container() });
  await run.status('deaf', 'TASK_RUNNING');
  engine.set('deaf');
  const before = engine.asked('inspect').length;
  engine.set('end', '3\n');
  await waitFor('the question', () => engine.asked('inspect').length > before);
  engine.unset('deaf');
  t.match(await run.end('deaf'), { state: 'TASK_FAILED', message: 'Container exited with status 3' });
});

t.test('a container that another one still needs is removed when that is gone', async (t) => {
  const engine = fakeEngine(t);
  engine.set('image');
  engine.set('joined');
  const run = await startAgent(t, engine);
  run.launch('first', { shell: false }, { container: container() });
  await run.status('first', 'TASK_RUNNING');
  engine.set('end', '0\n');
  t.match(await run.end('first'), { state: 'TASK_FINISHED' }, 'the end is told nevertheless');
  await waitFor('a second attempt', () => engine.asked('rm').length > 1);
  t.not(engine.read('state'), '', 'it is still there');
  engine.unset('joined');
  await waitFor('the removal', () => engine.read('state') === '');
});

t.test('KILL: asked with whole seconds, killed when the grace period is over', async (t) => {
  const engine = fakeEngine(t);
  engine.set('image');
  engine.set('stubborn');
  const run = await startAgent(t, engine);
  run.launch('stubborn', { shell: false }, { container: container() });
  await run.status('stubborn', 'TASK_RUNNING');
  run.kill('stubborn', 300);
  await waitFor('SIGKILL', () => engine.asked('kill').length >= 2, { everyMs: 10 });
  t.match(engine.asked('stop'), [/^stop -t 2 mesos-/]);
  t.match(engine.asked('kill')[0], /^kill --signal KILL mesos-/, 'again and again');
  engine.unset('stubborn');
  t.match(await run.end('stubborn'), { state: 'TASK_KILLED', message: 'Container exited with status 137' });
});

t.test('an end that was found out is told by the next agent; containers that nobody knows are removed', async (t) => {
  const engine = fakeEngine(t);
  engine.set('image');
  const workDir = newWorkDir();
  const first = await runAgent(workDir, { tuning: { containerEngine: engine.program } });
  t.equal(engine.read('log'), '', 'nobody is asked before there is a container');
  first.launch('task', { shell: false }, { container: container() });
  const { container_status } = await first.status('task', 'TASK_RUNNING');
  await first.agent.stop('self');
  // The records of an agent that died while its engine removed the container.
  const records = join(
    workDir,
    'cluster/agent/meta/frameworks/f-0000/tasks/task/runs',
    container_status?.container_id?.value ?? '',
  );
  writeFileSync(join(records, 'end.json'), JSON.stringify({ kind: 'exited', status: 9 }));
  engine.set('end', '0\n');
  await waitFor('the end of the client', () => existsSync(join(records, 'ended')));
  engine.unset('state');
  engine.set('half');
  engine.set('listed', `mesos-${container_status?.container_id?.value}\nmesos-unknown\n`);
  const second = await startAgent(t, engine, workDir);
  t.match(await second.end('task'), { state: 'TASK_FAILED', message: 'Container exited with status 9' });
  t.ok(
    engine.asked('rm').includes(`rm -f -v mesos-${container_status?.container_id?.value}`),
    'what is left of it goes',
  );
  await waitFor('the removal', () => engine.asked('rm').some((line) => line === 'rm -f -v mesos-unknown'));
  t.match(engine.asked('ps')[0], /--filter label=ekiden\.agent=/);
});
