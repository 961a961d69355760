import t from 'tap';
import { ask } from '../support/fake-service.js';
import { runCases } from './support/cases.js';
import { goSlice, unmarshal } from './support/go-json.js';
import * as dcos from './support/readers/dcos-cli.js';
import * as go from './support/readers/go-marathon.js';
import { settled } from './support/settled.js';
import { goJsonHeaders, pythonJsonHeaders, serveScheduler } from './support/wire.js';

/** dcos.http of the Python half adds the token of the cluster, which a plain Marathon does not ask for. */
const python = { ...pythonJsonHeaders, Authorization: 'token=none' };

await runCases(t, 'dcos-core-cli [11f2a26f]', [
  {
    name: 'app add: looks for it first, then posts to v2/apps/',
    why: 'the Go half has a slash at the end (client.go:105), the Python half has none',
    run: async (t) => {
      const client = (await serveScheduler(t)).client(goJsonHeaders);
      const first = await client.send('GET', '/v2/apps/web');
      t.equal(go.apiErrorOf(first).code, 'NotFound', 'anything else would end the command');
      const created = await client.send('POST', '/v2/apps/', { id: 'web', cmd: 'x', instances: 0 });
      t.equal(created.status, 201);
      t.match(unmarshal(go.application, created.text), { id: '/web', deployments: [{ id: /-/ }] });
      const second = unmarshal(go.wrappedApplication, (await client.send('GET', '/v2/apps/web')).text);
      t.equal(second.app.id, '/web');
    },
  },
  {
    name: 'app list, task list, deployment list',
    why: 'read by the structs of go-marathon',
    run: async (t) => {
      const scheduler = await serveScheduler(t);
      const client = scheduler.client(goJsonHeaders);
      await client.send('POST', '/v2/apps/', { id: 'web', cmd: 'x' });
      await scheduler.run('/web');
      t.match(unmarshal(go.applications, (await client.send('GET', '/v2/apps')).text).apps, [{ tasksRunning: 1 }]);
      t.equal(unmarshal(go.tasks, (await client.send('GET', '/v2/tasks')).text).tasks.length, 1);
      t.same(unmarshal(goSlice(go.deployment), (await client.send('GET', '/v2/deployments')).text), []);
      const groups = (await client.send('GET', '/v2/groups')).json() as { readonly groups: readonly { id: string }[] };
      t.same(groups.groups, []);
    },
  },
  {
    name: 'app update, start, stop, restart, remove',
    why: 'each reads deploymentId and watches it',
    run: async (t) => {
      const scheduler = await serveScheduler(t);
      const client = scheduler.client(python);
      await client.send('POST', '/v2/apps', { id: '/web', cmd: 'x', instances: 0 });
      await settled(scheduler);
      const answers = [
        await client.send('PUT', '/v2/apps//web?force=true', { env: { A: 'b' } }),
        await client.send('PUT', '/v2/apps//web?force=true', { instances: 1 }),
        await client.send('PUT', '/v2/apps//web?force=true', { instances: 0 }),
        await client.send('POST', '/v2/apps//web/restart?force=true'),
      ];
      for (const answer of answers) t.match(dcos.readDeployment(answer), /^[0-9a-f-]{36}$/);
      t.equal((await client.send('DELETE', '/v2/apps//web?force=true')).status, 200);
    },
  },
  {
    name: 'app show --app-version: 422 for what is no time',
    why: 'the message is what the user sees',
    run: async (t) => {
      const client = (await serveScheduler(t)).client(python);
      await client.send('POST', '/v2/apps', { id: '/web', cmd: 'x' });
      const answer = await client.send('GET', '/v2/apps//web/versions/20:39:32.972Z');
      t.equal(answer.status, 422);
      t.match(answer.json(), { message: /20:39:32\.972Z/ });
      const list = (await client.send('GET', '/v2/apps//web/versions')).json() as { versions: readonly string[] };
      t.equal((await client.send('GET', `/v2/apps//web/versions/${list.versions[0]}`)).status, 200);
    },
  },
  {
    name: 'app kill and task kill: the tasks, or the deployment when it scales',
    why: 'it looks for `tasks`, which is there even when nothing was killed',
    run: async (t) => {
      const scheduler = await serveScheduler(t);
      const client = scheduler.client(python);
      await client.send('POST', '/v2/apps', { id: '/web', cmd: 'x', instances: 2 });
      const [one] = await scheduler.run('/web');
      const killed = await client.send('POST', '/v2/tasks/delete?scale=false&wipe=false', { ids: [one?.taskId] });
      t.equal(dcos.readKilled(killed).length, 1);
      const none = await client.send('POST', '/v2/tasks/delete?scale=false&wipe=false', { ids: ['gone.instance-1'] });
      t.same(dcos.readKilled(none), []);
      const all = await client.send('DELETE', '/v2/apps//web/tasks?host=10.0.0.1&scale=true');
      t.match(dcos.readDeployment(all), /-/);
    },
  },
  {
    name: 'deployment stop and rollback',
    why: 'stop is force=true and has no answer; rollback reads the new deployment',
    run: async (t) => {
      const client = (await serveScheduler(t)).client(python);
      const idOf = async (id: string): Promise<string> => {
        const created = await client.send('POST', '/v2/apps', { id, cmd: 'x' });
        return String(created.headers['marathon-deployment-id']);
      };
      t.equal((await client.send('DELETE', `/v2/deployments/${await idOf('/a')}?force=true`)).status, 202);
      const rollback = await client.send('DELETE', `/v2/deployments/${await idOf('/b')}`);
      t.match(dcos.readDeployment(rollback), /-/);
    },
  },
  {
    name: 'debug list, summary and details of an app that waits',
    why: 'each line needs since, delay.overdue and the complete summary; details need the offers',
    run: async (t) => {
      const scheduler = await serveScheduler(t);
      const client = scheduler.client(python);
      await client.send('POST', '/v2/apps', { id: '/big', cmd: 'x', cpus: 1000 });
      const before = await client.send('GET', '/v2/queue?embed=lastUnusedOffers');
      t.match(dcos.readDebugList(before), [
        { id: '/big', waiting: true, processed: 0, lastUnused: '---', lastUsed: '---' },
      ]);
      t.same(dcos.readDebugDetails(before, '/big'), []);
      await client.send('POST', '/v2/apps', { id: '/small', cmd: 'x', cpus: 0.1 });
      await scheduler.run('/small');
      const after = await client.send('GET', '/v2/queue?embed=lastUnusedOffers');
      t.match(dcos.readDebugList(after), [{ id: '/big', processed: 1, unused: 1, lastUnused: /Z$/, since: /Z$/ }]);
      for (const which of ['rejectSummaryLastOffers', 'rejectSummaryLaunchAttempt'] as const) {
        const lines = dcos.readDebugSummary(after, '/big', which);
        const cpus = lines.find(({ reason }) => reason === 'InsufficientCpus');
        t.same(cpus, { reason: 'InsufficientCpus', matched: 0, processed: 1 });
        t.match(lines.at(-1), { reason: 'InsufficientPorts', processed: 0 });
      }
      t.same(dcos.readDebugDetails(after, '/big'), [{ host: '10.0.0.1', reasons: ['InsufficientCpus'] }]);
      await client.send('POST', '/v2/pods', {
        id: '/pod',
        containers: [{ name: 'c', resources: { cpus: 0.1, mem: 32 } }],
      });
      const withPod = dcos.readDebugList(await client.send('GET', '/v2/queue?embed=lastUnusedOffers'));
      t.same(
        withPod.map(({ id }) => id),
        ['/big', '/pod'],
      );
    },
  },
  {
    name: 'delay reset: the id joined with its slash',
    why: 'the path is v2/queue, /id and /delay',
    run: async (t) => {
      const client = (await serveScheduler(t)).client(python);
      await client.send('POST', '/v2/apps', { id: '/prod/web', cmd: 'x' });
      t.equal((await client.send('DELETE', '/v2/queue//prod/web/delay')).status, 204);
      t.equal((await client.send('DELETE', '/v2/queue//nope/delay')).status, 404);
    },
  },
  {
    name: 'pods: HEAD decides, then add, show, list, kill, remove',
    why: '2xx or 404 to HEAD, nothing else',
    run: async (t) => {
      const scheduler = await serveScheduler(t);
      const client = scheduler.client(python);
      t.ok(dcos.hasPods(await client.send('HEAD', '/v2/pods')));
      const pod = { id: '/pod', containers: [{ name: 'c', resources: { cpus: 0.1, mem: 32 } }] };
      const created = await client.send('POST', '/v2/pods', pod);
      t.equal(created.status, 201);
      t.match(created.headers['marathon-deployment-id'], /-/, 'what `pod add` prints');
      const status = (await client.send('GET', '/v2/pods//pod::status')).json();
      t.match(status, { id: '/pod', spec: { containers: [{ name: 'c' }] }, instances: [] });
      t.equal((await client.send('GET', '/v2/pods::status')).status, 200);
      const killed = await client.send(
        'DELETE',
        '/v2/pods//pod::instances',
        '["pod.instance-00000000-0000-0000-0000-000000000000"]',
      );
      t.same(killed.json(), []);
      const removed = await client.send('DELETE', '/v2/pods//pod?force=true');
      t.equal(removed.status, 202);
    },
  },
  {
    name: 'groups: add, show, scale, update, remove',
    why: 'scale sends scaleBy as a number with decimals',
    run: async (t) => {
      const scheduler = await serveScheduler(t);
      const client = scheduler.client(python);
      const body = { id: '/g', apps: [{ id: 'a', cmd: 'x', instances: 0 }] };
      t.match(dcos.readDeployment(await client.send('POST', '/v2/groups', body)), /-/);
      await settled(scheduler);
      t.match((await client.send('GET', '/v2/groups//g')).json(), { id: '/g', apps: [{ id: '/g/a' }] });
      t.match(dcos.readDeployment(await client.send('PUT', '/v2/groups//g?force=true', '{"scaleBy": 2.0}')), /-/);
      await settled(scheduler);
      t.match(dcos.readDeployment(await client.send('DELETE', '/v2/groups//g?force=true')), /-/);
      t.equal((await ask(scheduler.api, 'GET', '/v2/groups//g')).status, 404);
    },
  },
  {
    name: 'about, leader, ping, plugins',
    why: 'shown as they come',
    run: async (t) => {
      const client = (await serveScheduler(t)).client(python);
      t.match((await client.send('GET', '/v2/info')).json(), { name: 'marathon', version: /^1\.11/ });
      t.same((await client.send('GET', '/v2/leader')).json(), { leader: 'leader.example:8080' });
      t.equal((await client.send('GET', '/ping')).status, 200);
      t.same((await client.send('GET', '/v2/plugins')).json(), { plugins: [] });
    },
  },
]);
