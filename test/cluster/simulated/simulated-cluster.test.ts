// A cluster of simulated agents, over HTTP.
import t from 'tap';
import type { Test } from 'tap';
import { startCluster } from '../../../src/cluster/start.js';
import { UsageError } from '../../../src/common/errors.js';
import { silentLogger } from '../../../src/common/logger.js';
import type { TaskStatus } from '../../../src/mesos/types.js';
import { http, scalar, task, TestFramework } from '../../conformance/mesos/mesos-client.js';
import { freePort } from '../../support/ports.js';
import { waitFor } from '../../support/wait.js';

async function simulated(t: Test, agents: number, more: object = {}): Promise<{ base: string; agentBase: string }> {
  const masterPort = await freePort();
  const agentPort = await freePort();
  const handle = await startCluster(
    {
      host: '127.0.0.1',
      hostname: '127.0.0.1',
      masterPort,
      agentPort,
      workDir: t.testdir(),
      resources: 'cpus:2;mem:1024;disk:1000;ports:[31000-31099]',
      attributes: 'kind:sim',
      domain: 'r0/z0',
      simulation: { agents, attributes: 'rack:r{n%2}', domain: 'r0/z{n}', hostname: 'h{n}', startDelayMs: 0, ...more },
    },
    {
      logger: silentLogger,
      fatal: (error) => {
        throw error;
      },
    },
  );
  t.teardown(() => handle.stop('everything'));
  return { base: `http://127.0.0.1:${masterPort}`, agentBase: `http://127.0.0.1:${agentPort}` };
}

const says = (name: string, value: number | boolean): object => ({
  labels: { labels: [{ key: `EKIDEN_SIMULATE_${name}`, value: String(value) }] },
});

t.test('several agents, each with its own name, attributes and zone', async (t) => {
  const { base, agentBase } = await simulated(t, 4);
  const framework = await TestFramework.subscribe(base);
  const offers = await waitFor('four offers', () => {
    const all = framework.stream.messages.flatMap((e) => (e.type === 'OFFERS' ? e.offers.offers : []));
    return all.length === 4 ? all : undefined;
  });
  t.same(offers.map((o) => o.hostname).sort(), ['h0', 'h1', 'h2', 'h3']);
  const third = offers.find((o) => o.hostname === 'h3');
  t.match(third, {
    agent_id: { value: /-S3$/ },
    url: { path: '/slave(4)' },
    domain: { fault_domain: { region: { name: 'r0' }, zone: { name: 'z3' } } },
    attributes: [
      { name: 'kind', text: { value: 'sim' } },
      { name: 'rack', text: { value: 'r1' } },
    ],
  });
  t.equal(scalar(offers[0] as never, 'cpus'), 2);
  t.equal((await http(agentBase, 'GET', '/health')).status, 200);
  t.equal((await http(agentBase, 'POST', '/simulate/agents/9/back')).status, 404);
  t.equal((await http(agentBase, 'POST', '/simulate/agents/1/dance')).status, 404);
  await framework.teardown();
});

t.test('tasks run, end as they say, and are killed', async (t) => {
  const { base } = await simulated(t, 1, { startDelayMs: 20 });
  const framework = await TestFramework.subscribe(base);
  const offer = await framework.offer();
  await framework.launch(
    [offer],
    [
      task('runs', offer.agent_id, 'x'),
      task('fails', offer.agent_id, 'x', says('EXIT_STATUS', 3)),
      task('ends', offer.agent_id, 'x', says('RUN_MS', 5)),
      task('stubborn', offer.agent_id, 'x', says('KILL_MS', 60_000)),
      task('healthy', offer.agent_id, 'x', says('HEALTHY', true)),
    ],
  );
  const is = (state: string) => (s: TaskStatus) => s.state === state;
  t.match(await framework.status('fails', is('TASK_FAILED')), { message: 'Command exited with status 3' });
  t.match(await framework.status('ends', is('TASK_FINISHED')), { message: 'Command exited with status 0' });
  t.same(framework.states('ends'), ['TASK_STARTING', 'TASK_RUNNING', 'TASK_FINISHED']);
  t.equal((await framework.status('healthy', (s) => s.healthy !== undefined)).healthy, true);
  for (const name of ['runs', 'stubborn']) {
    await framework.status(name, is('TASK_RUNNING'));
    await framework.call({
      type: 'KILL',
      kill: { task_id: { value: name }, kill_policy: { grace_period: { nanoseconds: 10e6 } } },
    });
    const killed = await framework.status(name, is('TASK_KILLED'));
    t.match(killed.message, name === 'runs' ? /Terminated$/ : /Killed$/);
    t.ok(framework.states(name).includes('TASK_KILLING'));
  }
  const { slaves } = JSON.parse((await http(base, 'GET', '/slaves')).body) as {
    slaves: { used_resources: { cpus: number } }[];
  };
  t.equal(slaves[0]?.used_resources.cpus, 0.1, 'what has ended takes nothing');
  await framework.teardown();
});

