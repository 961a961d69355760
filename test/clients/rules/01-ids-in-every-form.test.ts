import t from 'tap';
import { ask, startFakeScheduler } from '../../support/fake-service.js';
import { waitFor } from '../../support/wait.js';
import { runCases } from '../support/cases.js';

/** What stands in the URL for the app or group /a/b. */
const forms: Readonly<Record<string, string>> = {
  'go-marathon: without the slash': 'a/b',
  'marathon-python, marathon-consul: with it': '/a/b',
  'marathonctl: all slashes escaped': '%2Fa%2Fb',
  'in lower case': '%2fa%2fb',
  'escaped, without the first slash': 'a%2Fb',
  'with a slash at its end': 'a/b/',
  'with both': '/a/b/',
};
/** Where words follow the id, none of them ends in a slash of its own. */
const bare = Object.values(forms).filter((form) => !form.endsWith('/'));

await runCases(t, 'rule 1, ids in every form', [
  {
    name: 'an app, its tasks, versions and restart',
    why: 'marathonctl escapes, marathon-python and marathon-consul leave the slash, go-marathon takes it away',
    run: async (t) => {
      const scheduler = await startFakeScheduler(t);
      const { api, service } = scheduler;
      const created = await ask(api, 'POST', '/v2/apps', { id: '/a/b', cmd: 'x' });
      const [instance] = await scheduler.run('/a/b');
      for (const [client, form] of Object.entries(forms)) {
        t.match(await ask(api, 'GET', `/v2/apps/${form}`), { status: 200, json: { app: { id: '/a/b' } } }, client);
      }
      for (const form of bare) {
        for (const end of ['', '/']) {
          const tasks = await ask(api, 'GET', `/v2/apps/${form}/tasks${end}`);
          t.equal(tasks.json.tasks[0]?.id, instance?.taskId, `${form}/tasks${end}`);
          const versions = await ask(api, 'GET', `/v2/apps/${form}/versions${end}`);
          t.same(versions.json.versions, [created.json.version], `${form}/versions${end}`);
        }
        const version = await ask(api, 'GET', `/v2/apps/${form}/versions/${created.json.version}`);
        t.match(version.json, { id: '/a/b', version: created.json.version }, `${form}/versions/{version}`);
      }
      for (const form of bare) {
        const restarted = await ask(api, 'POST', `/v2/apps/${form}/restart?force=true`);
        t.equal(restarted.status, 200, `${form}/restart`);
        t.equal((await ask(api, 'PUT', `/v2/apps/${form}?force=true`, { labels: { form } })).status, 200, form);
        t.equal(service.state.apps.get('/a/b')?.labels['form'], form);
      }
      t.equal((await ask(api, 'DELETE', '/v2/apps/%2Fa%2Fb')).status, 200);
      t.notOk(service.state.apps.has('/a/b'));
    },
  },
  {
    name: 'one task of an app',
    why: 'the id of a task follows that of its app; it has dots, never slashes',
    run: async (t) => {
      for (const form of bare) {
        const scheduler = await startFakeScheduler(t);
        await ask(scheduler.api, 'POST', '/v2/apps', { id: '/a/b', cmd: 'x' });
        const [instance] = await scheduler.run('/a/b');
        const killed = await ask(scheduler.api, 'DELETE', `/v2/apps/${form}/tasks/${instance?.taskId}`);
        t.match(killed, { status: 200, json: { task: { id: instance?.taskId, appId: '/a/b' } } }, form);
      }
    },
  },
  {
    name: 'groups, with their apps and versions',
    why: 'marathonctl escapes the ids of groups, too',
    run: async (t) => {
      const { api } = await startFakeScheduler(t);
      await ask(api, 'POST', '/v2/groups', { id: '/a/b', apps: [{ id: 'c', cmd: 'x', instances: 0 }] });
      await waitFor('the deployment', async () => (await ask(api, 'GET', '/v2/deployments')).text === '[]');
      for (const [client, form] of Object.entries(forms)) {
        t.match(await ask(api, 'GET', `/v2/groups/${form}`), { status: 200, json: { id: '/a/b' } }, client);
      }
      for (const form of bare) {
        t.match(await ask(api, 'GET', `/v2/groups/${form}/versions`), { status: 200, json: [String] }, form);
        t.match(await ask(api, 'GET', `/v2/groups/${form}/apps`), { status: 200, json: [{ id: '/a/b/c' }] }, form);
        t.equal((await ask(api, 'PUT', `/v2/groups/${form}`, { dependencies: [] })).status, 200, form);
      }
      t.equal((await ask(api, 'GET', '/v2/groups/')).status, 200, 'the root group');
      t.equal((await ask(api, 'GET', '/v2/groups//')).status, 200, 'the root group by its id');
      t.equal((await ask(api, 'DELETE', '/v2/groups/%2Fa%2Fb')).status, 200);
    },
  },
  {
    name: 'pods, with what follows ::',
    why: 'go-marathon and dcos build all of these from an id without its slash',
    run: async (t) => {
      const { api } = await startFakeScheduler(t);
      const containers = [{ name: 'c', resources: { cpus: 0.1, mem: 32 } }];
      const scaling = { kind: 'fixed', instances: 0 };
      t.equal((await ask(api, 'POST', '/v2/pods', { id: '/a/b', containers, scaling })).status, 201);
      for (const [client, form] of Object.entries(forms)) {
        t.match(await ask(api, 'GET', `/v2/pods/${form}`), { status: 200, json: { id: '/a/b' } }, client);
      }
      for (const form of bare) {
        t.match(await ask(api, 'GET', `/v2/pods/${form}::status`), { status: 200, json: { id: '/a/b' } }, form);
        t.match(await ask(api, 'GET', `/v2/pods/${form}::versions`), { status: 200, json: [String] }, form);
      }
    },
  },
  {
    name: 'the delay of a queued app',
    why: 'dcos joins /v2/queue, the id with its slash, and /delay',
    run: async (t) => {
      for (const form of bare) {
        const { api } = await startFakeScheduler(t);
        await ask(api, 'POST', '/v2/apps', { id: '/a/b', cmd: 'x' });
        t.equal((await ask(api, 'DELETE', `/v2/queue/${form}/delay`)).status, 204, form);
        t.equal((await ask(api, 'DELETE', `/v2/queue/${form}/delay/`)).status, 204, `${form}, and a slash`);
      }
    },
  },
  {
    name: 'words of the API within an id',
    why: 'they are found from the right, so that groups may be called as they are',
    run: async (t) => {
      const scheduler = await startFakeScheduler(t);
      const { api } = scheduler;
      const ids = ['/tasks/web', '/restart/web', '/delay/web', '/versions/tasks/restart/web'];
      for (const id of ids) {
        t.equal((await ask(api, 'POST', '/v2/apps', { id, cmd: 'x' })).status, 201, id);
        t.match((await ask(api, 'GET', `/v2/apps/${id}`)).json, { app: { id } }, id);
        t.equal((await ask(api, 'GET', `/v2/apps/${id}/versions`)).json.versions.length, 1, id);
        t.equal((await ask(api, 'GET', `/v2/apps/${encodeURIComponent(id)}/tasks`)).status, 200, id);
        t.equal((await ask(api, 'DELETE', `/v2/queue/${id}/delay`)).status, 204, id);
        t.equal((await ask(api, 'POST', `/v2/apps/${id}/restart?force=true`)).status, 200, id);
      }
      const version = await ask(api, 'GET', '/v2/apps/a/versions/web');
      t.equal(version.status, 422, 'just before the last segment it is a word of the API, as in Marathon');
      for (const word of ['tasks', 'versions', 'restart']) {
        t.equal((await ask(api, 'POST', '/v2/apps', { id: `/x/${word}`, cmd: 'x' })).status, 422, `ends in ${word}`);
      }
    },
  },
]);
