// What Mesos is told to start for a pod: LAUNCH_GROUP with its default executor.
import t from 'tap';
import type { Test } from 'tap';
import type { ExecutorInfo, TaskInfo } from '../../../src/mesos/types.js';
import { launchGroupOf } from '../../../src/scheduler/adapters/mesos/task-group.js';
import type { SchedulerOptions } from '../../../src/scheduler/options.js';
import { ask, startFakeScheduler } from '../../support/fake-service.js';
import { launchedGroups } from '../../support/launched-tasks.js';

interface Launched {
  readonly executor: ExecutorInfo;
  readonly tasks: readonly TaskInfo[];
}

const sleeps = { exec: { command: { shell: 'sleep 1' } } };

/** The executor and the tasks of the pod's first instance. */
async function launched(t: Test, pod: object, options: Partial<SchedulerOptions> = {}): Promise<Launched> {
  const scheduler = await startFakeScheduler(t, options);
  const created = await ask(scheduler.api, 'POST', '/v2/pods', { id: '/shop/web', ...pod });
  t.equal(created.status, 201, created.text);
  await scheduler.run('/shop/web', { hostname: 'agent1' });
  const [group] = launchedGroups(scheduler.calls);
  const operation = group === undefined ? undefined : launchGroupOf(group, '*');
  if (operation?.launch_group === undefined) throw new Error('nothing was launched');
  t.equal(operation.type, 'LAUNCH_GROUP');
  const { executor, task_group } = operation.launch_group;
  return { executor, tasks: task_group.tasks };
}

/** The variables of each task, by their names. */
function variablesOf({ tasks }: Launched): readonly Readonly<Record<string, string | undefined>>[] {
  return tasks.map(({ command }) =>
    Object.fromEntries((command?.environment?.variables ?? []).map(({ name, value }) => [name, value])),
  );
}

const scalar = (name: string, value: number): object => ({ name, scalar: { value } });
const labels = (map: Record<string, string>): object => ({
  labels: Object.entries(map).map(([key, value]) => ({ key, value })),
});

t.test('a plain pod: executor, tasks, resources, labels, commands', async (t) => {
  const { executor, tasks } = await launched(t, {
    labels: { of: 'pod' },
    user: 'nobody',
    containers: [
      {
        name: 'front',
        ...sleeps,
        resources: { cpus: 0.2, mem: 64, disk: 5 },
        labels: { of: 'front' },
        lifecycle: { killGracePeriodSeconds: 2.5 },
        artifacts: [{ uri: 'http://files/a.tgz', destPath: 'a', executable: true, extract: false }],
      },
      { name: 'back', exec: { command: { argv: ['sleep', '5'] } }, user: 'root', resources: { cpus: 0.1, mem: 32 } },
    ],
  });
  const uuid = executor.executor_id.value.replace('instance-shop_web.', '');
  t.match(executor, {
    type: 'DEFAULT',
    executor_id: { value: `instance-shop_web.${uuid}` },
    framework_id: { value: 'framework-1' },
    labels: labels({ of: 'pod' }),
  });
  t.match(executor.resources, [scalar('cpus', 0.1), scalar('mem', 32), scalar('disk', 10)]);
  t.notOk('container' in executor, 'neither networks nor volumes');
  t.notOk('command' in executor);
  t.match(tasks, [
    {
      name: 'front',
      task_id: { value: `shop_web.instance-${uuid}.front.1` },
      agent_id: { value: 'S1' },
      resources: [scalar('cpus', 0.2), scalar('mem', 64), scalar('disk', 5)],
      command: {
        shell: true,
        value: 'sleep 1',
        user: 'nobody',
        uris: [{ value: 'http://files/a.tgz', output_file: 'a', executable: true, extract: false, cache: false }],
      },
      kill_policy: { grace_period: { nanoseconds: 2_500_000_000 } },
      labels: labels({ of: 'front' }),
      discovery: { visibility: 'FRAMEWORK', name: 'web.shop' },
      container: { type: 'MESOS', linux_info: { share_cgroups: false } },
    },
    {
      name: 'back',
      task_id: { value: `shop_web.instance-${uuid}.back.1` },
      command: { shell: false, value: 'sleep', arguments: ['sleep', '5'], user: 'root' },
    },
  ]);
  for (const task of tasks) t.notOk('executor' in task);
});