t.test('a group: one task that fails takes the others along, then the executor ends', async (t) => {
  const { base } = await simulated(t, 1);
  const framework = await TestFramework.subscribe(base);
  const offer = await framework.offer();
  const executor = {
    type: 'DEFAULT',
    executor_id: { value: 'pod' },
    framework_id: { value: framework.id },
    resources: ['cpus', 'mem', 'disk'].map((name) => ({
      name,
      type: 'SCALAR',
      scalar: { value: name === 'cpus' ? 0.1 : 32 },
    })),
  };
  const tasks = [task('a', offer.agent_id, 'x'), task('b', offer.agent_id, 'x', { ...says('EXIT_STATUS', 1) })];
  const operations = [{ type: 'LAUNCH_GROUP', launch_group: { executor, task_group: { tasks } } }];
  await framework.call({ type: 'ACCEPT', accept: { offer_ids: [offer.id], operations } });
  const status = await framework.status('a', (s) => s.state === 'TASK_KILLED');
  t.equal(status.executor_id?.value, 'pod');
  t.ok(status.container_status?.container_id?.parent);
  await framework.status('b', (s) => s.state === 'TASK_FAILED');
  const { failure } = await framework.stream.next('FAILURE');
  t.match(failure, { executor_id: { value: 'pod' }, status: 0 });
  await framework.teardown();
});

t.test('an agent that is cut off, comes back, and is removed', async (t) => {
  const { base, agentBase } = await simulated(t, 2);
  const framework = await TestFramework.subscribe(base);
  const offer = await framework.offer();
  const n = offer.hostname.slice(1);
  const act = (action: string) => http(agentBase, 'POST', `/simulate/agents/${n}/${action}`);
  await framework.launch(
    [offer],
    [task('t1', offer.agent_id, 'x'), task('short', offer.agent_id, 'x', says('RUN_MS', 50))],
  );
  await framework.status('t1', (s) => s.state === 'TASK_RUNNING');
  t.equal((await act('unreachable')).status, 202);
  await framework.status('t1', (s) => s.state === 'TASK_UNREACHABLE');
  t.equal((await act('back')).status, 202);
  await framework.status('t1', (s) => s.reason === 'REASON_AGENT_REREGISTERED');
  await framework.status('short', (s) => s.state === 'TASK_FINISHED');
  t.equal((await act('back')).status, 409, 'it is there');
  t.equal((await act('remove')).status, 202);
  await framework.status('t1', (s) => s.state === 'TASK_LOST');
  t.equal((await act('unreachable')).status, 409, 'it is not there');
  t.equal((await act('back')).status, 202, 'it registers again, empty');
  await waitFor('its offer', () => {
    const all = framework.stream.messages.flatMap((e) => (e.type === 'OFFERS' ? e.offers.offers : []));
    return all.at(-1)?.hostname === offer.hostname && scalar(all.at(-1) as never, 'cpus') === 2;
  });
  await framework.teardown();
});

t.test('bad patterns are refused with the option’s name', async (t) => {
  await t.rejects(simulated(t, 1, { domain: 'only-a-region' }), {
    name: 'UsageError',
    message: /^--simulate_domain: /,
  });
  await t.rejects(simulated(t, 1, { attributes: 'rack' }), UsageError);
});
