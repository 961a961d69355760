// Several masters on one work directory, each in a process of its own, and a real ZooKeeper.
import type { ChildProcess } from 'node:child_process';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { Test } from 'tap';
import t from 'tap';
import { identifyProcess } from '../../../src/common/process-identity.js';
import { frameworkInfo, http, operator, task, TestFramework } from '../../conformance/mesos/mesos-client.js';
import { killProcess } from '../../support/kill.js';
import { freePort } from '../../support/ports.js';
import { waitFor } from '../../support/wait.js';
import { startZooKeeper, withoutZooKeeper } from '../../support/zookeeper.js';
import { zooKeeperClient } from '../../support/zookeeper-client.js';

/** One master of several. */
interface Candidate {
  readonly port: number;
  readonly base: string;
  readonly child: ChildProcess;
  /** What it has printed. */
  log(): string;
  /** Resolves with its exit status. */
  ended(): Promise<number | null>;
  stop(scope: 'self' | 'everything'): Promise<void>;
}

const sessionTimeoutMs = 2_000;

async function startCandidate(
  t: Test,
  options: { hosts: string; workDir: string; agentPort: number; port?: number },
): Promise<Candidate> {
  const { hosts, workDir, agentPort, port = await freePort() } = options;
  const child = fork(
    new URL('./candidate-process.js', import.meta.url),
    [String(port), String(agentPort), workDir, hosts, String(sessionTimeoutMs)],
    { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] },
  );
  let out = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (out += text));
  const exit = once(child, 'exit') as Promise<[number | null]>;
  const candidate: Candidate = {
    port,
    base: `http://127.0.0.1:${port}`,
    child,
    log: () => out,
    ended: async () => (await exit)[0],
    async stop(scope) {
      child.send(scope);
      await exit;
    },
  };
  t.teardown(async () => {
    if (!t.passing()) t.comment(`the log of ${port}:\n${out}`);
    if (child.exitCode !== null || child.signalCode !== null) return;
    killProcess(child.pid, 'SIGCONT');
    await candidate.stop('everything');
  });
  await once(child, 'message');
  return candidate;
}

const get = (candidate: Candidate, path: string) => http(candidate.base, 'GET', path);

/** Resolves when it leads and its agent has recovered. */
async function serves(candidate: Candidate): Promise<void> {
  await waitFor(`${candidate.port} to serve`, async () => (await get(candidate, '/slaves')).status === 200);
}

async function knows(candidate: Candidate, leader: Candidate): Promise<void> {
  const place = `//127.0.0.1:${leader.port}`;
  await waitFor(`${candidate.port} to redirect`, async () => {
    return (await get(candidate, '/redirect')).headers.location === place;
  });
}

async function masterId(candidate: Candidate): Promise<string> {
  return (JSON.parse((await get(candidate, '/state')).body) as { id: string }).id;
}

async function agentIds(candidate: Candidate): Promise<string[]> {
  const { slaves } = JSON.parse((await get(candidate, '/slaves')).body) as { slaves: { id: string }[] };
  return slaves.map(({ id }) => id);
}

// Sessions must end, and servers start: seconds each, more on a busy machine.
t.setTimeout(120_000);

