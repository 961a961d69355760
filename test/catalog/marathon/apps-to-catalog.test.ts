import t from 'tap';
import fc from 'fast-check';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AnswerError, appsToCatalog } from '../../../src/catalog/providers/marathon/apps-to-catalog.js';
import type { ReadApps, ReadingContext } from '../../../src/catalog/providers/marathon/apps-to-catalog.js';
import type { CatalogInstance } from '../../../src/catalog/types.js';
import { marathonApp, marathonTask } from '../../support/fake-marathon.js';
import { sharedPath } from '../../support/shared.js';

const nowMs = Date.parse('2020-06-01T10:00:00.000Z');

function read(apps: unknown, context: Partial<ReadingContext> = {}): ReadApps {
  return appsToCatalog({ apps }, { nowMs, previous: () => undefined, ...context });
}

/** The only instance of an app with these fields and this task. */
function instanceOf(app: object, task: object = {}, context: Partial<ReadingContext> = {}): CatalogInstance {
  const { instances } = read(
    [marathonApp('/a', 10001, [], { tasks: [marathonTask('/a', 't', 31000, task)], ...app })],
    context,
  );
  const [instance] = instances;
  if (instance === undefined) throw new Error('left out');
  return instance;
}

t.test('an app on the network of its agents', (t) => {
  const healthChecks = [
    { protocol: 'HTTP', path: '/h', portIndex: 0, intervalSeconds: 3, timeoutSeconds: 2, maxConsecutiveFailures: 1 },
    { protocol: 'TCP', port: 99 },
  ];
  const results = [{ alive: true }, { alive: true }];
  const app = marathonApp('/group/a', 10001, [], {
    labels: { HAPROXY_GROUP: 'external', odd: 7 },
    env: { A: 'b', SECRET: { secret: 's' } },
    healthChecks,
    instances: 2,
    tasks: [marathonTask('/group/a', 'group_a.1', 31000, { healthCheckResults: results })],
  });
  t.same(read([app]), {
    apps: [
      {
        id: '/group/a',
        version: '2020-06-01T09:00:00.000Z',
        instances: 2,
        labels: { HAPROXY_GROUP: 'external' },
        env: { A: 'b' },
        ports: [{ servicePort: 10001, protocol: 'tcp', name: 'http', labels: {} }],
        healthChecks: [
          {
            protocol: 'HTTP',
            path: '/h',
            portIndex: 0,
            intervalSeconds: 3,
            timeoutSeconds: 2,
            maxConsecutiveFailures: 1,
          },
          { protocol: 'TCP', port: 99, intervalSeconds: 60, timeoutSeconds: 20, maxConsecutiveFailures: 3 },
        ],
        lastScalingAt: '2020-06-01T09:00:00.000Z',
      },
    ],
    instances: [
      {
        taskId: 'group_a.1',
        appId: '/group/a',
        version: '2020-06-01T09:00:00.000Z',
        agentId: 'S0',
        host: '127.0.0.1',
        ipAddresses: ['127.0.0.1'],
        ports: [31000],
        healthy: true,
        isChecked: true,
        startedAt: '2020-06-01T09:00:05.802Z',
      },
    ],
    problems: [],
  });
  t.end();
});