t.test('environment: Marathon has the last word; endpoints of all containers', async (t) => {
  const pod = {
    labels: { Owner: 'zeus', 'a.b': 'pod' },
    environment: { A: 'pod', B: 'pod', HOST: 'mine' },
    containers: [
      {
        name: 'front',
        ...sleeps,
        resources: { cpus: 0.25, mem: 64 },
        environment: { B: 'front' },
        labels: { 'a.b': 'front' },
        endpoints: [
          { name: 'web-ui', hostPort: 0 },
          { name: 'fixed', hostPort: 31_500 },
        ],
      },
      { name: 'back', ...sleeps, endpoints: [{ name: 'db', hostPort: 0 }] },
    ],
  };
  const result = await launched(t, pod);
  const [front, back] = variablesOf(result);
  t.match(front, {
    A: 'pod',
    B: 'front',
    HOST: 'agent1',
    MESOS_TASK_ID: result.tasks[0]?.task_id.value,
    MESOS_EXECUTOR_ID: result.executor.executor_id.value,
    MARATHON_APP_ID: '/shop/web',
    MARATHON_APP_VERSION: /^\d{4}-/,
    MARATHON_APP_ENFORCE_GROUP_ROLE: 'FALSE',
    MARATHON_APP_LABELS: 'OWNER A_B',
    MARATHON_APP_LABEL_OWNER: 'zeus',
    MARATHON_APP_LABEL_A_B: 'front',
    MARATHON_CONTAINER_ID: 'front',
    MARATHON_CONTAINER_RESOURCE_CPUS: '0.25',
    MARATHON_CONTAINER_RESOURCE_MEM: '64.0',
    MARATHON_CONTAINER_RESOURCE_DISK: '0.0',
    MARATHON_CONTAINER_RESOURCE_GPUS: '0',
    ENDPOINT_WEB_UI: '31000',
    EP_HOST_WEB_UI: '31000',
    ENDPOINT_FIXED: '31500',
    ENDPOINT_DB: '31001',
  });
  t.notOk(Object.keys(front ?? {}).some((name) => name.startsWith('EP_CONTAINER') || name.startsWith('PORT')));
  t.match(back, { B: 'pod', ENDPOINT_WEB_UI: '31000', MARATHON_APP_LABEL_A_B: 'pod', MARATHON_CONTAINER_ID: 'back' });
  t.match(result.executor.resources?.at(-1), {
    name: 'ports',
    ranges: {
      range: [
        { begin: 31_000, end: 31_000 },
        { begin: 31_500, end: 31_500 },
        { begin: 31_001, end: 31_001 },
      ],
    },
  });
  t.notOk(result.tasks.some(({ resources }) => resources.some(({ name }) => name === 'ports')));
  const [prefixed] = variablesOf(await launched(t, pod, { envVarsPrefix: 'my_' }));
  t.match(prefixed, { MY_ENDPOINT_DB: '31001', MY_EP_HOST_DB: '31001', HOST: 'agent1' });
});

t.test('host networking: discovery and checks at the ports of the agent', async (t) => {
  const { executor, tasks } = await launched(t, {
    networks: [{ mode: 'host' }],
    containers: [
      {
        name: 'front',
        ...sleeps,
        endpoints: [
          { name: 'web', hostPort: 0, protocol: ['tcp', 'http'], labels: { VIP_0: 'web:80' } },
          { name: 'quiet', hostPort: 0 },
        ],
        healthCheck: {
          http: { endpoint: 'web', path: '/health', scheme: 'HTTPS' },
          gracePeriodSeconds: 3,
          intervalSeconds: 4,
          timeoutSeconds: 2,
          maxConsecutiveFailures: 5,
          delaySeconds: 1,
        },
        check: { exec: { command: { argv: ['true', 'x'] } }, intervalSeconds: 7, timeoutSeconds: 6, delaySeconds: 5 },
      },
      {
        name: 'back',
        ...sleeps,
        endpoints: [{ name: 'db', hostPort: 0, protocol: ['udp'] }],
        healthCheck: { tcp: { endpoint: 'db' } },
      },
      { name: 'job', ...sleeps, healthCheck: { exec: { command: { shell: 'test -f up' } } } },
    ],
  });
  t.notOk('container' in executor);
  const [front, back, job] = tasks;
  t.match(front?.discovery?.ports?.ports, [
    { number: 31_000, name: 'web', protocol: 'tcp', labels: labels({ 'network-scope': 'host', VIP_0: 'web:80' }) },
    { number: 31_000, name: 'web', protocol: 'http' },
  ]);
  t.equal(front?.discovery?.ports?.ports.length, 2, 'a port whose protocol nobody names is not announced');
  t.match(front?.health_check, {
    type: 'HTTP',
    http: { scheme: 'https', port: 31_000, path: '/health' },
    grace_period_seconds: 3,
    interval_seconds: 4,
    timeout_seconds: 2,
    consecutive_failures: 5,
    delay_seconds: 1,
  });
  t.match(front?.check, {
    type: 'COMMAND',
    command: { command: { shell: false, value: 'true', arguments: ['true', 'x'] } },
    interval_seconds: 7,
    timeout_seconds: 6,
    delay_seconds: 5,
  });
  t.match(back?.discovery?.ports?.ports, [{ number: 31_002, name: 'db', protocol: 'udp' }]);
  t.match(back?.health_check, { type: 'TCP', tcp: { port: 31_002 }, interval_seconds: 60, timeout_seconds: 20 });
  t.match(job?.health_check, { type: 'COMMAND', command: { shell: true, value: 'test -f up' } });
  t.notOk(job?.discovery?.ports);
});

