// What the embedded master answers has the shape (JSON paths and types of values) of what a real Mesos answered in the same
// situation: one web task with labels, discovery and a health check, one task that has finished and one that has failed.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import type { Test } from 'tap';
import type { FrameworkInfo } from '../../../src/mesos/types.js';
import { sharedPath } from '../../support/shared.js';
import { waitFor } from '../../support/wait.js';
import { http, operator, subscribeOperator, task, TestFramework } from '../../conformance/mesos/mesos-client.js';
import { FakeAgent } from './fake-agent.js';
import { runCluster } from './running-cluster.js';

const recordings = sharedPath('recordings/mesos');

/** Every path of a JSON value with the type found there: `slaves[].port number`. */
function shapeOf(json: unknown, path = '', shape = new Set<string>()): Set<string> {
  if (Array.isArray(json)) {
    shape.add(`${path}[]`);
    for (const item of json) shapeOf(item, `${path}[]`, shape);
  } else if (typeof json === 'object' && json !== null) {
    for (const [name, value] of Object.entries(json)) shapeOf(value, path === '' ? name : `${path}.${name}`, shape);
    if (Object.keys(json).length === 0) shape.add(`${path} {}`);
  } else {
    shape.add(`${path} ${json === null ? 'null' : typeof json}`);
  }
  return shape;
}

interface Recorded {
  readonly kind: string;
  readonly conn?: string;
  readonly record?: { readonly type: string };
}

/** The JSON body of a recorded answer. */
function recordedBody(name: string): unknown {
  const text = readFileSync(join(recordings ?? '', `12-master-${name}.txt`), 'utf8');
  const line = text
    .slice(text.indexOf('<<< RESPONSE'))
    .split('\n')
    .find((l) => l.startsWith('{'));
  return JSON.parse(line ?? 'null');
}

/** The recorded messages of one type, of tasks that are command tasks. */
function recordedEvents(file: string, type: string): unknown[] {
  return readFileSync(join(recordings ?? '', file), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Recorded)
    .filter((line) => line.kind === 'event' && line.record?.type === type)
    .map((line) => line.record)
    .filter((record) => !JSON.stringify(record).includes('op-pod'));
}

/**
 * Differences that are meant. `recorded`: in the recording only (its pod's executor, which the embedded cluster has none of
 * yet; a checkpointing agent's flag). `ours`: in our answers only (an empty list where the recording has that executor).
 */
const allowed = {
  recorded: [
    /executors\[\]\./,
    /tasks\[\]\.executor_id\.value string$/,
    /offers\[\]\.executor_ids\[\]/,
    /container_id\.parent\.value string$/,
    /agent_info\.checkpoint boolean$/,
    /^flags\./,
  ],
  ours: [/^flags\./],
};

function compare(t: Test, what: string, ours: unknown, recorded: unknown): void {
  const left = shapeOf(ours);
  const right = shapeOf(recorded);
  t.same(
    [...right].filter((path) => !left.has(path) && !allowed.recorded.some((rule) => rule.test(path))),
    [],
    `${what}: nothing recorded is missing`,
  );
  t.same(
    [...left].filter((path) => !right.has(path) && !allowed.ours.some((rule) => rule.test(path))),
    [],
    `${what}: nothing is there that was not recorded`,
  );
}