t.test('where the ports are, in all the ways in which Marathons have said it', (t) => {
  const mapping = { containerPort: 8080, servicePort: 10002, protocol: 'tcp', name: 'http', labels: { a: 'b' } };
  const second = { containerPort: 0, hostPort: 0, servicePort: 10003, protocol: 'udp,tcp' };
  const cases: {
    what: string;
    app: object;
    task: object;
    servicePorts: number[];
    ports: number[];
    containerPorts?: number[];
  }[] = [
    {
      what: 'a bridge, 1.5 and later',
      app: { networks: [{ mode: 'container/bridge' }], container: { portMappings: [mapping, second] } },
      task: { ports: [31001, 31002] },
      servicePorts: [10002, 10003],
      ports: [31001, 31002],
      containerPorts: [8080, 31002],
    },
    {
      what: 'a bridge before 1.5',
      app: {
        networks: undefined,
        portDefinitions: undefined,
        ports: [10002, 10003],
        container: { docker: { network: 'BRIDGE', portMappings: [{ ...mapping, servicePort: null }, second] } },
      },
      task: { ports: [31001, 31002] },
      servicePorts: [10002, 10003],
      ports: [31001, 31002],
      containerPorts: [8080, 31002],
    },
    {
      what: 'a container network, of whose ports one is on the host as well',
      app: {
        networks: [{ mode: 'container', name: 'dcos' }],
        container: { portMappings: [mapping, { ...second, containerPort: 53 }] },
      },
      task: { ports: [31001] },
      servicePorts: [10002, 10003],
      ports: [0, 31001],
      containerPorts: [8080, 53],
    },
    {
      what: 'a container network before 1.5',
      app: {
        networks: null,
        portDefinitions: null,
        container: { docker: { network: 'USER', portMappings: [{ ...mapping, hostPort: null }] } },
        ipAddress: { networkName: 'dcos' },
      },
      task: { ports: [] },
      servicePorts: [10002],
      ports: [0],
      containerPorts: [8080],
    },
    {
      what: 'an address per task',
      app: {
        networks: undefined,
        portDefinitions: [],
        ports: [],
        ipAddress: { discovery: { ports: [{ number: 8080, name: 'http', protocol: 'tcp' }] } },
      },
      task: { ports: [] },
      servicePorts: [0],
      ports: [0],
      containerPorts: [8080],
    },
    {
      what: 'ports alone',
      app: { networks: undefined, portDefinitions: undefined, ports: [10001, 10002] },
      task: { ports: [31001, 31002] },
      servicePorts: [10001, 10002],
      ports: [31001, 31002],
    },
    {
      what: 'fixed ports that a task does not repeat',
      app: { requirePorts: true },
      task: { ports: null },
      servicePorts: [10001],
      ports: [10001],
    },
    { what: 'numbers that are none', app: {}, task: { ports: [70_000] }, servicePorts: [10001], ports: [0] },
  ];
  for (const { what, app, task, servicePorts, ports, containerPorts } of cases) {
    const { apps, instances } = read([
      marathonApp('/a', 10001, [], { ...app, tasks: [marathonTask('/a', 't', 1, task)] }),
    ]);
    t.same(
      apps[0]?.ports.map(({ servicePort }) => servicePort),
      servicePorts,
      what,
    );
    t.same(instances[0]?.ports, ports, what);
    t.same(instances[0]?.containerPorts, containerPorts, what);
  }
  t.end();
});

t.test('which tasks are instances', (t) => {
  const states = [
    'RUNNING',
    'UNREACHABLE',
    'LOST',
    'STAGING',
    'STARTING',
    'KILLING',
    'FINISHED',
    'FAILED',
    'KILLED',
    'ERROR',
    'DROPPED',
    'GONE',
    'GONE_BY_OPERATOR',
    'UNKNOWN',
  ];
  const tasks = states.map((state) => marathonTask('/a', state, 31000, { state: `TASK_${state}` }));
  const old = [
    marathonTask('/a', 'started', 31000, { state: undefined }),
    marathonTask('/a', 'staged', 31000, { state: undefined, startedAt: null }),
  ];
  const { instances } = read([marathonApp('/a', 10001, [], { tasks: [...tasks, ...old] })]);
  t.same(
    instances.map(({ taskId, unreachable }) => [taskId, unreachable]),
    [
      ['RUNNING', undefined],
      ['UNREACHABLE', true],
      ['LOST', true],
      ['started', undefined],
    ],
  );
  t.end();
});

t.test('health: all, one of them, none yet, and what a new leader does not know yet', (t) => {
  const checks = { healthChecks: [{ protocol: 'HTTP' }, { protocol: 'TCP' }] };
  const healthOf = (results: unknown, previous?: CatalogInstance): unknown => {
    const { healthy, anyHealthy, isChecked } = instanceOf(
      checks,
      { healthCheckResults: results },
      { previous: () => previous },
    );
    return { healthy, anyHealthy, isChecked };
  };
  const isChecked = true;
  t.same(healthOf([{ alive: true }, { alive: true }]), { healthy: true, anyHealthy: undefined, isChecked });
  t.same(healthOf([{ alive: true }, { alive: false }]), { healthy: false, anyHealthy: true, isChecked });
  t.same(healthOf([{ alive: false }, { alive: false }]), { healthy: false, anyHealthy: undefined, isChecked });
  t.same(healthOf([{ alive: true }]), { healthy: null, anyHealthy: true, isChecked });
  t.same(healthOf([{ alive: true }, null]), { healthy: null, anyHealthy: true, isChecked });
  t.same(healthOf([]), { healthy: null, anyHealthy: undefined, isChecked });
  t.same(healthOf(undefined), { healthy: null, anyHealthy: undefined, isChecked });

  const known = instanceOf(checks, { healthCheckResults: [{ alive: true }, { alive: true }] });
  t.same(healthOf([], known), { healthy: true, anyHealthy: undefined, isChecked }, 'remembered');
  const half = instanceOf(checks, { healthCheckResults: [{ alive: true }, { alive: false }] });
  t.same(healthOf(undefined, half), { healthy: false, anyHealthy: true, isChecked });
  t.same(
    healthOf([], { ...known, version: 'another' }),
    { healthy: null, anyHealthy: undefined, isChecked },
    'of another task',
  );
  t.match(instanceOf({}), { healthy: null, isChecked: false });
  t.end();
});