t.test('container networks: port mappings of the executor, checks at the ports inside', async (t) => {
  const pod = {
    networks: [{ mode: 'container', name: 'dev', labels: { n: '1' } }],
    containers: [
      {
        name: 'front',
        ...sleeps,
        image: { kind: 'DOCKER', id: 'nginx' },
        endpoints: [
          { name: 'web', containerPort: 80, hostPort: 0, protocol: ['http'] },
          { name: 'both', containerPort: 53, hostPort: 31_700, protocol: ['udp', 'tcp'] },
          { name: 'inside', containerPort: 9000, protocol: ['tcp'] },
        ],
        healthCheck: { http: { endpoint: 'web' } },
      },
    ],
  };
  const result = await launched(t, pod);
  const { executor, tasks } = result;
  t.match(executor.container, {
    type: 'MESOS',
    network_infos: [
      {
        name: 'dev',
        labels: labels({ n: '1' }),
        port_mappings: [
          { host_port: 31_000, container_port: 80, protocol: 'tcp' },
          { host_port: 31_700, container_port: 53, protocol: 'udp' },
          { host_port: 31_700, container_port: 53, protocol: 'tcp' },
        ],
      },
    ],
  });
  t.match(tasks[0]?.health_check, { type: 'HTTP', http: { scheme: 'http', port: 80 } });
  t.match(tasks[0]?.discovery?.ports?.ports, [
    { number: 31_000, name: 'web', protocol: 'http', labels: labels({ 'network-scope': 'host' }) },
    { number: 31_700, protocol: 'udp' },
    { number: 31_700, protocol: 'tcp' },
    { number: 9000, labels: labels({ 'network-scope': 'container', 'network-name': 'dev' }) },
  ]);
  t.match(variablesOf(result)[0], {
    ENDPOINT_WEB: '80',
    EP_HOST_WEB: '31000',
    EP_CONTAINER_WEB: '80',
    ENDPOINT_BOTH: '53',
    ENDPOINT_INSIDE: '9000',
    EP_CONTAINER_INSIDE: '9000',
  });
  t.notOk('EP_HOST_INSIDE' in (variablesOf(result)[0] ?? {}));

  const bridge = await launched(t, {
    networks: [{ mode: 'container/bridge' }],
    containers: [{ name: 'c', ...sleeps, endpoints: [{ name: 'web', containerPort: 80, hostPort: 0 }] }],
  });
  t.match(bridge.executor.container, {
    network_infos: [
      { name: 'mesos-bridge', port_mappings: [{ host_port: 31_000, container_port: 80, protocol: 'tcp' }] },
    ],
  });
});

