import t from 'tap';
import { eventText } from '../../src/scheduler/api/render/event.js';
import { sampleEvents } from '../support/sample-events.js';
import { waitFor } from '../support/wait.js';
import { runCases } from './support/cases.js';
import { checkHealth } from './support/health.js';
import { listOf } from './support/python-kwargs.js';
import * as python from './support/readers/marathon-python.js';
import { settled } from './support/settled.js';
import { pythonHeaders, pythonJsonHeaders, serveScheduler } from './support/wire.js';

/** `requests` writes lists as repeated keys, in the order of the dictionary. */
const allEmbeds = ['tasks', 'counts', 'deployments', 'readiness', 'lastTaskFailure', 'failures', 'taskStats']
  .map((embed) => `embed=app.${embed}`)
  .join('&');

await runCases(t, 'marathon-python [1850734]', [
  {
    name: 'creates an app and reads it back',
    why: 'to_json(minimal) sorts its keys and leaves out what is empty; only 201 counts as created',
    run: async (t) => {
      const client = (await serveScheduler(t)).client(pythonJsonHeaders);
      const body = '{"cmd": "sleep 1000", "cpus": 0.1, "id": "/web", "instances": 1, "mem": 16}';
      const answer = await client.send('POST', '/v2/apps', body);
      t.equal(answer.status, 201);
      const app = python.parse(answer, python.app);
      t.match(app, { id: '/web', instances: 1, mem: 16, tasks_running: 0, deployments: [{ id: String }] });
    },
  },
  {
    name: 'lists apps with every embed: tasks, health, failures, statistics',
    why: 'one member that it does not know, anywhere in any app, and the list cannot be read',
    run: async (t) => {
      const scheduler = await serveScheduler(t);
      const client = scheduler.client(pythonJsonHeaders);
      const healthChecks = [{ protocol: 'HTTP', path: '/', maxConsecutiveFailures: 0 }];
      const portDefinitions = [{ port: 0, name: 'http', protocol: 'tcp', labels: { VIP_0: 'a:1' } }];
      await client.send('POST', '/v2/apps', { id: '/web', cmd: 'x', instances: 2, healthChecks, portDefinitions });
      const docker = {
        id: '/docker',
        container: {
          type: 'DOCKER',
          docker: { image: 'busybox', parameters: [{ key: 'a', value: 'b' }] },
          portMappings: [{ containerPort: 80, name: 'http', labels: { a: 'b' }, protocol: 'udp,tcp' }],
          volumes: [{ containerPath: '/a', hostPath: '/b', mode: 'RO' }],
        },
        networks: [{ mode: 'container/bridge' }],
        constraints: [
          ['hostname', 'UNIQUE'],
          ['rack', 'LIKE', 'a.*'],
        ],
        unreachableStrategy: 'disabled',
        fetch: [{ uri: 'http://a/b.tgz' }],
        healthChecks: [{ protocol: 'COMMAND', command: { value: 'true' } }],
        readinessChecks: [{ portName: 'http' }],
      };
      t.equal((await client.send('POST', '/v2/apps', docker)).status, 201);
      const [one] = await scheduler.run('/web');
      await checkHealth(scheduler, '/web', true);
      await scheduler.status(one?.taskId ?? '', 'TASK_FAILED', 'exit 1');
      const apps = python.parse(await client.send('GET', `/v2/apps?${allEmbeds}`), listOf(python.app), 'apps');
      t.match(apps, [
        { id: '/web', tasks: [{ state: 'TASK_RUNNING', health_check_results: [{ alive: true }] }] },
        { id: '/docker', unreachable_strategy: 'disabled', container: { type: 'DOCKER', volumes: [{ mode: 'RO' }] } },
      ]);
      t.match(apps[0]?.last_task_failure, { task_id: one?.taskId, message: 'exit 1', state: 'TASK_FAILED' });
      t.match(apps[0]?.version_info, { last_scaling_at: String, last_config_change_at: String });
      t.equal(python.parse(await client.send('GET', '/v2/apps?cmd=x'), listOf(python.app), 'apps').length, 1);
    },
  },
  {
    name: 'get, update, scale, restart, roll back and delete, with True and False',
    why: 'ids keep their slash: /v2/apps//web; flags are Python booleans',
    run: async (t) => {
      const scheduler = await serveScheduler(t);
      const client = scheduler.client(pythonJsonHeaders);
      await client.send('POST', '/v2/apps', '{"cmd": "x", "id": "/web", "instances": 0}');
      await settled(scheduler);
      const one = python.parse(await client.send('GET', `/v2/apps//web?${allEmbeds}`), python.app, 'app');
      t.equal(one.id, '/web');
      const changes = [
        await client.send('PUT', '/v2/apps//web?force=False', '{"env": {"A": "b"}}'),
        await client.send('PUT', '/v2/apps//web?force=True', '{"instances": 0}'),
        await client.send('POST', '/v2/apps//web/restart?force=True'),
        await client.send('PUT', '/v2/apps//web?force=True', JSON.stringify({ version: one.version })),
        await client.send('DELETE', '/v2/apps//web?force=True'),
      ];
      for (const answer of changes) {
        t.equal(answer.status, 200, answer.text);
        t.match(answer.json(), { version: String, deploymentId: String });
      }
    },
  },
  {
    name: 'versions and one of them',
    why: 'a version is a bare app',
    run: async (t) => {
      const client = (await serveScheduler(t)).client(pythonJsonHeaders);
      await client.send('POST', '/v2/apps', { id: '/web', cmd: 'x', instances: 0 });
      const answer = await client.send('GET', '/v2/apps//web/versions');
      const [version] = python.parse(answer, listOf(String), 'versions');
      t.match(python.parse(await client.send('GET', `/v2/apps//web/versions/${version}`), python.app), {
        id: '/web',
        version,
      });
    },
  },
  {
    name: 'tasks: listed, killed one by one, all at once, by their ids',
    why: 'the answer is tasks, or a deployment when it scales: it looks for the member "tasks" or "task"',
    run: async (t) => {
      const scheduler = await serveScheduler(t);
      const client = scheduler.client(pythonJsonHeaders);
      await client.send('POST', '/v2/apps', { id: '/web', cmd: 'x', instances: 4 });
      const [one, two, three] = await scheduler.run('/web');
      const all = python.parse(await client.send('GET', '/v2/tasks'), listOf(python.task), 'tasks');
      t.equal(all.length, 4);
      t.match(all[0], { app_id: '/web', slave_id: 'S1', ip_addresses: [], local_volumes: [], role: '*' });
      const of = python.parse(await client.send('GET', '/v2/apps//web/tasks'), listOf(python.task), 'tasks');
      t.same(of, all);
      const path = (id: string | undefined): string => `/v2/apps//web/tasks/${id}`;
      const killed = await client.send('DELETE', `${path(one?.taskId)}?scale=False&wipe=False`);
      t.equal(python.parse(killed, python.task, 'task').id, one?.taskId);
      const scaled = await client.send('DELETE', `${path(two?.taskId)}?scale=True&wipe=False`);
      t.match(scaled.json(), { deploymentId: String });
      const given = await client.send('POST', '/v2/tasks/delete?scale=False', { ids: [three?.taskId] });
      t.equal(given.status, 200);
      const rest = await client.send('DELETE', '/v2/apps//web/tasks?scale=False&wipe=False&host=10.0.0.1');
      t.ok(python.parse(rest, listOf(python.task), 'tasks').length > 0);
    },
  },
  {
    name: 'deployments: listed, undone, cancelled',
    why: 'of a cancellation it reads nothing: 202 and an empty body',
    run: async (t) => {
      const client = (await serveScheduler(t)).client(pythonJsonHeaders);
      await client.send('POST', '/v2/apps', { id: '/a', cmd: 'x' });
      await client.send('POST', '/v2/apps', { id: '/b', cmd: 'x' });
      const deployments = python.parse(await client.send('GET', '/v2/deployments'), listOf(python.deployment));
      t.match(deployments, [
        { affected_apps: ['/a'], affected_pods: [], current_step: 2, total_steps: 2 },
        { affected_apps: ['/b'], steps: [{ actions: [{ action: 'StartApplication', app: '/b' }] }, {}] },
      ]);
      const undone = await client.send('DELETE', `/v2/deployments/${String(deployments[0]?.id)}`);
      t.match(undone.json(), { deploymentId: String, version: String });
      const cancelled = await client.send('DELETE', `/v2/deployments/${String(deployments[1]?.id)}?force=True`);
      t.equal(cancelled.status, 202);
      t.equal(cancelled.text, '');
    },
  },
  {
    name: 'groups: created, read, scaled, deleted',
    why: '`enforceRole` of top-level groups is known to it since it supports 1.9; before, it failed on it, as with Marathon 1.11',
    run: async (t) => {
      const scheduler = await serveScheduler(t);
      const client = scheduler.client(pythonJsonHeaders);
      const body = '{"apps": [{"cmd": "x", "id": "/g/a", "instances": 0}], "id": "/g"}';
      const created = await client.send('POST', '/v2/groups', body);
      t.match(created.json(), { version: String, deploymentId: String });
      await settled(scheduler);
      const answer = await client.send('GET', '/v2/groups//g');
      t.match(python.parse(answer, python.group), { id: '/g', apps: [{ id: '/g/a' }], enforce_role: false });
      t.equal(python.parse(await client.send('GET', '/v2/groups'), listOf(python.group), 'groups').length, 1);
      const scaled = await client.send('PUT', '/v2/groups//g', '{"scaleBy": 2}');
      t.match(scaled.json(), { deploymentId: String });
      t.match((await client.send('DELETE', '/v2/groups//g?force=True')).json(), { version: String });
      t.throws(() => python.parse(answer, python.groupBeforeRoles), {
        name: 'TypeError',
        message: /unexpected keyword argument 'enforce_role'/,
      });
    },
  },
  {
    name: 'the queue: everything but `role`, which cannot be had together with 1.11',
    why: "Marathon has `role` there since 1.9, and MarathonQueueItem takes no such parameter: Marathon's answer is kept",
    run: async (t) => {
      const client = (await serveScheduler(t)).client(pythonJsonHeaders);
      await client.send('POST', '/v2/apps', { id: '/a', cmd: 'x' });
      const answer = await client.send('GET', '/v2/queue?embed=lastUnusedOffers');
      t.throws(() => python.parse(answer, listOf(python.queueItem), 'queue'), {
        name: 'TypeError',
        message: "MarathonQueueItem.__init__() got an unexpected keyword argument 'role'",
      });
      const { queue } = answer.json() as { readonly queue: readonly Readonly<Record<string, unknown>>[] };
      const items = queue.map(({ role: _, ...others }) => python.queueItem(others));
      t.match(items, [{ count: 1, app: { id: '/a' }, delay: { time_left_seconds: 0, overdue: true } }]);
    },
  },
  {
    name: 'info: everything but the settings that 1.11 has and it does not know',
    why: 'its MarathonConfig stopped at 1.5: what Marathon has added since ends get_info, with Marathon as with us',
    run: async (t) => {
      const client = (await serveScheduler(t)).client(pythonJsonHeaders);
      const info = python.parse(await client.send('GET', '/v2/info'), python.info);
      t.match(info, { name: 'marathon', elected: true, framework_id: 'framework-1', leader: 'leader.example:8080' });
      const unknown = Object.keys(info.marathon_config as object).filter(
        (key) => !python.marathonConfigParameters.has(key),
      );
      t.same(unknown, ['new_group_enforce_role']);
    },
  },
  {
    name: 'every event that it knows, from a stream as it reads it',
    why: 'EventFactory raises on what it does not know; of 1.11 these are the three about the connection to Mesos',
    run: async (t) => {
      const scheduler = await serveScheduler(t);
      const headers = { ...pythonHeaders, Accept: 'text/event-stream' };
      const stream = await scheduler.stream('/v2/events', headers);
      const known = sampleEvents.filter(({ type }) => python.knownEvents.has(type));
      for (const event of known) scheduler.service.events.publish(event);
      await waitFor('the events', () => stream.text().split('\r\n\r\n').length > known.length + 1);
      t.equal(python.eventsIn(stream.text()).length, known.length + 1, 'and its own attachment');
      const unknown = sampleEvents.filter(({ type }) => !python.knownEvents.has(type));
      t.same(
        unknown.map(({ type }) => type),
        ['scheduler_registered_event', 'scheduler_reregistered_event', 'scheduler_disconnected_event'],
      );
      for (const event of unknown) {
        const data = eventText({ event, timestamp: '2026-01-01T00:00:00.000Z' });
        t.throws(() => python.eventsIn(`data: ${data}`), { message: `Unknown event_type: ${event.type}` });
      }
    },
  },
  {
    name: 'only the events that it asks for',
    why: 'a list of types is a repeated key',
    run: async (t) => {
      const scheduler = await serveScheduler(t);
      const headers = { ...pythonHeaders, Accept: 'text/event-stream' };
      const query = 'event_type=app_terminated_event&event_type=deployment_success';
      const stream = await scheduler.stream(`/v2/events?${query}`, headers);
      for (const event of sampleEvents) scheduler.service.events.publish(event);
      await waitFor('both', () => python.eventsIn(stream.text()).length === 2);
      t.same(
        python.eventsIn(stream.text()).map((event) => event['eventType']),
        ['deployment_success', 'app_terminated_event'],
      );
    },
  },
  {
    name: 'errors as its exceptions',
    why: 'it reads message and details only of application/json',
    run: async (t) => {
      const client = (await serveScheduler(t)).client(pythonJsonHeaders);
      await client.send('POST', '/v2/apps', { id: '/a', cmd: 'x' });
      t.match(python.exceptionOf(await client.send('GET', '/v2/apps//nope')), {
        type: 'NotFoundError',
        message: "App '/nope' does not exist",
      });
      t.match(python.exceptionOf(await client.send('PUT', '/v2/apps//a?force=False', { cmd: 'y' })), {
        type: 'ConflictError',
        message: /^App is locked/,
      });
      t.match(python.exceptionOf(await client.send('POST', '/v2/apps', '{"id": "/b", "instances": "many"}')), {
        type: 'MarathonHttpError',
        message: 'Invalid JSON',
        details: [{ path: '/instances', errors: [String] }],
      });
      t.match(python.exceptionOf(await client.send('POST', '/v2/apps', '{')), { details: String });
    },
  },
  {
    name: 'subscriptions, leader, ping, metrics',
    why: 'the small calls; ping is shown as its text',
    run: async (t) => {
      const httpCallback = { endpoints: [], slowConsumerTimeoutMs: 1000 };
      const client = (await serveScheduler(t, { httpCallback })).client(pythonJsonHeaders);
      const url = 'callbackUrl=http%3A%2F%2F127.0.0.1%3A1%2Fevents';
      t.match((await client.send('POST', `/v2/eventSubscriptions?${url}`)).json(), { eventType: 'subscribe_event' });
      const urls = python.parse(await client.send('GET', '/v2/eventSubscriptions'), listOf(String), 'callbackUrls');
      t.same(urls, ['http://127.0.0.1:1/events']);
      t.match((await client.send('DELETE', `/v2/eventSubscriptions?${url}`)).json(), { eventType: String });
      t.same((await client.send('GET', '/v2/leader')).json(), { leader: 'leader.example:8080' });
      t.equal((await client.send('GET', '/ping')).text, '"pong"');
      t.type((await client.send('GET', '/metrics')).json(), 'object');
    },
  },
]);