t.test('masters in ZooKeeper', { skip: withoutZooKeeper() }, async (t) => {
  const { hosts, servers } = await startZooKeeper(t);

  t.test('one leads, the other redirects to it, and takes over when it is killed', async (t) => {
    const place = { hosts, workDir: t.testdir(), agentPort: await freePort() };
    const first = await startCandidate(t, place);
    await serves(first);
    const second = await startCandidate(t, place);
    await knows(second, first);

    const client = zooKeeperClient(t, hosts);
    const nodes = (await client.children('/mesos')).sort();
    t.equal(nodes.length, 2);
    t.ok(nodes.every((name) => /^json\.info_\d{10}$/.test(name)));
    const { data, stat } = await client.get(`/mesos/${nodes[0]}`);
    t.not(stat.ephemeralOwner, 0n);
    t.same(JSON.parse(data.toString()), {
      address: { hostname: '127.0.0.1', ip: '127.0.0.1', port: first.port },
      capabilities: [{ type: 'AGENT_UPDATE' }, { type: 'AGENT_DRAINING' }, { type: 'QUOTA_V2' }],
      hostname: '127.0.0.1',
      id: await masterId(first),
      ip: 16777343,
      pid: `master@127.0.0.1:${first.port}`,
      port: first.port,
      version: '1.11.0',
    });

    const leader = `//127.0.0.1:${first.port}`;
    for (const [path, location] of [
      ['/redirect', leader],
      ['/master/redirect', leader],
      ['/state', `${leader}/master/state`],
      ['/state?x=1', `${leader}/master/state?x=1`],
      ['/master/slaves', `${leader}/master/slaves`],
      ['/teardown', `${leader}/master/teardown`],
      ['/maintenance/schedule', `${leader}/master/maintenance/schedule`],
    ] as const) {
      const answer = await get(second, path);
      t.same([answer.status, answer.headers.location, answer.body], [307, location, ''], path);
    }
    for (const path of ['/api/v1', '/api/v1/scheduler', '/master/api/v1/scheduler']) {
      const answer = await http(second.base, 'POST', path, {
        headers: { 'Content-Type': 'application/json' },
        body: { type: 'SUBSCRIBE' },
      });
      const below = path.startsWith('/master') ? path : `/master${path}`;
      t.same([answer.status, answer.headers.location], [307, `${leader}${below}`], path);
    }
    for (const path of ['/health', '/version', '/flags', '/master/metrics/snapshot', '/metrics/snapshot', '/none']) {
      t.equal((await get(second, path)).status, /none|master.metrics/.test(path) ? 404 : 200, path);
    }
    t.match(JSON.parse((await get(second, '/metrics/snapshot')).body), { 'master/elected': 0 });
    t.match(JSON.parse((await get(first, '/metrics/snapshot')).body), { 'master/elected': 1 });
    t.equal((await get(first, '/redirect')).headers.location, leader, 'the leader names itself');

    const before = await TestFramework.subscribe(first.base);
    const offer = await before.offer();
    await before.launch([offer], [task('survivor', offer.agent_id, 'sleep 1000')]);
    const { container_status } = await before.status('survivor', (s) => s.state === 'TASK_RUNNING');
    const pid = container_status?.executor_pid ?? 0;
    const process = identifyProcess(pid);
    const [id, agents] = [await masterId(first), await agentIds(first)];
    killProcess(first.child.pid);
    await first.ended();
    before.disconnect();
    t.equal((await get(second, '/redirect')).headers.location, leader, 'until the session ends');
    await serves(second);

    t.not(await masterId(second), id, 'another master');
    t.same(await agentIds(second), agents, 'the same agent');
    t.match(JSON.parse((await get(second, '/frameworks')).body), {
      frameworks: [{ id: before.id, recovered: true, connected: false, tasks: [{ id: 'survivor' }] }],
    });
    const { get_master } = JSON.parse((await operator(second.base, { type: 'GET_MASTER' })).body) as {
      get_master: { start_time: number; elected_time: number };
    };
    t.ok(get_master.elected_time > get_master.start_time);
    const after = await TestFramework.subscribe(second.base, { info: frameworkInfo({ id: { value: before.id } }) });
    t.equal((await after.offer()).agent_id.value, offer.agent_id.value);
    await after.call({ type: 'RECONCILE', reconcile: { tasks: [] } });
    await after.status('survivor', (s) => s.state === 'TASK_RUNNING');
    t.same(identifyProcess(pid), process, 'the same process');

    const third = await startCandidate(t, { ...place, port: first.port });
    await knows(third, second);
    await second.stop('everything');
    after.disconnect();
    t.match(second.log(), 'tasks are left running');
    t.same(identifyProcess(pid), process, 'a master that leaves its agent to another one ends no task');
    await serves(third);
    t.same(await agentIds(third), agents);
    await third.stop('everything');
    t.equal(identifyProcess(pid), undefined, 'the last one ends them');
    t.same(await client.children('/mesos'), [], 'nobody is announced');
  });

  t.test('a leader that was frozen acts no more; nobody has its agent before it is gone', async (t) => {
    const place = { hosts, workDir: t.testdir(), agentPort: await freePort() };
    const first = await startCandidate(t, place);
    await serves(first);
    const agents = await agentIds(first);
    const second = await startCandidate(t, place);
    await knows(second, first);
    killProcess(first.child.pid, 'SIGSTOP');
    await waitFor('the other to lead', () => second.log().includes('waits for the process that still has the agent'));
    const answer = await get(second, '/state');
    t.same([answer.status, answer.body], [503, 'Master has not finished recovery']);
    const late = get(first, '/state').then(
      ({ status }) => status,
      () => 'none: it has gone',
    );
    killProcess(first.child.pid, 'SIGCONT');
    t.equal(await first.ended(), 1);
    t.match(first.log(), 'fatal: this master does not lead any more: ');
    t.not(await late, 200, 'it does not speak for the cluster any more');
    await serves(second);
    t.same(await agentIds(second), agents);
    await second.stop('everything');
  });

  t.test('a leader whose ZooKeeper is away for a moment goes on; for longer than its lease, it leaves', async (t) => {
    const place = { hosts, workDir: t.testdir(), agentPort: await freePort() };
    const first = await startCandidate(t, place);
    await serves(first);
    const framework = await TestFramework.subscribe(first.base);
    const [server] = servers;
    server?.freeze();
    await new Promise((resolve) => setTimeout(resolve, sessionTimeoutMs / 4));
    server?.resume();
    t.equal((await get(first, '/state')).status, 200);
    t.equal(framework.stream.end, 'open');
    server?.freeze();
    t.equal(await first.ended(), 1);
    t.equal(await framework.stream.ended(), 'cut');
    framework.disconnect();

    const second = await startCandidate(t, place);
    t.same([(await get(second, '/state')).status, (await get(second, '/state')).body], [503, 'No leader elected']);
    t.equal((await get(second, '/redirect')).status, 503);
    t.equal((await get(second, '/health')).status, 200);
    server?.resume();
    await serves(second);
    await second.stop('everything');
  });

  t.test('who cannot ask whether there is another master leaves the tasks running', async (t) => {
    const place = { hosts, workDir: t.testdir(), agentPort: await freePort() };
    const first = await startCandidate(t, place);
    await serves(first);
    const framework = await TestFramework.subscribe(first.base);
    const offer = await framework.offer();
    await framework.launch([offer], [task('left', offer.agent_id, 'sleep 1000')]);
    const { container_status } = await framework.status('left', (s) => s.state === 'TASK_RUNNING');
    const pid = container_status?.executor_pid ?? 0;
    const process = identifyProcess(pid);
    const [server] = servers;
    await server?.kill();
    await first.stop('everything');
    framework.disconnect();
    await server?.start();
    t.match(first.log(), 'tasks are left running: ZooKeeper cannot be asked');
    t.same(identifyProcess(pid), process);
    const second = await startCandidate(t, place);
    await serves(second);
    await second.stop('everything');
    t.equal(identifyProcess(pid), undefined, 'the last one ends them');
  });

  t.test('the node of a process that was here before leads nobody back to this one', async (t) => {
    const port = await freePort();
    const client = zooKeeperClient(t, hosts);
    const former = { id: 'former', hostname: '127.0.0.1', port, address: { ip: '127.0.0.1', port } };
    const node = await client.create('/mesos/json.info_', Buffer.from(JSON.stringify(former)), 'ephemeralSequential');
    const place = { hosts, workDir: t.testdir(), agentPort: await freePort() };
    const candidate = await startCandidate(t, { ...place, port });
    await waitFor('it to have looked', () => candidate.log().includes('"leader":null'));
    const answer = await get(candidate, '/redirect');
    t.same([answer.status, answer.body], [503, 'No leader elected']);
    await client.remove(node);
    await serves(candidate);
    await candidate.stop('everything');
  });

  t.test('flags that no agent could start with are refused at once', async (t) => {
    const { startCluster } = await import('../../../src/cluster/start.js');
    const { silentLogger } = await import('../../../src/common/logger.js');
    const { parseZooKeeperAddress } = await import('../../../src/zookeeper/address.js');
    const options = {
      host: '127.0.0.1',
      hostname: '127.0.0.1',
      masterPort: await freePort(),
      agentPort: await freePort(),
      workDir: t.testdir(),
      resources: 'cpus:many',
      attributes: '',
      zookeeper: { address: parseZooKeeperAddress(`zk://${hosts}/mesos`), sessionTimeoutMs },
    };
    const context = { logger: silentLogger, fatal: () => undefined };
    await t.rejects(startCluster(options, context), { name: 'UsageError' });
  });
});
