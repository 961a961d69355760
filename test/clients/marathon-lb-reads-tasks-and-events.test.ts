import t from 'tap';
import { ask } from '../support/fake-service.js';
import { waitFor } from '../support/wait.js';
import { runCases } from './support/cases.js';
import { checkHealth } from './support/health.js';
import * as lb from './support/readers/marathon-lb.js';
import { settled } from './support/settled.js';
import { pythonJsonHeaders, serveScheduler } from './support/wire.js';

const list = '/v2/apps?embed=apps.tasks';
/** pycurl sends what it is told, and no more. */
const streamHeaders = { Accept: 'text/event-stream', 'Cache-Control': 'no-cache' };
const eventsPath =
  '/v2/events?plan-format=light&event_type=api_post_event&event_type=health_status_changed_event&event_type=status_update_event';

await runCases(t, 'marathon-lb [9e669ec]', [
  {
    name: 'backends of apps with host ports and of bridged ones, with their labels',
    why: 'the service port is that of the port definition, or of the port mapping when the network is not the host',
    run: async (t) => {
      const scheduler = await serveScheduler(t);
      const client = scheduler.client(pythonJsonHeaders);
      const labels = {
        HAPROXY_GROUP: 'external',
        HAPROXY_0_VHOST: 'web.example.com',
        HAPROXY_1_VHOST: 'admin.example.com',
      };
      await client.send('POST', '/v2/apps', { id: '/web', cmd: 'x', ports: [10101, 10102], labels });
      const [instance] = await scheduler.run('/web');
      const bridged = {
        id: '/bridged',
        container: {
          type: 'DOCKER',
          docker: { image: 'a' },
          portMappings: [{ containerPort: 80, servicePort: 10103 }],
        },
        networks: [{ mode: 'container/bridge' }],
      };
      await client.send('POST', '/v2/apps', bridged);
      const answer = await client.send('GET', list);
      const host = '10.0.0.1';
      t.same(lb.backendsOf(answer), [
        { app: '/web', servicePort: 10101, host, port: instance?.ports[0], vhost: 'web.example.com' },
        { app: '/web', servicePort: 10102, host, port: instance?.ports[1], vhost: 'admin.example.com' },
      ]);
      const { apps } = answer.json() as { apps: readonly { id: string; labels: object; container?: object }[] };
      t.same(apps[0]?.labels, labels, 'all HAPROXY_* labels as they were given');
      t.match(apps[1]?.container, { portMappings: [{ containerPort: 80, servicePort: 10103 }] });
    },
  },
  {
    name: 'health: templates have what they ask for, unhealthy tasks are left out',
    why: 'a member of the health check that is missing is a KeyError in the template',
    run: async (t) => {
      const scheduler = await serveScheduler(t);
      const client = scheduler.client(pythonJsonHeaders);
      const healthChecks = [{ protocol: 'HTTP', maxConsecutiveFailures: 2 }];
      await client.send('POST', '/v2/apps', { id: '/web', cmd: 'x', healthChecks });
      await scheduler.run('/web');
      const read = async () => lb.backendsOf(await client.send('GET', list), { healthCheck: true }).length;
      t.equal(await read(), 0, 'no result yet: not shown');
      await checkHealth(scheduler, '/web', true);
      t.equal(await read(), 1);
      await checkHealth(scheduler, '/web', false);
      t.equal(await read(), 0);
      const { apps } = (await client.send('GET', list)).json() as {
        readonly apps: readonly { readonly healthChecks: readonly Readonly<Record<string, unknown>>[] }[];
      };
      t.match(lb.healthCheckOptionsOf(apps[0]?.healthChecks[0] ?? {}), {
        protocol: 'HTTP',
        path: '/',
        portIndex: 0,
        timeoutSeconds: 20,
        intervalSeconds: 60,
        gracePeriodSeconds: 300,
        falls: 3,
      });
    },
  },
  {
    name: 'events of three types, in light plans, behind the literal "data: "',
    why: 'it splits at CR LF and strips the prefix with its space; what does not begin so is nothing to it',
    run: async (t) => {
      const scheduler = await serveScheduler(t);
      const stream = await scheduler.stream(eventsPath, streamHeaders);
      const healthChecks = [{ protocol: 'HTTP', path: '/' }];
      await ask(scheduler.api, 'POST', '/v2/apps', { id: '/web', cmd: 'x', healthChecks });
      await scheduler.run('/web');
      await checkHealth(scheduler, '/web', true);
      await waitFor('the events', () => stream.text().includes('health_status_changed_event'));
      const types = lb.eventsIn(stream.text()).map(({ eventType }) => eventType);
      t.same(new Set(types), new Set(['api_post_event', 'status_update_event', 'health_status_changed_event']));
      t.equal(types.length, stream.text().match(/^event: /gm)?.length, 'every frame is one event to it');
    },
  },
  {
    name: 'zdd: deploy green beside blue, scale, kill with scale, remove blue',
    why: 'blue/green deployments go through five calls, each of which must succeed',
    run: async (t) => {
      const scheduler = await serveScheduler(t);
      const client = scheduler.client(pythonJsonHeaders);
      const app = (colour: string): object => ({
        id: `/web-${colour}`,
        cmd: 'x',
        instances: 2,
        ports: [10101],
        labels: { HAPROXY_DEPLOYMENT_GROUP: 'web', HAPROXY_APP_ID: 'web', HAPROXY_DEPLOYMENT_COLOUR: colour },
      });
      t.ok(lb.zddSucceeded(await client.send('POST', '/v2/apps', app('blue'))));
      const [one] = await scheduler.run('/web-blue');
      await settled(scheduler);
      const { apps } = (await client.send('GET', '/v2/apps')).json() as {
        apps: readonly { labels: object; version: string }[];
      };
      t.match(apps, [{ labels: { HAPROXY_DEPLOYMENT_GROUP: 'web' }, version: /Z$/ }]);
      t.ok(lb.zddSucceeded(await client.send('POST', '/v2/apps', app('green'))), 'the same service port, by label');
      await scheduler.run('/web-green');
      await settled(scheduler);
      t.ok(lb.zddSucceeded(await client.send('PUT', '/v2/apps/web-green', { instances: 3 })));
      await scheduler.run('/web-green');
      await settled(scheduler);
      const killed = await client.send('POST', '/v2/tasks/delete?scale=true', { ids: [one?.taskId] });
      t.ok(lb.zddSucceeded(killed), killed.text);
      t.equal(scheduler.service.state.apps.get('/web-blue')?.instances, 1);
      t.ok(lb.zddSucceeded(await client.send('DELETE', '/v2/apps/web-blue')));
    },
  },
]);