t.test('a task of an earlier version is judged by what that version had', (t) => {
  const next = {
    version: '2020-06-01T09:30:00.000Z',
    versionInfo: { lastScalingAt: '2020-06-01T09:20:00.000Z', lastConfigChangeAt: '2020-06-01T09:30:00.000Z' },
    portDefinitions: [{ port: 10009 }, { port: 10001 }],
    healthChecks: [{ protocol: 'HTTP' }],
  };
  const before = instanceOf({});
  t.same(instanceOf(next, {}, { previous: () => before }), before, 'its ports, and no checks');
  t.match(instanceOf(next), { healthy: null, isChecked: false });
  t.match(instanceOf(next, { healthCheckResults: [{ alive: true }] }), { healthy: true, isChecked: true });
  t.match(instanceOf(next, { version: next.version }), { healthy: null, isChecked: true });
  const scaled = { version: '2020-06-01T09:30:00.000Z', healthChecks: [{ protocol: 'HTTP' }] };
  t.match(instanceOf(scaled), { healthy: null, isChecked: true }, 'a change of the number alone makes no other tasks');
  t.end();
});

t.test('readiness counts while there is a deployment', (t) => {
  const waiting = {
    deployments: [{ id: 'd' }],
    readinessChecks: [{ name: 'r', timeoutSeconds: 30 }],
    readinessCheckResults: [{ name: 'r', taskId: 't', ready: false }],
  };
  const fresh = { startedAt: '2020-06-01T09:59:30.000Z' };
  t.equal(instanceOf(waiting).ready, false);
  t.equal(instanceOf({ ...waiting, deployments: [] }).ready, undefined);
  t.equal(instanceOf({ ...waiting, readinessChecks: [] }).ready, undefined);
  t.equal(instanceOf({ ...waiting, readinessCheckResults: [{ taskId: 't', ready: true }] }).ready, undefined);
  t.equal(
    instanceOf({ ...waiting, readinessCheckResults: [{ taskId: 'other', ready: true }] }).ready,
    undefined,
    'an old one',
  );
  t.equal(instanceOf({ ...waiting, readinessCheckResults: null }, fresh).ready, false);
  const quick = { ...waiting, readinessChecks: [{ name: 'r' }], readinessCheckResults: null };
  t.equal(instanceOf(quick, fresh).ready, undefined, '15 s when nothing is said');
  t.equal(instanceOf(quick, { startedAt: '2020-06-01T09:59:50.000Z' }).ready, false);
  t.end();
});

t.test('what cannot be read is left out and told of', (t) => {
  const good = marathonApp('/good', 10001, [31000]);
  const { apps, instances, problems } = read([
    null,
    'text',
    {},
    { id: 7 },
    { id: '/' },
    { id: 'relative' },
    { id: '/bad id' },
    good,
    good,
    marathonApp('/tasks', 10002, [], {
      tasks: [
        null,
        {},
        { id: 't', state: 'TASK_RUNNING' },
        marathonTask('/tasks', 'good.31000', 1),
        { id: 's', state: 'TASK_STAGING' },
      ],
    }),
  ]);
  t.same(
    apps.map(({ id }) => id),
    ['/good', '/tasks'],
  );
  t.same(
    instances.map(({ taskId }) => taskId),
    ['good.31000'],
  );
  t.equal(problems.length, 12);
  t.equal(read(Array.from({ length: 1_000 }, () => ({ id: 'x'.repeat(10_000) }))).problems.length, 100);
  t.end();
});

