import t from 'tap';
import { runCases } from './support/cases.js';
import { checkHealth } from './support/health.js';
import * as datadog from './support/readers/datadog.js';
import { pythonHeaders, serveScheduler } from './support/wire.js';

const headers = { ...pythonHeaders, 'User-Agent': 'Datadog Agent/7.50.0' };
const containers = [{ name: 'c', resources: { cpus: 0.1, mem: 32 } }];

await runCases(t, 'Datadog marathon check [04b4fe01]', [
  {
    name: 'apps by their counts, deployments, queue',
    why: 'three requests; a member of the queue that is missing ends the check',
    run: async (t) => {
      const scheduler = await serveScheduler(t);
      const client = scheduler.client(headers);
      const healthChecks = [{ protocol: 'HTTP', path: '/' }];
      await client.send('POST', '/v2/apps', { id: '/web', cmd: 'x', instances: 2, healthChecks });
      await client.send('POST', '/v2/apps', { id: '/big', cmd: 'x', cpus: 1000 });
      await scheduler.run('/web');
      await checkHealth(scheduler, '/web', true);
      const valueOf = (metrics: datadog.Metrics, name: string, tag: string): number | undefined =>
        metrics.find((metric) => metric.name === `marathon.${name}` && metric.tag.startsWith(tag))?.value;
      const apps = datadog.appMetrics(await client.send('GET', '/v2/apps?embed=apps.counts'));
      for (const [name, value] of Object.entries({
        tasksRunning: 2,
        tasksStaged: 0,
        tasksHealthy: 2,
        tasksUnhealthy: 0,
        instances: 2,
        backoffSeconds: 1,
        cpus: 1,
        mem: 128,
      })) {
        t.equal(valueOf(apps, name, '/web'), value, name);
      }
      t.equal(datadog.deploymentCount(await client.send('GET', '/v2/deployments')), 1);
      const queue = datadog.queueMetrics(await client.send('GET', '/v2/queue'));
      t.equal(valueOf(queue, 'queue.count', '/big'), 1);
      t.equal(valueOf(queue, 'queue.delay', '/big'), 0);
      t.ok((valueOf(queue, 'queue.offers.processed', '/big') ?? 0) >= 1);
      t.ok((valueOf(queue, 'queue.offers.rejectSummaryLaunchAttempt.InsufficientCpus', '/big') ?? 0) >= 1);
      t.equal(queue.length, 4 + 2 * 10, 'each reason, of the last offers and of all');
    },
  },
  {
    name: 'a queued pod ends its check, as with Marathon',
    why: "it reads every entry's app; an entry of a pod has none, and an invented one would be a lie to all others",
    run: async (t) => {
      const scheduler = await serveScheduler(t);
      const client = scheduler.client(headers);
      await client.send('POST', '/v2/pods', { id: '/pod', containers });
      const answer = await client.send('GET', '/v2/queue');
      t.match(answer.json(), { queue: [{ pod: { id: '/pod' }, processedOffersSummary: {} }] });
      t.throws(() => datadog.queueMetrics(answer), { message: "KeyError: 'app'" });
    },
  },
  {
    name: 'one group: its own apps with their counts',
    why: 'with `group` set it asks for that group, and never looks below it',
    run: async (t) => {
      const scheduler = await serveScheduler(t);
      const client = scheduler.client(headers);
      const body = { id: '/g', apps: [{ id: 'a', cmd: 'x' }], groups: [{ id: 'sub', apps: [{ id: 'b', cmd: 'x' }] }] };
      await client.send('POST', '/v2/groups', body);
      await scheduler.run('/g/a');
      const query = 'embed=group.groups&embed=group.apps&embed=group.apps.counts';
      const metrics = datadog.appMetrics(await client.send('GET', `/v2/groups//g?${query}`));
      t.same(new Set(metrics.map(({ tag }) => tag)), new Set(['/g/a']));
      t.equal(metrics.find(({ name }) => name === 'marathon.tasksRunning')?.value, 1);
    },
  },
  {
    name: 'below a prefix: its URL needs the slash at its end',
    why: 'it joins URLs as RFC 3986 says: without the slash the last segment is replaced',
    run: async (t) => {
      const scheduler = await serveScheduler(t, { mountPrefix: '/service/marathon' });
      const client = scheduler.client(headers);
      const path = datadog.joined('/service/marathon/', 'v2/deployments');
      t.equal(path, '/service/marathon/v2/deployments');
      t.equal(datadog.deploymentCount(await client.send('GET', path)), 0);
      const other = datadog.joined('/service/marathon', 'v2/deployments');
      t.equal((await client.send('GET', other)).status, 404);
      t.equal((await client.send('GET', datadog.joined('/', 'v2/deployments'))).status, 200);
    },
  },
]);
