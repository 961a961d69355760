import t from 'tap';
import type { Test } from 'tap';
import { parsePodPath } from '../../../src/scheduler/api/parse/pod-path.js';
import type { AccessControl } from '../../../src/scheduler/api/access.js';
import { openAccess } from '../../../src/scheduler/api/access.js';
import { ApiError } from '../../../src/scheduler/api/api-error.js';
import { taskIdOf } from '../../../src/scheduler/core/launch/task-id.js';
import { killedTasks } from '../../support/launched-tasks.js';
import { ask, startFakeScheduler } from '../../support/fake-service.js';
import type { Answer, FakeScheduler } from '../../support/fake-service.js';

const container = { name: 'c', exec: { command: { shell: 'sleep 1' } }, resources: { cpus: 0.1, mem: 32 } };

function pod(id: string, instances = 1): object {
  return { id, containers: [container], scaling: { kind: 'fixed', instances } };
}

interface PodBody {
  readonly id: string;
  readonly version: string;
  readonly scaling: { readonly instances: number };
}

interface StatusBody {
  readonly id: string;
  readonly spec: PodBody;
  readonly status: string;
  readonly message?: string;
  readonly instances: readonly { readonly id: string; readonly status: string; readonly message?: string }[];
}

const podIn = (answer: Answer): PodBody => answer.json as unknown as PodBody;
const statusIn = (answer: Answer): StatusBody => answer.json as unknown as StatusBody;
const listIn = <T>(answer: Answer): readonly T[] => answer.json as unknown as readonly T[];

t.test('create, read, change, delete', async (t) => {
  const { api, service } = await startFakeScheduler(t);
  const events: string[] = [];
  service.events.subscribe(({ event }) => void events.push(event.type));
  const head = await ask(api, 'HEAD', '/v2/pods');
  t.equal(head.status, 200);
  t.equal(head.text, '');
  t.equal((await ask(api, 'GET', '/v2/pods')).text, '[]');

  const created = await ask(api, 'POST', '/v2/pods', pod('/group/web', 2));
  t.equal(created.status, 201);
  t.equal(created.headers['location'], '/group/web');
  t.match(created.headers['marathon-deployment-id'], /^[0-9a-f-]{36}$/);
  t.match(created.headers['content-type'], 'application/json');
  t.match(podIn(created), { id: '/group/web', scaling: { kind: 'fixed', instances: 2 }, role: '*' });
  t.ok(events.includes('pod_created_event'));
  t.ok(service.state.groups.has('/group'));

  for (const url of ['/v2/pods/group/web', '/v2/pods//group/web', '/v2/pods/%2Fgroup%2Fweb', '/v2/pods/group/web/']) {
    const found = await ask(api, 'GET', url);
    t.equal(found.status, 200, url);
    t.same(found.json, created.json, url);
  }
  t.same(
    listIn<PodBody>(await ask(api, 'GET', '/v2/pods')).map(({ id }) => id),
    ['/group/web'],
  );

  const again = await ask(api, 'POST', '/v2/pods', pod('/group/web'));
  t.equal(again.status, 409);
  t.match(again.json.message, '[/group/web] already exists.');
  const asApp = await ask(api, 'POST', '/v2/apps', { id: '/group/web', cmd: 'x' });
  t.equal(asApp.status, 409);

  const locked = await ask(api, 'PUT', '/v2/pods/group/web', pod('/group/web', 3));
  t.equal(locked.status, 409, 'its deployment waits for instances');
  t.equal((locked.json as unknown as { deployments: unknown[] }).deployments.length, 1);
  const changed = await ask(api, 'PUT', '/v2/pods/group/web?force=true', pod('/group/web', 3));
  t.equal(changed.status, 200);
  t.equal(podIn(changed).scaling.instances, 3);
  t.ok(changed.headers['marathon-deployment-id']);
  t.ok(events.includes('pod_updated_event'));

  const versions = listIn<string>(await ask(api, 'GET', '/v2/pods/group/web::versions'));
  t.same(versions, [podIn(changed).version, podIn(created).version]);
  const old = await ask(api, 'GET', `/v2/pods/group/web::versions/${versions[1]}`);
  t.same(old.json, created.json);
  t.equal((await ask(api, 'GET', '/v2/pods/group/web::versions/2001-01-01T00:00:00Z')).status, 404);
  t.equal((await ask(api, 'GET', '/v2/pods/group/web::versions/yesterday')).status, 422);

  const deleted = await ask(api, 'DELETE', '/v2/pods/group/web?force=True');
  t.equal(deleted.status, 202);
  t.equal(deleted.text, '');
  t.ok(deleted.headers['marathon-deployment-id']);
  t.equal(deleted.headers['location'], deleted.headers['marathon-deployment-id']);
  t.ok(events.includes('pod_deleted_event'));
  t.equal((await ask(api, 'GET', '/v2/pods')).text, '[]');
});

