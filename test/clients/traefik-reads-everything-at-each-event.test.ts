import t from 'tap';
import { ask } from '../support/fake-service.js';
import { waitFor } from '../support/wait.js';
import { runCases } from './support/cases.js';
import { checkHealth } from './support/health.js';
import * as traefik from './support/readers/traefik.js';
import { goHeaders, goJsonHeaders, serveScheduler } from './support/wire.js';

await runCases(t, 'Traefik [e31d5708e4]', [
  {
    name: 'servers of an app through its life: at each event it listens to, what it reads is current',
    why: 'it never looks into an event, only at its type; then it reads all apps with three embeds',
    run: async (t) => {
      const scheduler = await serveScheduler(t);
      const client = scheduler.client(goJsonHeaders);
      const stream = await scheduler.stream('/v2/events', { ...goHeaders, Accept: 'text/event-stream' });
      const heard = (): number =>
        [...stream.text().matchAll(/^event: (.*)\r$/gm)].filter(([, type]) => traefik.listenedTo.has(type ?? ''))
          .length;
      let seen = 0;
      /** Waits for one more event that it listens to, and reads. */
      const next = async (): Promise<readonly string[]> => {
        await waitFor('an event', () => heard() > seen);
        seen = heard();
        return traefik.serversOf(await client.send('GET', traefik.appsPath), Date.now())['/web'] ?? [];
      };
      const healthChecks = [{ protocol: 'HTTP', path: '/', maxConsecutiveFailures: 0 }];
      await ask(scheduler.api, 'POST', '/v2/apps', { id: '/web', cmd: 'x', healthChecks });
      t.same(await next(), [], 'nothing runs');
      const [instance] = await scheduler.run('/web');
      const server = `http://10.0.0.1:${instance?.ports[0]}`;
      t.same(await next(), [server], 'it runs, and no check says no');
      await checkHealth(scheduler, '/web', true);
      t.same(await next(), [server]);
      await checkHealth(scheduler, '/web', false);
      t.same(await next(), [], 'unhealthy');
      await checkHealth(scheduler, '/web', true);
      t.same(await next(), [server], 'healthy again');
      await scheduler.status(instance?.taskId ?? '', 'TASK_FAILED', 'exit 1');
      t.same(await next(), [], 'it has ended');
      await ask(scheduler.api, 'DELETE', '/v2/apps/web');
      await waitFor('the end', () => stream.text().includes('app_terminated_event'));
      t.same(Object.keys(traefik.serversOf(await client.send('GET', traefik.appsPath), Date.now())), []);
    },
  },
  {
    name: 'readiness while a deployment runs',
    why: 'it asks for deployments and readiness in the list: both must be lists in every app',
    run: async (t) => {
      const scheduler = await serveScheduler(t);
      const client = scheduler.client(goJsonHeaders);
      await client.send('POST', '/v2/apps', { id: '/web', cmd: 'x', instances: 2 });
      const answer = await client.send('GET', traefik.appsPath);
      t.match(answer.json(), { apps: [{ tasks: [], deployments: [{ id: /-/ }], readinessCheckResults: [] }] });
      await scheduler.run('/web');
      t.equal(traefik.serversOf(await client.send('GET', traefik.appsPath), Date.now())['/web']?.length, 2);
    },
  },
]);
