import { mock } from 'node:test';
import t from 'tap';
import { ask } from '../support/fake-service.js';
import { waitFor } from '../support/wait.js';
import { runCases } from './support/cases.js';
import { checkHealth } from './support/health.js';
import * as nixy from './support/readers/nixy.js';
import { goHeaders, serveScheduler } from './support/wire.js';

const streamHeaders = { ...goHeaders, Accept: 'text/event-stream' };
const appsHeaders = { ...goHeaders, Accept: 'application/json' };
const apps = '/v2/apps?embed=apps.tasks';

await runCases(t, 'nixy [854e4cb]', [
  {
    name: 'a byte well before it gives the stream up',
    why: 'it reconnects when 15 s pass without one, and reads everything again each time',
    run: async (t) => {
      const scheduler = await serveScheduler(t);
      mock.timers.enable({ apis: ['setInterval'] });
      t.teardown(() => mock.timers.reset());
      const stream = await scheduler.stream('/v2/events?event_type=nothing', streamHeaders);
      for (let bytes = 0; bytes < 10;) {
        mock.timers.tick(nixy.silenceLimitMs - 5_000);
        await waitFor('a byte', () => stream.text().length > bytes, { withinMs: 10_000 });
        bytes = stream.text().length;
      }
      t.same(nixy.eventsIn(stream.text()), [], 'and it takes none of them for an event');
    },
  },
  {
    name: 'the names of events',
    why: 'every event leads to a reload, whatever it is',
    run: async (t) => {
      const scheduler = await serveScheduler(t);
      const stream = await scheduler.stream('/v2/events', streamHeaders);
      await ask(scheduler.api, 'POST', '/v2/apps', { id: '/web', cmd: 'x' });
      await waitFor('the event', () => nixy.eventsIn(stream.text()).includes('api_post_event'));
    },
  },
  {
    name: 'upstreams: tasks that run, of apps with checks only those with results',
    why: 'an app whose tasks have no results yet is taken to be down',
    run: async (t) => {
      const scheduler = await serveScheduler(t);
      const client = scheduler.client(appsHeaders);
      const portDefinitions = [{ port: 0, protocol: 'tcp', labels: { a: 'b' } }];
      const healthChecks = [{ protocol: 'HTTP', path: '/health' }];
      const labels = { subdomain: 'web.example' };
      await client.send('POST', '/v2/apps', {
        id: '/prod/web',
        cmd: 'x',
        env: { A: 'b' },
        labels,
        portDefinitions,
        healthChecks,
      });
      await client.send('POST', '/v2/apps', { id: '/plain', cmd: 'x' });
      await scheduler.run('/prod/web');
      const read = async (): Promise<readonly string[]> =>
        Object.keys(nixy.upstreamsOf(await client.send('GET', apps)));
      t.same(await read(), [], 'one has no results, the other no tasks that run');
      const [plain] = await scheduler.run('/plain');
      t.same(await read(), ['/plain']);
      await checkHealth(scheduler, '/prod/web', true);
      t.same(await read(), ['/prod/web', '/plain']);
      const upstreams = nixy.upstreamsOf(await client.send('GET', apps));
      t.match(upstreams['/plain'], [{ id: plain?.taskId, ports: plain?.ports, slaveId: 'S1', startedAt: /Z$/ }]);
    },
  },
  {
    name: 'the health of the endpoint: 200 to /ping without any Accept',
    why: 'every two seconds; 204 would be an endpoint that is down',
    run: async (t) => {
      const client = (await serveScheduler(t)).client(goHeaders);
      t.ok(nixy.isHealthy(await client.send('GET', '/ping')));
    },
  },
  {
    name: 'a variable that is a secret ends its reading, as with Marathon',
    why: 'its env is a map[string]string: Marathon shows secrets as objects there since 1.3',
    run: async (t) => {
      const scheduler = await serveScheduler(t, { features: ['secrets'] });
      const client = scheduler.client(appsHeaders);
      const app = { id: '/s', cmd: 'x', env: { A: { secret: 'one' } }, secrets: { one: { source: '/x' } } };
      t.equal((await client.send('POST', '/v2/apps', app)).status, 201);
      const answer = await client.send('GET', apps);
      t.throws(() => nixy.upstreamsOf(answer), { name: 'GoUnmarshalError', message: /of type string/ });
    },
  },
]);
