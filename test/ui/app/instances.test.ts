import t from 'tap';
import type { AppDetails, AppTask } from '../../../src/ui/api/app-details.js';
import type { PodStatus } from '../../../src/ui/api/pod-details.js';
import { chooseRows, choiceOf } from '../../../src/ui/pages/app/instances/choose-rows.js';
import { drainingTexts } from '../../../src/ui/pages/app/instances/draining.js';
import { rowsOfApp, rowsOfPod } from '../../../src/ui/pages/app/instances/instance-row.js';
import { portLink, portsOf } from '../../../src/ui/pages/app/instances/ports.js';
import { stateLevel, stateText } from '../../../src/ui/pages/app/instances/state-text.js';

const app: AppDetails = {
  id: '/web',
  instances: 3,
  cpus: 0.1,
  mem: 32,
  disk: 0,
  gpus: 0,
  version: '2026-01-03T00:00:00.000Z',
  versionInfo: { lastScalingAt: '2026-01-03T00:00:00.000Z', lastConfigChangeAt: '2026-01-02T00:00:00.000Z' },
  healthChecks: [{ protocol: 'HTTP' }],
};

const task = (id: string, more: Partial<AppTask> = {}): AppTask => ({
  id,
  host: 'a1',
  state: 'TASK_RUNNING',
  version: '2026-01-02T00:00:00.000Z',
  startedAt: `2026-01-03T00:00:0${id.length}.000Z`,
  ...more,
});

t.test('ports as links', (t) => {
  t.same(portLink('a1', 31000, { protocol: 'tcp', name: 'http' }), {
    text: '31000',
    name: 'http',
    href: 'http://a1:31000',
  });
  t.equal(portLink('a1', 31000, { name: 'https-admin' }).href, 'https://a1:31000');
  t.equal(portLink('a1', 443, {}).href, 'https://a1:443');
  t.same(portLink('a1', 53, { protocol: 'udp' }), { text: '53/udp', name: undefined, href: undefined });
  t.same(portLink('a1', 53, { protocol: 'udp,tcp' }), { text: '53/udp,tcp', name: undefined, href: 'http://a1:53' });
  t.same(portLink('fe80::1', 80, {}, true), { text: '[fe80::1]:80', name: undefined, href: 'http://[fe80::1]:80' });

  const mapped: AppDetails = {
    ...app,
    networks: [{ mode: 'container', name: 'dcos' }],
    container: {
      portMappings: [
        { containerPort: 80, name: 'own' },
        { containerPort: 90, hostPort: 0, name: 'forwarded' },
      ],
    },
  };
  const found = portsOf(mapped, task('a', { ports: [31005], ipAddresses: [{ ipAddress: '9.0.0.1' }] }));
  t.same(
    found.map(({ text, name }) => [text, name]),
    [
      ['31005', 'forwarded'],
      ['9.0.0.1:80', 'own'],
    ],
  );
  t.same(
    portsOf({ ...app, portDefinitions: [{ name: 'x' }] }, task('a', { ports: [1, 2] })).map((port) => port.name),
    ['x', undefined],
  );
  t.end();
});

t.test('what is said of each instance of an app', (t) => {
  const [fresh, old, sick, staged] = rowsOfApp({
    ...app,
    readinessCheckResults: [{ name: 'r', taskId: 'fresh', ready: false }],
    tasks: [
      task('fresh', { healthCheckResults: [{ alive: true, consecutiveFailures: 0 }] }),
      task('old', { version: '2026-01-01T00:00:00.000Z' }),
      task('sick', {
        healthCheckResults: [{ alive: false, consecutiveFailures: 3, lastFailureCause: 'HTTP 500' }],
      }),
      { id: 'staged', host: 'a2', state: 'TASK_STAGING', stagedAt: '2026-01-03T00:00:09.000Z' },
    ],
  });
  t.match(fresh, { health: 'healthy', isOutdated: false, isReady: false, healthText: undefined });
  t.match(old, { health: 'unknown', isOutdated: true, isReady: undefined });
  t.match(sick, { health: 'unhealthy', healthText: 'HTTP 500 (3 times in a row)' });
  t.match(staged, { isOutdated: false, version: undefined, startedAt: undefined });
  t.equal(rowsOfApp({ ...app, healthChecks: [], tasks: [task('a')] })[0]?.health, 'unchecked');
  t.same(rowsOfApp(app), [], 'a reader of little rights sees none');
  t.end();
});

