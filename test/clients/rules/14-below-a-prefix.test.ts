import t from 'tap';
import { waitFor } from '../../support/wait.js';
import { runCases } from '../support/cases.js';
import { goJsonHeaders, pythonHeaders, pythonJsonHeaders, serveScheduler } from '../support/wire.js';
import { hasPods } from '../support/readers/dcos-cli.js';

const prefix = '/service/marathon';
const options = { mountPrefix: prefix };

await runCases(t, 'rule 14, everything below /service/marathon as well', [
  {
    name: 'the same answers with the prefix as without',
    why: 'dcos asks below the prefix unless marathon.url is set; other clients of the same server do not',
    run: async (t) => {
      const scheduler = await serveScheduler(t, options);
      const client = scheduler.client(pythonJsonHeaders);
      const created = await client.send('POST', `${prefix}/v2/apps`, { id: '/a', cmd: 'x', instances: 0 });
      t.equal(created.status, 201);
      t.equal(created.headers.location, '/a', 'the id, as Marathon has it: no path of ours');
      await waitFor('the deployment', async () => (await client.send('GET', '/v2/deployments')).text === '[]');
      const paths = [
        '/v2/apps',
        '/v2/apps/',
        '/v2/apps/?embed=apps.tasks',
        '/v2/apps//a',
        '/v2/apps/%2Fa',
        '/v2/groups',
        '/v2/groups//',
        '/v2/deployments',
        '/v2/queue',
        '/v2/info',
        '/v2/leader',
        '/v2/pods',
        '/v2/plugins',
        '/ping',
        '/v2/nothing',
      ];
      for (const path of paths) {
        const below = await client.send('GET', `${prefix}${path}`);
        const above = await client.send('GET', path);
        t.equal(below.status, above.status, path);
        t.equal(below.text, above.text, path);
        t.equal(below.headers['content-type'], above.headers['content-type'], path);
      }
      const old = await client.send('GET', `${prefix}//v2/apps`);
      t.not(old.status, 200, 'two slashes are another path');
    },
  },
  {
    name: 'dcos decides about pods',
    why: 'HEAD v2/pods is how it knows whether there are any',
    run: async (t) => {
      const scheduler = await serveScheduler(t, options);
      const answer = await scheduler.client(pythonJsonHeaders).send('HEAD', `${prefix}/v2/pods`);
      t.ok(hasPods(answer));
      t.equal(answer.text, '');
    },
  },
  {
    name: 'marathon-autoscale reads an app and scales it',
    why: 'it knows no other path than the one below the prefix',
    run: async (t) => {
      const scheduler = await serveScheduler(t, options);
      const client = scheduler.client({ ...pythonHeaders, 'Content-Type': 'application/json' });
      await client.send('POST', `${prefix}/v2/apps`, { id: '/a', cmd: 'x', instances: 1 });
      const [instance] = await scheduler.run('/a');
      const apps = (await client.send('GET', `${prefix}/v2/apps`)).json() as { apps: readonly { id: string }[] };
      t.same(
        apps.apps.map(({ id }) => id),
        ['/a'],
      );
      const shown = await client.send('GET', `${prefix}/v2/apps//a`);
      t.match(shown.json(), {
        app: { instances: 1, tasks: [{ id: instance?.taskId, host: '10.0.0.1', slaveId: 'S1' }] },
      });
      const scaled = await client.send('PUT', `${prefix}/v2/apps//a`, { instances: 2 });
      t.equal(scaled.status, 200);
      t.equal(scheduler.service.state.apps.get('/a')?.instances, 2);
    },
  },
  {
    name: 'events, too',
    why: 'go-marathon builds every URL from the one that it was given',
    run: async (t) => {
      const scheduler = await serveScheduler(t, options);
      const accept = { ...goJsonHeaders, Accept: 'text/event-stream' };
      const stream = await scheduler.stream(`${prefix}/v2/events?event_type=event_stream_attached`, accept);
      await waitFor('the event', () => stream.text().includes('event_stream_attached'));
    },
  },
  {
    name: 'redirects stay below the prefix that was used',
    why: 'a proxy before us knows nothing else',
    run: async (t) => {
      const scheduler = await serveScheduler(t, options);
      const client = scheduler.client({});
      t.equal((await client.send('GET', `${prefix}/`)).headers.location, `${prefix}/ui/`);
      t.equal((await client.send('GET', '/')).headers.location, '/ui/');
    },
  },
  {
    name: 'nothing is there without the option',
    why: 'a path is what it says unless somebody asked for a prefix',
    run: async (t) => {
      const scheduler = await serveScheduler(t);
      t.equal((await scheduler.client({}).send('GET', `${prefix}/v2/apps`)).status, 404);
    },
  },
]);