t.test('volumes, images and their commands', async (t) => {
  const { executor, tasks } = await launched(t, {
    volumes: [{ name: 'shared' }, { name: 'logs', host: '/var/log' }, { name: 'own', host: 'scratch' }],
    linuxInfo: { ipcInfo: { mode: 'PRIVATE', shmSize: 16 } },
    containers: [
      {
        name: 'plain',
        image: { kind: 'DOCKER', id: 'nginx:1', forcePull: true },
        volumeMounts: [
          { name: 'shared', mountPath: 'data' },
          { name: 'logs', mountPath: '/logs', readOnly: true },
          { name: 'own', mountPath: '/own' },
        ],
        tty: true,
        linuxInfo: { seccomp: { unconfined: true }, ipcInfo: { mode: 'SHARE_PARENT' } },
        resourceLimits: { cpus: 'unlimited', mem: 256 },
      },
      {
        name: 'given',
        image: { kind: 'DOCKER', id: 'nginx' },
        exec: { command: { argv: ['-v', '1'] } },
        volumeMounts: [{ name: 'shared', mountPath: '/mnt/data' }],
      },
      {
        name: 'instead',
        image: { kind: 'DOCKER', id: 'nginx', forcePull: false },
        exec: { command: { argv: ['/bin/ls', '-l'] }, overrideEntrypoint: true },
      },
      { name: 'shell', image: { kind: 'DOCKER', id: 'nginx' }, ...sleeps },
    ],
  });
  t.match(executor.container, { type: 'MESOS', linux_info: { ipc_mode: 'PRIVATE', shm_size: 16 } });
  const [plain, given, instead, shell] = tasks;
  const parent = (path: string): object => ({
    source: { type: 'SANDBOX_PATH', sandbox_path: { type: 'PARENT', path: `volumes/${path}` } },
  });
  t.strictSame(plain?.container, {
    type: 'MESOS',
    mesos: { image: { type: 'DOCKER', docker: { name: 'nginx:1' }, cached: false } },
    volumes: [
      { container_path: 'data', mode: 'RW', ...parent('shared') },
      { container_path: '/logs', mode: 'RO', host_path: '/var/log' },
      { container_path: '/own', mode: 'RW', host_path: 'scratch' },
    ],
    linux_info: { seccomp: { unconfined: true }, ipc_mode: 'SHARE_PARENT', share_cgroups: false },
    tty_info: {},
  });
  t.same(plain?.limits, { cpus: { value: 'Infinity' }, mem: { value: 256 } });
  t.strictSame([plain?.command?.shell, plain?.command?.value, plain?.command?.arguments], [false, undefined, []]);
  t.match(given?.container, { volumes: [{ container_path: '/mnt/data', ...parent('shared') }] });
  t.strictSame([given?.command?.value, given?.command?.arguments], [undefined, ['-v', '1']]);
  t.notOk('limits' in (given ?? {}));
  t.strictSame([instead?.command?.value, instead?.command?.arguments], ['/bin/ls', ['/bin/ls', '-l']]);
  t.match(instead?.container, { mesos: { image: { cached: true } } });
  t.match(shell?.command, { shell: true, value: 'sleep 1' });

  const shared = await launched(t, { legacySharedCgroups: true, containers: [{ name: 'c', ...sleeps }] });
  t.match(shared.tasks[0]?.container, { linux_info: { share_cgroups: true } });
});

t.test('secrets are found by their sources', async (t) => {
  const { executor, tasks } = await launched(
    t,
    {
      secrets: { password: { source: '/vault/password' }, docker: { source: '/vault/docker' } },
      environment: { PASSWORD: { secret: 'password' } },
      volumes: [{ name: 'key', secret: 'password' }],
      containers: [
        {
          name: 'front',
          ...sleeps,
          image: { kind: 'DOCKER', id: 'private', pullConfig: { secret: 'docker' } },
          volumeMounts: [{ name: 'key', mountPath: 'key' }],
        },
        { name: 'back', ...sleeps, environment: { PASSWORD: 'none' } },
      ],
    },
    { features: ['secrets'] },
  );
  const reference = (name: string): object => ({ type: 'REFERENCE', reference: { name } });
  t.match(
    tasks[0]?.command?.environment?.variables.find(({ name }) => name === 'PASSWORD'),
    { type: 'SECRET', secret: reference('/vault/password') },
  );
  t.same(
    tasks[1]?.command?.environment?.variables.filter(({ name }) => name === 'PASSWORD'),
    [{ name: 'PASSWORD', value: 'none' }],
  );
  t.match(tasks[0]?.container, {
    mesos: { image: { docker: { name: 'private', config: reference('/vault/docker') } } },
    volumes: [{ container_path: 'key', source: { type: 'SECRET', secret: reference('/vault/password') } }],
  });
  t.match(executor.container, { type: 'MESOS' });
});
