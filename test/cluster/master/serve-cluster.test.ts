import { createServer, connect } from 'node:net';
import t from 'tap';
import { oneAgent, serveCluster } from '../../../src/cluster/serve-cluster.js';
import { MasterDriver } from '../../../src/cluster/master/master-driver.js';
import { createMasterServer } from '../../../src/cluster/master/master-server.js';
import { versionInfo } from '../../../src/cluster/version.js';
import { StartupError } from '../../../src/common/errors.js';
import { silentLogger } from '../../../src/common/logger.js';
import { listen } from '../../../src/http/server.js';
import {
  frameworkInfo,
  http,
  operator,
  subscribeOperator,
  task,
  TestFramework,
} from '../../conformance/mesos/mesos-client.js';
import { freePort } from '../../support/ports.js';
import { waitFor } from '../../support/wait.js';
import { FakeAgent } from './fake-agent.js';
import { runCluster } from './running-cluster.js';

t.test('a restart finds tasks and frameworks again, under a new master id', async (t) => {
  const agent = new FakeAgent({ resendMs: 50 });
  const first = await runCluster(agent);
  const framework = await TestFramework.subscribe(first.base);
  const offer = await framework.offer();
  await framework.launch([offer], [task('t1', offer.agent_id, 'sleep 1000')]);
  await framework.status('t1', (s) => s.state === 'TASK_RUNNING');
  await first.handle.stop('self');
  await first.handle.stop('self');
  t.equal(await framework.stream.ended(), 'cut', 'as when a master dies');
  framework.disconnect();

  const second = await runCluster(agent, first);
  t.teardown(() => second.handle.stop('everything'));
  const { frameworks } = JSON.parse((await http(second.base, 'GET', '/frameworks')).body) as {
    frameworks: { id: string; recovered: boolean; connected: boolean; tasks: { id: string }[] }[];
  };
  t.match(frameworks, [{ id: framework.id, recovered: true, connected: false, tasks: [{ id: 't1' }] }]);
  t.equal((await framework.call({ type: 'REVIVE' })).status, 403);
  const again = await TestFramework.subscribe(second.base, { info: frameworkInfo({ id: { value: framework.id } }) });
  t.equal(again.id, framework.id);
  const next = await again.offer();
  t.equal(next.agent_id.value, offer.agent_id.value, 'the agent keeps its id');
  t.not(next.id.value.slice(0, 36), offer.id.value.slice(0, 36), 'the master has a new one');
  await again.call({ type: 'RECONCILE', reconcile: { tasks: [] } });
  await again.status('t1', (s) => s.state === 'TASK_RUNNING');
  await again.teardown();
});

t.test('stop: everything ends the tasks, self leaves them', async (t) => {
  for (const [scope, left] of [
    ['self', 1],
    ['everything', 0],
  ] as const) {
    const agent = new FakeAgent();
    const { base, handle } = await runCluster(agent);
    const framework = await TestFramework.subscribe(base);
    const offer = await framework.offer();
    await framework.launch([offer], [task('t1', offer.agent_id, 'sleep 1000')]);
    await framework.status('t1', (s) => s.state === 'TASK_RUNNING');
    await handle.stop(scope);
    t.equal(agent.tasks.size, left, scope);
    framework.disconnect();
    await agent.stop('everything');
  }
});

t.test('a busy port is named with its flag, and nothing stays behind', async (t) => {
  const blocker = createServer();
  const busy = await freePort();
  await new Promise<void>((resolve) => blocker.listen(busy, '127.0.0.1', resolve));
  const free = await freePort();
  await t.rejects(runCluster(undefined, { masterPort: busy, agentPort: free }), {
    name: 'StartupError',
    message: new RegExp(`port ${busy} .*--cluster_port`),
  });
  await t.rejects(runCluster(undefined, { masterPort: free, agentPort: busy }), {
    name: 'StartupError',
    message: new RegExp(`port ${busy} .*--agent_port`),
  });
  blocker.close();
  const { handle } = await runCluster(undefined, { masterPort: free, agentPort: busy });
  await handle.stop('everything');
});

t.test('a host without address', async (t) => {
  const options = {
    host: 'no-such-host.invalid',
    hostname: 'x',
    masterPort: 1,
    agentPort: 2,
    workDir: t.testdir(),
    resources: '',
    attributes: '',
  };
  await t.rejects(
    serveCluster(oneAgent(new FakeAgent()), options, { logger: silentLogger, fatal: () => undefined }),
    StartupError,
  );
});

async function masterWith(
  maxPendingBytes: number,
): Promise<{ base: string; port: number; driver: MasterDriver; agent: FakeAgent; stop(): Promise<void> }> {
  const port = await freePort();
  const info = { id: 'M', ip: 0, port, pid: `master@127.0.0.1:${port}`, hostname: '127.0.0.1' };
  const driver = new MasterDriver({ info, clock: Date.now, maxPendingBytes });
  const server = createMasterServer(driver, { version: versionInfo(0), flags: {} }, silentLogger);
  await listen(server, { host: '127.0.0.1', port, flag: 'cluster_port' });
  const agent = new FakeAgent();
  return {
    base: `http://127.0.0.1:${port}`,
    port,
    driver,
    agent,
    async stop() {
      driver.stop();
      await server.close();
      await agent.stop('everything');
    },
  };
}