t.test('what is refused', async (t) => {
  const { api } = await startFakeScheduler(t);
  const missing = { message: '/nope does not exist' };
  for (const [method, url, body] of [
    ['GET', '/v2/pods/nope'],
    ['DELETE', '/v2/pods/nope'],
    ['PUT', '/v2/pods/nope', pod('/nope')],
    ['GET', '/v2/pods/nope::status'],
    ['GET', '/v2/pods/nope::versions'],
    ['GET', '/v2/pods/nope::versions/2026-01-01T00:00:00.000Z'],
    ['DELETE', '/v2/pods/nope::instances', ['nope.instance-1']],
    ['DELETE', '/v2/pods/nope::instances/nope.instance-1'],
  ] as const) {
    const answer = await ask(api, method, url, body);
    t.equal(answer.status, 404, `${method} ${url}`);
    t.same(answer.json, missing);
  }
  t.same((await ask(api, 'PUT', '/v2/pods/foo', pod('/bla'))).json, {
    message: "'/foo' does not match definition's id ('/bla')",
  });
  t.equal((await ask(api, 'PUT', '/v2/pods/foo', pod('/bla'))).status, 400);

  const shape = await ask(api, 'POST', '/v2/pods', { id: '/p', containers: [{ ...container, name: 7 }] });
  t.equal(shape.status, 422);
  t.same(shape.json, {
    message: 'Invalid JSON',
    details: [{ path: '/containers(0)/name', errors: ['error.expected.jsstring'] }],
  });
  const rule = await ask(api, 'POST', '/v2/pods', { id: 'p', containers: [container, container] });
  t.equal(rule.status, 422);
  t.same(rule.json, {
    message: 'Object is not valid',
    details: [
      { path: '/id', errors: ['Path needs to be absolute'] },
      { path: '/containers', errors: ['container names must be unique'] },
    ],
  });
  t.match((await ask(api, 'POST', '/v2/pods', '{')).json, { message: 'Invalid JSON' });
  t.equal((await ask(api, 'POST', '/v2/pods')).status, 400);
  t.equal((await ask(api, 'POST', '/v2/pods/foo', pod('/foo'))).status, 405);
  t.equal((await ask(api, 'GET', '/v2/pods/foo::nonsense')).status, 404);
  await ask(api, 'POST', '/v2/apps', { id: '/app', cmd: 'x' });
  t.equal((await ask(api, 'POST', '/v2/pods', pod('/app'))).status, 409);
});

