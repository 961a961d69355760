import t from 'tap';
import { ask } from '../support/fake-service.js';
import { sampleEvents } from '../support/sample-events.js';
import { waitFor } from '../support/wait.js';
import { runCases } from './support/cases.js';
import { checkHealth } from './support/health.js';
import * as consul from './support/readers/marathon-consul.js';
import { goHeaders, serveScheduler } from './support/wire.js';

/** marathon/marathon.go: the user is in the URL, which Go makes a header of. */
const headers = { ...goHeaders, Accept: 'application/json' };
const streamHeaders = { ...goHeaders, Accept: 'text/event-stream', Authorization: 'Basic Og==' };

await runCases(t, 'marathon-consul [b95d95f]', [
  {
    name: 'works only where it is the leader, by its exact name',
    why: 'it polls /v2/leader each second, and compares texts',
    run: async (t) => {
      const scheduler = await serveScheduler(t, { hostname: 'marathon-2.example.org', httpPort: 8080 });
      const answer = await scheduler.client(headers).send('GET', '/v2/leader');
      t.ok(consul.isLeader(answer, 'marathon-2.example.org:8080'));
      t.notOk(consul.isLeader(answer, 'marathon-1.example.org:8080'));
    },
  },
  {
    name: 'apps with the label consul',
    why: 'label=consul selects those that have it, whatever its value',
    run: async (t) => {
      const scheduler = await serveScheduler(t);
      const client = scheduler.client(headers);
      const healthChecks = [{ protocol: 'HTTP', path: '/ping' }];
      await client.send('POST', '/v2/apps', { id: '/in', cmd: 'x', labels: { consul: '' }, healthChecks });
      await client.send('POST', '/v2/apps', { id: '/out', cmd: 'x', labels: { other: 'consul' } });
      const [instance] = await scheduler.run('/in');
      await checkHealth(scheduler, '/in', true);
      const apps = consul.readApps(await client.send('GET', '/v2/apps?embed=apps.tasks&label=consul'));
      t.match(apps, [
        {
          id: '/in',
          labels: { consul: '' },
          healthChecks: [{ path: '/ping', portIndex: 0, protocol: 'HTTP' }],
          tasks: [{ id: instance?.taskId, ports: instance?.ports, healthCheckResults: [{ alive: true }] }],
        },
      ]);
      t.equal(apps.length, 1);
    },
  },
  {
    name: 'one app by //id with the embed of lists, its tasks by id',
    why: 'it puts the id with its slash behind /v2/apps/, and trims it for tasks',
    run: async (t) => {
      const scheduler = await serveScheduler(t);
      const client = scheduler.client(headers);
      await client.send('POST', '/v2/apps', { id: '/prod/web', cmd: 'x' });
      const [instance] = await scheduler.run('/prod/web');
      const app = consul.readApp(await client.send('GET', '/v2/apps//prod/web?embed=apps.tasks'));
      t.match(app, { id: '/prod/web', tasks: [{ id: instance?.taskId }] });
      t.same(consul.readTasks(await client.send('GET', '/v2/apps/prod/web/tasks')), app.tasks);
    },
  },
  {
    name: 'events in frames that end with CR LF',
    why: 'its scanner drops the CR; the heartbeat, a blank line alone, is no event',
    run: async (t) => {
      const scheduler = await serveScheduler(t);
      const stream = await scheduler.stream('/v2/events', streamHeaders);
      t.equal(stream.headers['content-type'], 'text/event-stream');
      for (const event of sampleEvents) scheduler.service.events.publish(event);
      await waitFor('the events', () => stream.text().split('\r\n\r\n').length > sampleEvents.length + 1);
      const events = consul.eventsIn(`\r\n${stream.text()}\r\n\r\n`);
      t.same(
        events.slice(1).map(({ type }) => type),
        sampleEvents.map(({ type }) => type),
      );
      for (const event of events) t.equal(consul.bodyOfEvent(event)['eventType'], event.type);
    },
  },
  {
    name: 'a deployment of many large apps: no line is longer than its scanner takes',
    why: 'plans are light: with whole groups in them, as before 1.8, one line would be megabytes, and its stream would end',
    run: async (t) => {
      const scheduler = await serveScheduler(t);
      const stream = await scheduler.stream('/v2/events', streamHeaders);
      const env = { LARGE: 'x'.repeat(20_000) };
      const apps = Array.from({ length: 60 }, (_, i) => ({ id: `app-${i}`, cmd: 'x', instances: 0, env }));
      const body = { id: '/g', apps };
      t.equal((await ask(scheduler.api, 'POST', '/v2/groups', body)).status, 201);
      await waitFor('the end', () => stream.text().includes('event: deployment_success'));
      const types = consul.eventsIn(stream.text()).map(({ type }) => type);
      t.ok(types.includes('deployment_info'), types.join(' '));
      t.ok(types.includes('group_change_success'), types.join(' '));
    },
  },
]);