t.test('shapes', { skip: recordings === undefined ? 'recordings/mesos is not there' : false }, async (t) => {
  const agent = new FakeAgent();
  const { base, handle } = await runCluster(agent);
  t.teardown(() => handle.stop('everything'));
  const watcher = await subscribeOperator(base);
  const framework = await TestFramework.subscribe(base);
  const offer = await framework.offer();
  const web = task('op-web.1', offer.agent_id, 'sleep 1000', {
    resources: [
      { name: 'cpus', type: 'SCALAR', scalar: { value: 0.1 } },
      { name: 'mem', type: 'SCALAR', scalar: { value: 32 } },
      { name: 'disk', type: 'SCALAR', scalar: { value: 10 } },
      { name: 'ports', type: 'RANGES', ranges: { range: [{ begin: 31_000, end: 31_000 }] } },
    ],
    labels: { labels: [{ key: 'HAPROXY_GROUP', value: 'external' }] },
    discovery: {
      visibility: 'CLUSTER',
      name: 'op-web',
      ports: { ports: [{ number: 31_000, name: 'http', protocol: 'tcp' }] },
    },
    health_check: {
      delay_seconds: 0,
      interval_seconds: 1,
      timeout_seconds: 20,
      consecutive_failures: 3,
      grace_period_seconds: 10,
      type: 'TCP',
      tcp: { protocol: 'IPv4', port: 31_000 },
    },
  });
  // The failing one first: it is the oldest in the recording, too.
  await framework.launch([offer], [task('op-fails.1', offer.agent_id, 'exit 2')]);
  await framework.status('op-fails.1', (s) => s.state === 'TASK_FAILED');
  await framework.launch([await framework.offer(1)], [task('op-short.1', offer.agent_id, 'true'), web]);
  await framework.status('op-web.1', (s) => s.state === 'TASK_RUNNING');
  const running = agent.task('op-web.1');
  if (running === undefined) throw new Error('the agent has no task');
  agent.tell(running, 'TASK_RUNNING', { healthy: true, reason: 'REASON_TASK_HEALTH_CHECK_STATUS_UPDATED' });
  await framework.status('op-web.1', (s) => s.healthy === true);
  await waitFor('the ends to be acknowledged', () => agent.tasks.size === 1);
  await framework.offer();

  const get = async (path: string): Promise<unknown> => JSON.parse((await http(base, 'GET', path)).body);
  for (const [path, name] of [
    ['/state', 'GET-state'],
    ['/master/state', 'GET-master-state-prefix-path'],
    ['/state-summary', 'GET-state-summary'],
    ['/slaves', 'GET-slaves'],
    ['/frameworks', 'GET-frameworks'],
    ['/tasks', 'GET-tasks'],
    ['/tasks?task_id=op-web.1', 'GET-tasks-task_id-param'],
    ['/tasks?limit=1&order=asc', 'GET-tasks-limit-1-asc'],
    ['/roles', 'GET-roles'],
    ['/version', 'GET-version'],
  ] as const) {
    compare(t, path, await get(path), recordedBody(name));
  }
  for (const type of [
    ...['GET_AGENTS', 'GET_EXECUTORS', 'GET_FRAMEWORKS', 'GET_HEALTH', 'GET_MASTER', 'GET_ROLES', 'GET_STATE'],
    ...['GET_TASKS', 'GET_VERSION'],
  ]) {
    compare(t, type, JSON.parse((await operator(base, { type })).body), recordedBody(`api-v1-${type}`));
  }
  const metrics = Object.keys((await get('/metrics/snapshot')) as object);
  const known = recordedBody('GET-metrics-snapshot') as object;
  t.same(
    metrics.filter((name) => !(name in known)),
    [],
    'metrics have names that Mesos has, too',
  );

  const again = await TestFramework.subscribe(base, {
    info: { ...(await frameworkInfoOf(base, framework.id)), id: { value: framework.id } },
  });
  await watcher.next('FRAMEWORK_UPDATED');
  await again.teardown();
  await watcher.next('FRAMEWORK_REMOVED');
  framework.disconnect();
  const operatorFile = '12-operator-subscribe-stream.jsonl';
  for (const type of [
    'FRAMEWORK_ADDED',
    'FRAMEWORK_UPDATED',
    'FRAMEWORK_REMOVED',
    'TASK_ADDED',
    'TASK_UPDATED',
  ] as const) {
    // what a removed framework's task is told comes from the master: compared with 09b below
    const ours = watcher.messages.filter((m) => m.type === type && !JSON.stringify(m).includes('SOURCE_MASTER'));
    compare(t, type, ours, recordedEvents(operatorFile, type));
  }
  const schedulerFile = '01-subscribe-heartbeat-offers-decline-suppress-revive.jsonl';
  for (const type of ['SUBSCRIBED', 'HEARTBEAT', 'OFFERS'] as const) {
    const ours = framework.stream.messages.filter((m) => m.type === type);
    compare(t, `scheduler ${type}`, ours, recordedEvents(schedulerFile, type));
  }
  watcher.drop();

  const snapshot = await subscribeOperator(base);
  const { subscribed } = await snapshot.next('SUBSCRIBED');
  t.same(Object.keys(subscribed.get_state ?? {}), ['get_tasks', 'get_executors', 'get_frameworks', 'get_agents']);
  snapshot.drop();
});

async function frameworkInfoOf(base: string, id: string): Promise<FrameworkInfo> {
  const { get_frameworks } = JSON.parse((await operator(base, { type: 'GET_FRAMEWORKS' })).body) as {
    get_frameworks: { frameworks: { framework_info: FrameworkInfo }[] };
  };
  const found = get_frameworks.frameworks.find(({ framework_info }) => framework_info.id?.value === id);
  if (found === undefined) throw new Error(`no framework ${id}`);
  return found.framework_info;
}