t.test('an answer that is no list of apps with their tasks is none', (t) => {
  for (const body of [null, [], 7, {}, { apps: null }, { apps: {} }, { message: 'no leader' }]) {
    t.throws(() => appsToCatalog(body, { nowMs, previous: () => undefined }), AnswerError, JSON.stringify(body));
  }
  t.throws(() => read([marathonApp('/a', 1, [], { tasks: undefined, tasksRunning: 2, instances: 2 })]), AnswerError);
  t.same(read([marathonApp('/a', 1, [], { tasks: null, tasksRunning: 0 })]).instances, []);
  t.end();
});

t.test('no value of any type makes it throw, or say what is not typed', (t) => {
  const value = fc.jsonValue({ maxDepth: 3 });
  const odd = fc.dictionary(
    fc.constantFrom(
      'version',
      'instances',
      'labels',
      'env',
      'networks',
      'portDefinitions',
      'ports',
      'container',
      'ipAddress',
      'healthChecks',
      'deployments',
      'readinessChecks',
      'readinessCheckResults',
      'versionInfo',
    ),
    value,
  );
  const task = fc.dictionary(
    fc.constantFrom(
      'id',
      'host',
      'ports',
      'ipAddresses',
      'slaveId',
      'startedAt',
      'stagedAt',
      'version',
      'healthCheckResults',
    ),
    value,
  );
  fc.assert(
    fc.property(odd, task, (app, fields) => {
      const { apps, instances } = read([
        { id: '/a', ...app, tasks: [{ id: 't', host: 'h', state: 'TASK_RUNNING', ...fields }] },
      ]);
      const isPort = (port: number): boolean => Number.isInteger(port) && port >= 0 && port <= 65_535;
      return (
        apps.length === 1 &&
        Object.values({ ...apps[0]?.labels, ...apps[0]?.env }).every((text) => typeof text === 'string') &&
        apps[0]?.ports.every((port) => isPort(port.servicePort) && isPort(port.containerPort ?? 0)) === true &&
        instances.every(
          (i) => typeof i.host === 'string' && i.ports.every(isPort) && i.ports.length === apps[0]?.ports.length,
        )
      );
    }),
    { numRuns: 300 },
  );
  t.end();
});

const goldens = sharedPath('golden/lb/open');
t.test('every recorded list of apps', { skip: goldens === undefined && 'no ../shared' }, (t) => {
  const root = goldens ?? '';
  let count = 0;
  for (const name of readdirSync(root)) {
    if (name.endsWith('.json')) continue;
    const body = JSON.parse(readFileSync(join(root, name, 'apps.json'), 'utf8')) as {
      apps: { tasks: { state: string }[] }[];
    };
    const { apps, instances, problems } = appsToCatalog(body, { nowMs, previous: () => undefined });
    t.same(problems, [], name);
    t.equal(apps.length, body.apps.length, name);
    const kept = body.apps.flatMap((app) => app.tasks).filter(({ state }) => /RUNNING|UNREACHABLE|LOST/.test(state));
    t.equal(instances.length, kept.length, name);
    count += 1;
  }
  t.ok(count > 0);
  const networks = JSON.parse(readFileSync(join(root, 'o10-networks/apps.json'), 'utf8')) as unknown;
  const { instances } = appsToCatalog(networks, { nowMs, previous: () => undefined });
  t.same(
    instances.map(({ appId, host, ipAddresses, ports, containerPorts }) => [
      appId,
      host,
      ipAddresses[0],
      ports,
      containerPorts,
    ]),
    [
      ['/net/bridge', '127.10.0.1', '172.17.0.2', [32101, 32102], [8080, 9000]],
      ['/net/bridge', '127.10.0.2', '172.17.0.2', [32103, 32104], [8080, 9000]],
      ['/net/overlay', '127.10.0.3', '127.20.0.10', [0], [8080]],
      ['/net/overlay', '127.10.0.3', '127.20.0.11', [0], [8080]],
      ['/net/legacy-ip', '127.10.0.4', '127.20.1.10', [0], [8080]],
      ['/net/noip', '127.10.0.5', undefined, [0], [8080]],
      ['/net/legacy-bridge', '127.10.0.6', '172.17.0.9', [32110], [80]],
    ],
  );
  t.end();
});
