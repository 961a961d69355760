import t from 'tap';
import { runCases } from './support/cases.js';
import * as ui from './support/readers/marathon-ui.js';
import { settled } from './support/settled.js';
import { serveScheduler } from './support/wire.js';

/** What a browser sends from a page of ours at ../ui/. */
const headers = {
  'User-Agent': 'Mozilla/5.0',
  Accept: 'application/json',
  'Accept-Encoding': 'gzip, deflate, br',
  'Accept-Language': 'en',
  'Sec-Fetch-Site': 'same-origin',
};
const jsonHeaders = { ...headers, 'Content-Type': 'application/json' };

await runCases(t, 'marathon-ui [698254a7]', [
  {
    name: 'the list of apps: the whole tree with five embeds, every five seconds',
    why: 'a count that is missing shows as NaN, a list that is missing is an error in the page',
    run: async (t) => {
      const scheduler = await serveScheduler(t);
      const client = scheduler.client(jsonHeaders);
      await client.send('POST', '/v2/apps', { id: '/top', cmd: 'x', instances: 0 });
      await client.send('POST', '/v2/apps', { id: '/prod/web', cmd: 'x', instances: 2 });
      await scheduler.run('/prod/web');
      await settled(scheduler);
      const apps = ui.appsOf(await client.send('GET', ui.groupsPath));
      t.match(apps, [
        { id: '/top', instances: 0, tasksRunning: 0, deployments: [] },
        { id: '/prod/web', instances: 2, tasksRunning: 2, tasksStaged: 0, deployments: [] },
      ]);
      const answer = await client.send('GET', ui.groupsPath);
      t.notMatch(answer.text, /"tasks"|taskStats/, 'nothing costly that it did not ask for');
    },
  },
  {
    name: 'the status of an app: running, deploying, suspended, waiting, delayed',
    why: 'made of the counts, the deployments and the queue',
    run: async (t) => {
      const scheduler = await serveScheduler(t);
      const client = scheduler.client(jsonHeaders);
      await client.send('POST', '/v2/apps', { id: '/off', cmd: 'x', instances: 0 });
      await client.send('POST', '/v2/apps', { id: '/on', cmd: 'x' });
      await client.send('POST', '/v2/apps', { id: '/big', cmd: 'x', cpus: 1000 });
      await client.send('POST', '/v2/apps', { id: '/fails', cmd: 'x', backoffSeconds: 100 });
      await scheduler.run('/on');
      const [failing] = await scheduler.run('/fails');
      await scheduler.status(failing?.taskId ?? '', 'TASK_FAILED', 'exit 1');
      const apps = ui.appsOf(await client.send('GET', ui.groupsPath));
      const queue = await client.send('GET', '/v2/queue');
      const statuses = Object.fromEntries(apps.map((app) => [app.id, ui.statusOf(app, queue)]));
      t.same(statuses, { '/off': 'Suspended', '/on': 'Running', '/big': 'Waiting', '/fails': 'Delayed' });
      t.equal((await client.send('DELETE', '/v2/queue//fails/delay')).status, 204, 'the button "reset delay"');
    },
  },
  {
    name: 'one app: statistics, versions, last failure',
    why: 'taskStats are costly: computed for a single app that asks for them',
    run: async (t) => {
      const scheduler = await serveScheduler(t);
      const client = scheduler.client(jsonHeaders);
      await client.send('POST', '/v2/apps', { id: '/prod/web', cmd: 'x', instances: 2 });
      const [one] = await scheduler.run('/prod/web');
      await scheduler.status(one?.taskId ?? '', 'TASK_FAILED', 'exit 1');
      const answer = await client.send('GET', ui.appPath('/prod/web'));
      t.match(answer.json(), {
        app: {
          tasks: [{ state: 'TASK_RUNNING', startedAt: /Z$/ }],
          lastTaskFailure: { message: 'exit 1', host: '10.0.0.1', state: 'TASK_FAILED' },
          taskStats: { totalSummary: { stats: { counts: { running: 1 }, lifeTime: { averageSeconds: Number } } } },
          readinessCheckResults: [],
          versionInfo: { lastScalingAt: /Z$/, lastConfigChangeAt: /Z$/ },
        },
      });
      const versions = (await client.send('GET', '/v2/apps//prod/web/versions')).json() as {
        versions: readonly string[];
      };
      const version = await client.send('GET', `/v2/apps//prod/web/versions/${versions.versions[0]}`);
      t.match(version.json(), { id: '/prod/web', cmd: 'x' });
      const plain = await client.send('GET', '/v2/apps//prod/web');
      t.notMatch(plain.text, /taskStats/, 'not unless it is asked for');
    },
  },
  {
    name: 'create, edit, scale, restart, kill and destroy',
    why: 'its dialogs tell 409 and 422 apart, and force the former',
    run: async (t) => {
      const scheduler = await serveScheduler(t);
      const client = scheduler.client(jsonHeaders);
      const app = { id: '/web', cmd: 'x', cpus: 0.1, mem: 16, disk: 0, instances: 1 };
      t.equal((await client.send('POST', '/v2/apps', app)).status, 201);
      t.match((await client.send('PUT', '/v2/apps//web', { instances: 2 })).json(), { deployments: [{ id: /-/ }] });
      t.equal((await client.send('PUT', '/v2/apps//web?force=true', { instances: 2 })).status, 200);
      const wrong = await client.send('POST', '/v2/apps', { ...app, id: 'NOT AN ID' });
      t.equal(wrong.status, 422);
      t.match(wrong.json(), { details: [{ path: '/id', errors: [String] }] }, 'shown beside the field');
      const [one, two] = await scheduler.run('/web');
      const killed = await client.send('POST', '/v2/tasks/delete', { ids: [one?.taskId] });
      t.match(killed.json(), { tasks: [{ id: one?.taskId }] });
      const scaled = await client.send('POST', '/v2/tasks/delete?scale=true&force=true', { ids: [two?.taskId] });
      t.match(scaled.json(), { deploymentId: /-/ });
      t.equal((await client.send('POST', '/v2/apps//web/restart?force=true', {})).status, 200);
      t.equal((await client.send('DELETE', '/v2/apps//web')).status, 200);
    },
  },
  {
    name: 'the deployments page, with stop and rollback',
    why: 'progress is currentStep of totalSteps, the actions are those under way',
    run: async (t) => {
      const client = (await serveScheduler(t)).client(jsonHeaders);
      await client.send('POST', '/v2/apps', { id: '/a', cmd: 'x' });
      await client.send('POST', '/v2/apps', { id: '/b', cmd: 'x' });
      const deployments = ui.deploymentsOf(await client.send('GET', '/v2/deployments'));
      t.match(deployments, [
        { progress: '2/2', actions: ['ScaleApplication /a'] },
        { progress: '2/2', actions: ['ScaleApplication /b'] },
      ]);
      t.equal((await client.send('DELETE', `/v2/deployments/${deployments[0]?.id}?force=true`)).status, 202);
      t.equal((await client.send('DELETE', `/v2/deployments/${deployments[1]?.id}`)).status, 200);
    },
  },
  {
    name: 'groups: scaled and removed; about; plugins',
    why: 'what else its menus do',
    run: async (t) => {
      const scheduler = await serveScheduler(t);
      const client = scheduler.client(jsonHeaders);
      await client.send('POST', '/v2/groups', { id: '/g', apps: [{ id: 'a', cmd: 'x', instances: 0 }] });
      await settled(scheduler);
      t.equal((await client.send('PUT', '/v2/groups//g', { scaleBy: 2 })).status, 200);
      t.equal((await client.send('DELETE', '/v2/groups//g?force=true')).status, 200);
      t.match((await client.send('GET', '/v2/info')).json(), { leader: /:/, frameworkId: String, version: String });
      t.same((await client.send('GET', '/v2/plugins')).json(), { plugins: [] });
      t.equal((await client.send('GET', '/v2/plugins/none/main.js')).status, 404);
    },
  },
]);
