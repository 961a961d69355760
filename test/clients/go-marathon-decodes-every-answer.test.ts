import t from 'tap';
import { openAccess } from '../../src/scheduler/api/access.js';
import { ApiError } from '../../src/scheduler/api/api-error.js';
import { sampleEvents } from '../support/sample-events.js';
import { waitFor } from '../support/wait.js';
import { runCases } from './support/cases.js';
import { goBool, goInt, goMap, goSlice, goString, goStruct, unmarshal } from './support/go-json.js';
import { checkHealth } from './support/health.js';
import * as go from './support/readers/go-marathon.js';
import { settled } from './support/settled.js';
import { goHeaders, goJsonHeaders, serveScheduler } from './support/wire.js';

/** application.go: `ports` and `dependencies` have no omitempty. */
const nulls = { ports: null, dependencies: null };

await runCases(t, 'go-marathon [94e7bcb]', [
  {
    name: 'creates an app with null for what it has none of',
    why: 'Go writes an empty slice without omitempty as null',
    run: async (t) => {
      const client = (await serveScheduler(t)).client(goJsonHeaders);
      const body = { id: '/web', cmd: 'x', cpus: 0.1, instances: 1, mem: 16, ...nulls, env: {}, labels: {} };
      const answer = await client.send('POST', '/v2/apps', body);
      t.equal(answer.status, 201, answer.text);
      const app = unmarshal(go.application, answer.text);
      t.match(app, { id: '/web', instances: 1, deployments: [{ id: String }], portDefinitions: [{ port: 10000 }] });
    },
  },
  {
    name: 'reads apps, with tasks, health, statistics and failures',
    why: 'a number of a wrong kind anywhere fails the whole list',
    run: async (t) => {
      const scheduler = await serveScheduler(t);
      const client = scheduler.client(goJsonHeaders);
      const healthChecks = [{ protocol: 'HTTP', path: '/', maxConsecutiveFailures: 0 }];
      const env = { A: 'b' };
      await client.send('POST', '/v2/apps', { id: '/web', cmd: 'x', instances: 2, healthChecks, env, ...nulls });
      const [one] = await scheduler.run('/web');
      await checkHealth(scheduler, '/web', true);
      await scheduler.status(one?.taskId ?? '', 'TASK_FAILED', 'exit 1');
      const query = 'embed=apps.tasks&embed=apps.taskStats&embed=apps.lastTaskFailure&embed=apps.readiness';
      const { apps } = unmarshal(go.applications, (await client.send('GET', `/v2/apps?${query}`)).text);
      t.match(apps, [
        {
          id: '/web',
          env,
          tasksRunning: 1,
          tasksHealthy: 1,
          tasks: [{ state: 'TASK_RUNNING', healthCheckResults: [{ alive: true }] }],
          lastTaskFailure: { state: 'TASK_FAILED' },
          taskStats: { totalSummary: { stats: { counts: { running: 1 } } } },
        },
      ]);
      const path = go.pathOf('apps', '/web');
      t.equal(path, '/v2/apps/web');
      const one1 = unmarshal(go.wrappedApplication, (await client.send('GET', `${path}?embed=app.taskStats`)).text);
      t.equal(one1.app.id, '/web');
      const versions = unmarshal(
        goStruct({ versions: goSlice(goString) }),
        (await client.send('GET', `${path}/versions`)).text,
      );
      t.equal(versions.versions.length, 1);
    },
  },
  {
    name: 'updates, scales, restarts, rolls back and deletes an app',
    why: 'each answer is a DeploymentID; the body of a restart is {}',
    run: async (t) => {
      const scheduler = await serveScheduler(t);
      const client = scheduler.client(goJsonHeaders);
      const created = await client.send('POST', '/v2/apps', { id: '/web', cmd: 'x', instances: 0, ...nulls });
      const { version } = unmarshal(go.application, created.text);
      const answers = [
        await client.send('PUT', '/v2/apps/web?force=true', { id: '/web', cmd: 'y', cpus: 0.2, ...nulls }),
        await client.send('PUT', '/v2/apps/web?force=true', { id: '/web', instances: 0, ...nulls }),
        await client.send('POST', '/v2/apps/web/restart?force=true', '{}'),
        await client.send('PUT', '/v2/apps/web?force=true', { version }),
        await client.send('DELETE', '/v2/apps/web?force=true'),
      ];
      for (const answer of answers) {
        t.equal(answer.status, 200, answer.text);
        t.match(go.readDeploymentId(answer), { deploymentId: /-/, version: /Z$/ });
      }
    },
  },
  {
    name: 'tasks: read, killed, and the one call that works with ids of before 1.8 only',
    why: 'KillTask guesses the app from the id of the task; since 1.8 there are more dots in it: 404 from Marathon as from us',
    run: async (t) => {
      const scheduler = await serveScheduler(t);
      const client = scheduler.client(goJsonHeaders);
      await client.send('POST', '/v2/apps', { id: '/prod/web', cmd: 'x', instances: 3 });
      const [one, two] = await scheduler.run('/prod/web');
      const all = unmarshal(go.tasks, (await client.send('GET', '/v2/tasks?status=running')).text);
      t.equal(all.tasks.length, 3);
      const of = unmarshal(go.tasks, (await client.send('GET', '/v2/apps/prod/web/tasks')).text);
      t.same(of, all);
      const guess = go.appOfTask(one?.taskId ?? '');
      const guessed = await client.send('DELETE', `/v2/apps/${guess}/tasks/${one?.taskId}?scale=false&wipe=false`);
      t.equal(go.apiErrorOf(guessed).code, 'NotFound', guess);
      const ids = { ids: [one?.taskId, two?.taskId] };
      t.equal((await client.send('POST', '/v2/tasks/delete?scale=false&wipe=false', ids)).status, 200);
      const rest = await client.send('DELETE', '/v2/apps/prod/web/tasks?host=10.0.0.1&scale=false');
      t.ok(unmarshal(go.tasks, rest.text).tasks.length > 0);
    },
  },
  {
    name: 'deletes a pod: an empty answer, read from the header',
    why: 'without Marathon-Deployment-Id an empty body is a syntax error to it',
    run: async (t) => {
      const scheduler = await serveScheduler(t);
      const client = scheduler.client(goJsonHeaders);
      await client.send('POST', '/v2/pods', {
        id: '/p',
        containers: [{ name: 'c', resources: { cpus: 0.1, mem: 32 } }],
      });
      const answer = await client.send('DELETE', '/v2/pods/p?force=true');
      t.equal(answer.status, 202);
      t.equal(answer.text, '');
      t.match(go.readDeploymentId(answer), { deploymentId: /^[0-9a-f-]{36}$/ });
    },
  },
  {
    name: 'pods: asked for by HEAD, created, read, updated, their status and versions',
    why: 'a 404 to HEAD would mean that there are no pods at all',
    run: async (t) => {
      const scheduler = await serveScheduler(t);
      const client = scheduler.client(goJsonHeaders);
      const supported = await client.send('HEAD', '/v2/pods');
      t.equal(supported.status, 200);
      t.equal(supported.text, '');
      const pod = {
        id: '/p',
        labels: { a: 'b' },
        containers: [
          {
            name: 'c',
            exec: { command: { shell: 'sleep 1000' } },
            resources: { cpus: 0.1, mem: 32 },
            endpoints: [{ name: 'http', hostPort: 0, protocol: ['tcp'] }],
          },
        ],
        scaling: { kind: 'fixed', instances: 2 },
        environment: { A: 'b' },
        scheduling: { unreachableStrategy: 'disabled' },
      };
      const created = await client.send('POST', '/v2/pods', pod);
      t.equal(created.status, 201, created.text);
      t.match(unmarshal(go.pod, created.text), { id: '/p', scaling: { instances: 2 }, environment: { A: 'b' } });
      t.equal(unmarshal(goSlice(go.pod), (await client.send('GET', '/v2/pods')).text).length, 1);
      const updated = await client.send('PUT', '/v2/pods/p?force=true', { ...pod, labels: { a: 'c' } });
      t.equal(updated.status, 200, updated.text);
      const status = unmarshal(go.podStatus, (await client.send('GET', '/v2/pods/p::status')).text);
      t.match(status, { id: '/p', status: /^(?:DEGRADED|STABLE|TERMINAL)$/, spec: { labels: { a: 'c' } } });
      t.equal(unmarshal(goSlice(go.podStatus), (await client.send('GET', '/v2/pods::status')).text).length, 1);
      const versions = unmarshal(goSlice(goString), (await client.send('GET', '/v2/pods/p::versions')).text);
      const old = await client.send('GET', `/v2/pods/p::versions/${versions.at(-1)}`);
      t.match(unmarshal(go.pod, old.text), { labels: { a: 'b' } });
    },
  },
  {
    name: 'groups',
    why: 'groups in groups, apps in all of them',
    run: async (t) => {
      const scheduler = await serveScheduler(t);
      const client = scheduler.client(goJsonHeaders);
      const app = { id: '/g/a', cmd: 'x', instances: 0, ...nulls };
      const created = await client.send('POST', '/v2/groups', {
        id: '/g',
        apps: [app],
        dependencies: null,
        groups: null,
      });
      t.equal(created.status, 201, created.text);
      await settled(scheduler);
      const root = unmarshal(go.group, (await client.send('GET', '/v2/groups')).text);
      t.match(root, { id: '/', groups: [{ id: '/g', apps: [{ id: '/g/a' }] }] });
      t.equal(unmarshal(go.group, (await client.send('GET', '/v2/groups/g')).text).id, '/g');
      const updated = await client.send('PUT', '/v2/groups/g?force=true', {
        id: '/g',
        apps: [],
        dependencies: [],
        groups: [],
      });
      t.match(go.readDeploymentId(updated), { deploymentId: /-/ });
      t.match(go.readDeploymentId(await client.send('DELETE', '/v2/groups/g?force=true')), { deploymentId: /-/ });
    },
  },
  {
    name: 'deployments, the queue, info, the leader',
    why: 'timeLeftSeconds is an int, counts are int32, steps are objects',
    run: async (t) => {
      const scheduler = await serveScheduler(t);
      const client = scheduler.client(goJsonHeaders);
      await client.send('POST', '/v2/apps', { id: '/a', cmd: 'x', backoffSeconds: 2, backoffFactor: 1.333 });
      const deployments = unmarshal(goSlice(go.deployment), (await client.send('GET', '/v2/deployments')).text);
      t.match(deployments, [
        { affectedApps: ['/a'], currentStep: 2, steps: [{}, {}], currentActions: [{ app: '/a' }] },
      ]);
      const [instance] = await scheduler.run('/a');
      await scheduler.status(instance?.taskId ?? '', 'TASK_FAILED', 'exit 1');
      const { queue } = unmarshal(go.queue, (await client.send('GET', '/v2/queue')).text);
      t.match(queue, [{ app: { id: '/a' }, delay: { overdue: false }, role: '*', count: 1 }]);
      t.equal((await client.send('DELETE', '/v2/queue/a/delay')).status, 204);
      await client.send('POST', '/v2/pods', {
        id: '/p',
        containers: [{ name: 'c', resources: { cpus: 0.1, mem: 32 } }],
      });
      const mixed = unmarshal(go.queue, (await client.send('GET', '/v2/queue')).text);
      t.ok(mixed.queue.some(({ pod }) => pod?.id === '/p'));
      t.match(unmarshal(go.info, (await client.send('GET', '/v2/info')).text), { name: 'marathon', elected: true });
      const leader = unmarshal(goStruct({ leader: goString }), (await client.send('GET', '/v2/leader')).text);
      t.equal(leader.leader, 'leader.example:8080');
    },
  },
  {
    name: 'errors by their status',
    why: 'callers switch on the code; 409 is split by `deployments`',
    run: async (t) => {
      const scheduler = await serveScheduler(t);
      const client = scheduler.client(goJsonHeaders);
      await client.send('POST', '/v2/apps', { id: '/a', cmd: 'x' });
      const cases = [
        ['DuplicateID', await client.send('POST', '/v2/apps', { id: '/a', cmd: 'x' })],
        ['AppLocked', await client.send('PUT', '/v2/apps/a', { cmd: 'y' })],
        ['NotFound', await client.send('GET', '/v2/apps/nope')],
        ['InvalidBean', await client.send('POST', '/v2/apps', { id: '/b', cmd: 'x', args: ['y'] })],
        ['BadRequest', await client.send('POST', '/v2/tasks/delete', { ids: ['x'] })],
        ['Unknown', await client.send('DELETE', '/v2/apps')],
      ] as const;
      for (const [code, answer] of cases) {
        t.match(go.apiErrorOf(answer), { code, isDecoded: true, message: /./ }, answer.text);
        t.notOk(go.marksMemberDown(answer));
      }
      const locked = await serveScheduler(t, { credentials: { user: 'u', password: 'p' } });
      t.match(go.apiErrorOf(await locked.client(goJsonHeaders).send('GET', '/v2/apps')), {
        code: 'Unauthorized',
        isDecoded: true,
      });
      const basic = { ...goJsonHeaders, Authorization: `Basic ${Buffer.from('u:p').toString('base64')}` };
      t.equal((await locked.client(basic).send('GET', '/v2/apps')).status, 200);
      const demand = (): never => {
        throw new ApiError(403, 'Not Authorized to perform this action!');
      };
      const closed = await serveScheduler(t, {}, { access: { ...openAccess, isOpen: false, demand } });
      t.match(go.apiErrorOf(await closed.client(goJsonHeaders).send('DELETE', '/v2/apps/a')), {
        code: 'Forbidden',
        isDecoded: true,
      });
    },
  },
  {
    name: 'malformed JSON: its details are a text, which it shows raw',
    why: 'badRequestDef has a list there; Marathon answers so, too, and the code stays BadRequest',
    run: async (t) => {
      const client = (await serveScheduler(t)).client(goJsonHeaders);
      const answer = await client.send('POST', '/v2/apps', '{"id":');
      t.match(go.apiErrorOf(answer), { code: 'BadRequest', isDecoded: false, message: /"message":"Invalid JSON"/ });
    },
  },
  {
    name: 'no request makes it give up a server',
    why: 'a status of 500 or more marks the member as down, until /ping answers 200',
    run: async (t) => {
      const client = (await serveScheduler(t)).client(goJsonHeaders);
      const answers = [
        await client.send('POST', '/v2/apps', '[]'),
        await client.send('POST', '/v2/apps', '"x"'),
        await client.send('PUT', '/v2/apps/a', 'null'),
        await client.send('GET', '/v2/apps/%00'),
        await client.send('GET', `/v2/apps/${'a'.repeat(20_000)}`),
        await client.send('GET', '/v2/apps/%ff'),
        await client.send('GET', '/v2/apps?label=((('),
        await client.send('GET', '/v2/nothing'),
        await client.send('DELETE', '/v2/deployments/..%2f..'),
      ];
      for (const { status, text } of answers) t.ok(status >= 400 && status < 500, `${status} ${text.slice(0, 200)}`);
      t.equal((await client.send('GET', '/ping')).status, 200);
    },
  },
  {
    name: 'events from a stream, and callbacks',
    why: 'every type is decoded into a struct of its own; what is not known is logged only',
    run: async (t) => {
      const httpCallback = { endpoints: [], slowConsumerTimeoutMs: 1000 };
      const scheduler = await serveScheduler(t, { httpCallback });
      const stream = await scheduler.stream('/v2/events', { ...goHeaders, Accept: 'text/event-stream' });
      for (const event of sampleEvents) scheduler.service.events.publish(event);
      await waitFor('the events', () => stream.text().split('\r\n\r\n').length > sampleEvents.length + 1);
      const plan = goStruct({
        id: goString,
        version: goString,
        steps: goSlice(goStruct({ actions: goSlice(goMap(goString)) })),
      });
      const any = goStruct({
        eventType: goString,
        timestamp: goString,
        appId: goString,
        taskId: goString,
        taskStatus: goString,
        host: goString,
        slaveId: goString,
        ports: goSlice(goInt),
        ipAddresses: goSlice(go.ipAddress),
        version: goString,
        alive: goBool,
        clientIp: goString,
        uri: goString,
        callbackUrl: goString,
        appDefinition: go.application,
        healthCheck: go.healthCheck,
        groupId: goString,
        reason: goString,
        id: goString,
        plan,
        currentStep: goStruct({ actions: goSlice(goMap(goString)) }),
      });
      const data = stream
        .text()
        .split('\r\n')
        .filter((line) => line.startsWith('data: '));
      const events = data.map((line) => unmarshal(any, line.slice('data: '.length)));
      t.ok(events.every(({ eventType, timestamp }) => eventType !== '' && timestamp.endsWith('Z')));
      const client = scheduler.client(goJsonHeaders);
      const url = 'http://127.0.0.1:10001/event';
      const subscribed = await client.send('POST', `/v2/eventSubscriptions?callbackUrl=${url}`);
      t.equal(subscribed.status, 200, 'its URL is not escaped');
      const { callbackUrls } = unmarshal(
        goStruct({ callbackUrls: goSlice(goString) }),
        (await client.send('GET', '/v2/eventSubscriptions')).text,
      );
      t.same(callbackUrls, [url]);
      t.equal((await client.send('DELETE', `/v2/eventSubscriptions?callbackUrl=${url}`)).status, 200);
    },
  },
]);