t.test('instances of a pod have containers', (t) => {
  const pod: PodStatus = {
    id: '/pod',
    status: 'DEGRADED',
    statusSince: '2026-01-03T00:00:00.000Z',
    spec: {
      id: '/pod',
      version: '2026-01-02T00:00:00.000Z',
      containers: [
        { name: 'web', endpoints: [{ name: 'http', protocol: ['tcp'] }], healthCheck: {} },
        { name: 'side' },
      ],
    },
    instances: [
      {
        id: 'pod.instance-1',
        status: 'DEGRADED',
        statusSince: '2026-01-03T00:00:00.000Z',
        agentHostname: 'a1',
        networks: [{ addresses: ['a1', '9.0.0.1'] }],
        specReference: '/v2/pods/pod::versions/2026-01-02T00:00:00.000Z',
        containers: [
          {
            name: 'web',
            status: 'TASK_RUNNING',
            statusSince: '2026-01-03T00:00:00.000Z',
            containerId: 'pod.instance-1.web.1',
            conditions: [{ name: 'healthy', value: 'false', reason: 'health-reported-by-mesos' }],
            endpoints: [{ name: 'http', allocatedHostPort: 31000 }],
          },
          {
            name: 'side',
            status: 'TASK_FAILED',
            statusSince: '2026-01-03T00:00:00.000Z',
            containerId: 'pod.instance-1.side.1',
            message: 'Command exited',
            termination: { exitCode: 1, message: 'Command exited' },
          },
        ],
      },
    ],
  };
  const [row] = rowsOfPod(pod);
  t.match(row, {
    id: 'pod.instance-1',
    taskId: undefined,
    version: '2026-01-02T00:00:00.000Z',
    health: 'unhealthy',
    addresses: ['9.0.0.1'],
  });
  t.match(row?.containers, [
    { taskId: 'pod.instance-1.web.1', health: 'unhealthy', message: undefined, ports: [{ href: 'http://a1:31000' }] },
    { health: 'unchecked', message: 'exit status 1: Command exited', ports: [] },
  ]);
  t.end();
});

t.test('the list is filtered and sorted as its address says', (t) => {
  const rows = rowsOfApp({
    ...app,
    tasks: [
      task('a', { host: 'b2', ports: [31000] }),
      task('bb', { host: 'a1', healthCheckResults: [{ alive: false, consecutiveFailures: 1 }] }),
      task('ccc', { host: 'b2', state: 'TASK_KILLING' }),
      { id: 'new', host: 'c3', state: 'TASK_STAGING', stagedAt: '2026-01-04T00:00:00.000Z' },
    ],
  });
  const ids = (query: Readonly<Record<string, string>>): string[] =>
    chooseRows(rows, choiceOf(query)).map(({ id }) => id);
  t.same(ids({}), ['new', 'ccc', 'bb', 'a'], 'the newest first');
  t.same(ids({ sort: 'id' }), ['a', 'bb', 'ccc', 'new']);
  t.same(ids({ sort: 'host', desc: 'true' }), ['new', 'a', 'ccc', 'bb'], 'alike in the order of their ids');
  t.same(ids({ sort: 'health' })[0], 'bb', 'what is wrong first');
  t.same(ids({ sort: 'nonsense' }), ids({}));
  t.same(ids({ state: 'TASK_KILLING' }), ['ccc']);
  t.same(ids({ health: 'unhealthy' }), ['bb']);
  t.same(ids({ q: ' 31000 ' }), ['a']);
  t.same(ids({ q: 'STAGING' }), ['new']);
  t.same(ids({ q: 'nowhere' }), []);
  t.end();
});

t.test('states in words', (t) => {
  t.equal(stateText('TASK_RUNNING'), 'Running');
  t.equal(stateText('TASK_GONE_BY_OPERATOR'), 'Gone by operator');
  t.equal(stateText('STABLE'), 'Stable');
  t.equal(stateLevel('TASK_FAILED'), 'bad');
  t.equal(stateLevel('TASK_OTHER'), 'off');
  const texts = drainingTexts({
    now: '',
    edges: [],
    changes: [],
    draining: [
      { taskId: 'a', app: '/web', until: '', waitsFor: [{ edge: 'h:8000', role: 'lb' }] },
      { taskId: 'b', app: '/web', until: '', waitsFor: [] },
    ],
  });
  t.same(
    [...texts],
    [
      ['a', 'Draining, waits for lb h:8000'],
      ['b', 'Draining'],
    ],
  );
  t.end();
});