/** Its agent starts and registers. */
async function register({ driver, agent }: { driver: MasterDriver; agent: FakeAgent }): Promise<void> {
  driver.registerAgents([{ registration: await agent.start((update) => driver.update(update)), port: agent }]);
}

t.test('503 until the agent has registered; /health and /version answer', async (t) => {
  const master = await masterWith(1 << 20);
  t.teardown(() => master.stop());
  for (const path of ['/state', '/api/v1', '/api/v1/scheduler']) {
    const answer = await http(master.base, path === '/state' ? 'GET' : 'POST', path);
    t.same([answer.status, answer.body], [503, 'Master has not finished recovery'], path);
  }
  t.equal((await http(master.base, 'GET', '/health')).status, 200);
  t.equal((await http(master.base, 'GET', '/version')).status, 200);
});

/** Subscribes and never reads. */
function deaf(port: number, path: string, call: object): Promise<{ closed: Promise<void> }> {
  const body = JSON.stringify(call);
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1' }, () => {
      socket.write(
        `POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
        () => resolve({ closed: new Promise((done) => socket.once('close', () => done())) }),
      );
    });
    socket.pause();
    socket.once('error', reject);
    socket.on('error', () => undefined);
  });
}

t.test('a reader that does not keep up is disconnected, others are not', async (t) => {
  const master = await masterWith(256 << 10);
  t.teardown(() => master.stop());
  await register(master);
  const watcher = await subscribeOperator(master.base);
  await watcher.next('SUBSCRIBED');
  await deaf(master.port, '/api/v1', { type: 'SUBSCRIBE' });
  const info = frameworkInfo({ name: 'deaf' });
  await deaf(master.port, '/api/v1/scheduler', { type: 'SUBSCRIBE', subscribe: { framework_info: info } });
  const framework = await waitFor('the deaf framework', () =>
    [...master.driver.state.frameworks.values()].find((f) => f.info.name === 'deaf'),
  );
  await waitFor('both operators', () => master.driver.operatorSubscribers === 2);
  const long = 'x'.repeat(100_000);
  const launchAndEnd = async (n: number): Promise<void> => {
    const { streamId } = framework;
    if (streamId === undefined) return;
    const [offer] = framework.offers.values();
    if (offer === undefined) return;
    master.driver.input((m, now) =>
      m.call(
        framework,
        {
          type: 'ACCEPT',
          accept: {
            offer_ids: [{ value: offer.id }],
            operations: [
              {
                type: 'LAUNCH',
                launch: {
                  task_infos: [
                    task(`t${n}`, master.agent.id, 'true', {
                      resources: [{ name: 'cpus', type: 'SCALAR', scalar: { value: 0.001 } }],
                      labels: { labels: [{ key: 'long', value: long }] },
                    }) as never,
                    task(long, master.agent.id, 'true') as never,
                  ],
                },
              },
            ],
            filters: { refuse_seconds: 0 },
          },
        },
        now,
      ),
    );
    await new Promise((resolve) => setImmediate(resolve));
  };
  let n = 0;
  await waitFor(
    'both deaf readers to be gone',
    async () => {
      await launchAndEnd(n++);
      if (framework.streamId === undefined) {
        // keep the operators busy when the framework is gone
        master.driver.input((m, now) => {
          m.subscribe(frameworkInfo({ name: long, failover_timeout: 0 }), { suppressedRoles: [] }, `s${n}`, now);
          m.disconnect(`s${n}`, now);
        });
      }
      return framework.streamId === undefined && master.driver.operatorSubscribers === 1;
    },
    { everyMs: 1 },
  );
  t.equal(watcher.end, 'open');
  await watcher.next('TASK_ADDED', (e) => e.task_added.task.task_id.value === 't0');
  watcher.drop();
});

t.test('a snapshot may be larger than what may wait for a reader', async (t) => {
  const master = await masterWith(1000);
  t.teardown(() => master.stop());
  await register(master);
  const name = 'n'.repeat(1 << 20);
  master.driver.input((m, now) => m.subscribe(frameworkInfo({ name }), { suppressedRoles: [] }, 's1', now));
  const stream = await subscribeOperator(master.base);
  const { subscribed } = await stream.next('SUBSCRIBED');
  t.equal(subscribed.get_state?.get_frameworks?.frameworks?.[0]?.framework_info.name.length, 1 << 20);
  await stream.next('HEARTBEAT');
  stream.drop();
});

t.test('GET_STATE over HTTP is JSON', async (t) => {
  const { base, handle } = await runCluster();
  t.teardown(() => handle.stop('everything'));
  const { get_state } = JSON.parse((await operator(base, { type: 'GET_STATE' })).body) as { get_state: object };
  t.same(Object.keys(get_state), ['get_tasks', 'get_executors', 'get_frameworks', 'get_agents']);
});