t.test('a pod waits, and says so', async (t) => {
  const scheduler = await startFakeScheduler(t);
  const { api } = scheduler;
  await ask(api, 'POST', '/v2/pods', pod('/waiting', 2));
  await ask(api, 'POST', '/v2/pods', pod('/none', 0));
  const before = statusIn(await ask(api, 'GET', '/v2/pods//waiting::status'));
  t.match(before, {
    id: '/waiting',
    spec: { id: '/waiting' },
    status: 'DEGRADED',
    message: '0 of 2 instances are up: no offer has been seen since it waits',
    instances: [],
    terminationHistory: [],
  });
  t.match((before as unknown as Record<string, string>)['statusSince'], /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  for (const url of ['/v2/pods::status', '/v2/pods/::status']) {
    const all = listIn<StatusBody>(await ask(api, 'GET', url));
    t.same(
      all.map(({ id, status }) => [id, status]),
      [
        ['/waiting', 'DEGRADED'],
        ['/none', 'STABLE'],
      ],
      url,
    );
    t.notOk(all.some(({ id, message }) => id === '/none' && message !== undefined));
  }
  t.match((await ask(api, 'GET', '/v2/groups')).json, { pods: [{ id: '/waiting', status: 'DEGRADED' }, {}] });
});

t.test('instances are shown as they are, container by container', async (t) => {
  const scheduler = await startFakeScheduler(t);
  const { api } = scheduler;
  const containers = [
    {
      ...container,
      name: 'front',
      endpoints: [
        { name: 'web', hostPort: 0, protocol: ['tcp'] },
        { name: 'admin', hostPort: 31_500, protocol: ['tcp'] },
      ],
      healthCheck: { http: { endpoint: 'web', path: '/' } },
    },
    { ...container, name: 'back', endpoints: [{ name: 'db', hostPort: 0 }] },
  ];
  const created = await ask(api, 'POST', '/v2/pods', { id: '/p', containers });
  t.equal(created.status, 201, created.text);
  const address = [{ ipAddress: '10.0.0.7', protocol: 'IPv4' as const }];
  const [instance] = await scheduler.run('/p', { hostname: 'agent1', region: 'r', zone: 'z' });
  const id = instance?.id ?? '';
  const [front, back] = [taskIdOf(id, 'front'), taskIdOf(id, 'back')];
  await scheduler.status(front, 'TASK_RUNNING', '', address);
  const unheard = (await ask(api, 'GET', '/v2/pods/p::status')).json as unknown;
  t.match(unheard, {
    status: 'DEGRADED',
    message: '0 of 1 instances are up',
    instances: [
      {
        id,
        status: 'DEGRADED',
        message: 'at least one container is not healthy',
        agentHostname: 'agent1',
        agentId: 'S1',
        agentRegion: 'r',
        agentZone: 'z',
        resources: { cpus: 0.3, mem: 96, disk: 10, gpus: 0 },
        networks: [{ addresses: ['10.0.0.7'] }],
        specReference: /^\/v2\/pods\/p::versions\/\d{4}/,
        localVolumes: [],
        role: '*',
        containers: [
          {
            name: 'front',
            status: 'TASK_RUNNING',
            containerId: front,
            conditions: [{ name: 'healthy', value: 'false', reason: 'health-unreported-by-mesos' }],
            endpoints: [
              { name: 'web', allocatedHostPort: 31_000 },
              { name: 'admin', allocatedHostPort: 31_500 },
            ],
            resources: { cpus: 0.1, mem: 32, disk: 0, gpus: 0 },
          },
          {
            name: 'back',
            status: 'TASK_RUNNING',
            containerId: back,
            conditions: [],
            endpoints: [{ name: 'db', allocatedHostPort: 31_001 }],
          },
        ],
      },
    ],
  });
  t.match((await ask(api, 'GET', '/v2/queue')).json, { queue: [] });
  t.match((await ask(api, 'GET', '/v2/deployments')).json, [{ affectedPods: ['/p'] }], 'it waits for the health check');
  await scheduler.status(front, 'TASK_RUNNING', '', address, true);
  t.match((await ask(api, 'GET', '/v2/pods::status')).json, [
    {
      status: 'STABLE',
      instances: [
        {
          status: 'STABLE',
          containers: [
            {
              conditions: [{ value: 'true', reason: 'health-reported-by-mesos' }],
              endpoints: [{ name: 'web', healthy: true }, { name: 'admin' }],
            },
            {},
          ],
        },
      ],
    },
  ]);
  t.same((await ask(api, 'GET', '/v2/deployments')).json, []);
  t.same((await ask(api, 'GET', '/v2/tasks')).json, { tasks: [] }, 'tasks of pods are not among those of apps');

  await scheduler.status(back, 'TASK_FAILED', 'Command exited with status 3');
  const failing = (await ask(api, 'GET', '/v2/pods/p::status')).json as unknown;
  t.match(failing, {
    instances: [
      {
        status: 'TERMINAL',
        resources: { cpus: 0.2 },
        containers: [
          { status: 'TASK_RUNNING' },
          {
            status: 'TASK_FAILED',
            conditions: [],
            endpoints: [],
            termination: { exitCode: 3, message: 'Command exited with status 3' },
          },
        ],
      },
    ],
  });
  await scheduler.status(front, 'TASK_KILLED', 'Command terminated with signal Terminated');
  t.match((await ask(api, 'GET', '/v2/pods/p::status')).json, {
    instances: [],
    terminationHistory: [
      {
        instanceID: id,
        startedAt: instance?.startedAt,
        message: 'back: Command exited with status 3',
        containers: [
          {
            containerId: front,
            lastKnownState: 'TASK_KILLED',
            termination: { message: 'Command terminated with signal Terminated' },
          },
          { containerId: back, lastKnownState: 'TASK_FAILED', termination: { exitCode: 3 } },
        ],
      },
    ],
  });
  t.match((await ask(api, 'GET', '/v2/queue')).json, { queue: [{ count: 1, pod: { id: '/p' }, delay: {} }] });
  t.match((await ask(api, 'GET', '/v2/groups?embed=group.pods')).json, { pods: [{ id: '/p', status: 'DEGRADED' }] });
});

t.test('the addresses of an instance by network', async (t) => {
  const scheduler = await startFakeScheduler(t);
  const { api } = scheduler;
  const networks = ['one', 'two'].map((name) => ({ mode: 'container', name }));
  await ask(api, 'POST', '/v2/pods', { id: '/p', networks, containers: [container] });
  const [instance] = await scheduler.run('/p');
  const addresses = [
    { ipAddress: '10.0.0.7', protocol: 'IPv4' as const, network: 'one' },
    { ipAddress: '10.1.0.7', protocol: 'IPv4' as const, network: 'two' },
    { ipAddress: 'fd00::7', protocol: 'IPv6' as const, network: 'one' },
  ];
  await scheduler.status(instance?.taskId ?? '', 'TASK_RUNNING', '', addresses);
  t.match((await ask(api, 'GET', '/v2/pods/p::status')).json, {
    instances: [
      {
        networks: [
          { name: 'one', addresses: ['10.0.0.7', 'fd00::7'] },
          { name: 'two', addresses: ['10.1.0.7'] },
        ],
      },
    ],
  });
});

t.test('events of pods', async (t) => {
  const scheduler = await startFakeScheduler(t);
  const { api, service } = scheduler;
  const events: object[] = [];
  service.events.subscribe(({ event }) => void events.push(event));
  const endpoints = [{ name: 'web', hostPort: 0 }];
  await ask(api, 'POST', '/v2/pods', {
    id: '/p',
    containers: [container, { ...container, name: 'web', endpoints }],
  });
  const [instance] = await scheduler.run('/p');
  const id = instance?.id ?? '';
  t.match(
    events.filter((event) => 'type' in event && event.type === 'status_update_event'),
    [
      { appId: '/p', taskId: taskIdOf(id, 'c'), taskStatus: 'TASK_RUNNING', ports: [], slaveId: 'S1' },
      { appId: '/p', taskId: taskIdOf(id, 'web'), taskStatus: 'TASK_RUNNING', ports: [31_000] },
    ],
    'one for each container, with its own ports',
  );
  t.match(
    events.flatMap((event) =>
      'type' in event && event.type === 'instance_changed_event' && 'condition' in event ? [event.condition] : [],
    ),
    ['Provisioned', 'Running'],
    'the first container that runs is no news of the instance',
  );
});

t.test('instances are killed, and replaced', async (t) => {
  const scheduler = await startFakeScheduler(t);
  const { api, calls } = scheduler;
  await ask(api, 'POST', '/v2/pods', pod('/p', 3));
  const [first, second, third] = await scheduler.run('/p');
  if (first === undefined || second === undefined || third === undefined) return void t.fail('there are too few');
  const killed = await ask(api, 'DELETE', `/v2/pods/p::instances/${first.id}?wipe=true`);
  t.equal(killed.status, 200);
  t.match(killed.json, {
    instanceId: first.id,
    state: { condition: 'Running', since: /^\d{4}-/, activeSince: /^\d{4}-/ },
    agentInfo: { host: '10.0.0.1', agentId: 'S1', attributes: [] },
    unreachableStrategy: { inactiveAfterSeconds: 0, expungeAfterSeconds: 0 },
  });
  const many = await ask(api, 'DELETE', '/v2/pods/p::instances', [second.id, 'other.instance-7']);
  t.same(
    listIn<{ instanceId: string }>(many).map(({ instanceId }) => instanceId),
    [second.id],
  );
  t.same((await ask(api, 'DELETE', '/v2/pods/p::instances', ['other.instance-7'])).text, '[]');
  t.same(killedTasks(calls), [first.taskId, second.taskId]);
  for (const { taskId } of [first, second]) await scheduler.status(taskId, 'TASK_KILLED');
  t.match(
    (await scheduler.run('/p')).map(({ id }) => id),
    [third.id, /^p\.instance-/, /^p\.instance-/],
  );

  const unknown = await ask(api, 'DELETE', '/v2/pods/p::instances/p.instance-unknown');
  t.equal(unknown.status, 404);
  t.same(unknown.json, { message: "Task 'p.instance-unknown' does not exist" });
  const bad = await ask(api, 'DELETE', '/v2/pods/p::instances', ['p.instance-1', 'nonsense']);
  t.equal(bad.status, 422);
  t.equal(bad.json.details[0]?.path, '(1)');
  t.equal((await ask(api, 'DELETE', '/v2/pods/p::instances/nonsense')).status, 422);
  t.same((await ask(api, 'DELETE', '/v2/pods/p::instances', [7])).json.details, [
    { path: '(0)', errors: ['error.expected.jsstring'] },
  ]);
  t.equal((await ask(api, 'DELETE', '/v2/pods/p::instances', {})).json.details[0]?.errors[0], 'error.expected.jsarray');
});

/** Everything below `/secret` is nobody's business. */
const guarded: AccessControl = {
  ...openAccess,
  isOpen: false,
  may: (_request, _action, resource) => !('id' in resource && resource.id.startsWith('/secret')),
  demand(request, action, resource) {
    if (!this.may(request, action, resource)) throw new ApiError(403, 'Not Authorized to perform this action!');
  },
};

async function withSecret(t: Test): Promise<FakeScheduler> {
  const scheduler = await startFakeScheduler(t, {}, { access: guarded });
  const origin = { clientIp: '', uri: '' };
  for (const id of ['/secret/pod', '/open']) {
    const update = pod(id) as Readonly<Record<string, unknown>>;
    await scheduler.service.execute({ type: 'createPod', update, force: false, origin });
  }
  return scheduler;
}

t.test('who may not view a pod does not see it', async (t) => {
  const { api } = await withSecret(t);
  t.same(
    listIn<PodBody>(await ask(api, 'GET', '/v2/pods')).map(({ id }) => id),
    ['/open'],
  );
  t.same(
    listIn<PodBody>(await ask(api, 'GET', '/v2/pods::status')).map(({ id }) => id),
    ['/open'],
  );
  t.match((await ask(api, 'GET', '/v2/queue')).json, { queue: [{ pod: { id: '/open' } }] });
  t.equal((await ask(api, 'GET', '/v2/queue')).json.queue.length, 1);
  for (const [method, url, body] of [
    ['GET', '/v2/pods/secret/pod'],
    ['PUT', '/v2/pods/secret/pod', pod('/secret/pod')],
    ['DELETE', '/v2/pods/secret/pod'],
    ['POST', '/v2/pods', pod('/secret/other')],
    ['GET', '/v2/pods/secret/pod::status'],
    ['GET', '/v2/pods/secret/pod::versions'],
    ['GET', '/v2/pods/secret/pod::versions/2026-01-01T00:00:00.000Z'],
    ['DELETE', '/v2/pods/secret/pod::instances', ['secret_pod.instance-1']],
    ['DELETE', '/v2/pods/secret/pod::instances/secret_pod.instance-1'],
    ['DELETE', '/v2/queue/secret/pod/delay'],
  ] as const) {
    t.equal((await ask(api, method, url, body)).status, 403, `${method} ${url}`);
  }
});

t.test('URLs below /v2/pods', (t) => {
  t.same(parsePodPath('a/b'), { type: 'pod', id: '/a/b' });
  t.same(parsePodPath('/a/b//'), { type: 'pod', id: '/a/b' });
  t.same(parsePodPath('a/versions::versions/x'), { type: 'version', id: '/a/versions', version: 'x' });
  t.same(parsePodPath('/a::instances/a.instance-1/'), { type: 'instance', id: '/a', instanceId: 'a.instance-1' });
  t.same(parsePodPath('::status'), { type: 'statusOfAll' });
  t.equal(parsePodPath('a::status/x'), undefined);
  t.equal(parsePodPath('a::versions/x/y'), undefined);
  t.equal(parsePodPath('::versions'), undefined);
  t.end();
});
