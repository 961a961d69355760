import t from 'tap';
import { ask, startFakeScheduler } from '../../support/fake-service.js';
import { runCases } from '../support/cases.js';

await runCases(t, 'rule 2, booleans in any case, embeds with any prefix, repeated keys', [
  {
    name: 'a flag in any case',
    why: 'Python writes True and False',
    run: async (t) => {
      const { api } = await startFakeScheduler(t);
      await ask(api, 'POST', '/v2/apps', { id: '/a', cmd: 'x' });
      for (const yes of ['true', 'True', 'TRUE']) {
        t.equal((await ask(api, 'PUT', `/v2/apps/a?force=${yes}`, { env: { V: yes } })).status, 200, yes);
      }
      for (const no of ['false', 'False', 'FALSE', '', '1', 'yes']) {
        const { status } = await ask(api, 'PUT', `/v2/apps/a?force=${no}`, { env: { V: 'other' } });
        t.equal(status, 409, `${no}: as Java reads it`);
      }
    },
  },
  {
    name: 'every flag that Python writes',
    why: 'marathon-python sends scale, wipe and force with each call, whatever they are',
    run: async (t) => {
      const scheduler = await startFakeScheduler(t);
      const { api } = scheduler;
      await ask(api, 'POST', '/v2/apps', { id: '/a', cmd: 'x', instances: 2 });
      const [one, two] = await scheduler.run('/a');
      const path = (task: string | undefined): string => `/v2/apps//a/tasks/${task}`;
      const killed = await ask(api, 'DELETE', `${path(one?.taskId)}?scale=False&wipe=False`);
      t.equal(killed.json.task.id, one?.taskId);
      const scaled = await ask(api, 'DELETE', `${path(two?.taskId)}?scale=True&wipe=False`);
      t.ok(scaled.json.deploymentId, scaled.text);
      t.equal((await ask(api, 'DELETE', '/v2/apps//a?force=True')).status, 200);
    },
  },
  {
    name: 'an embed with any prefix, or none',
    why: 'Prometheus and Traefik write apps., Bamboo and marathon-python app., marathon-ui group.apps.',
    run: async (t) => {
      const scheduler = await startFakeScheduler(t);
      const { api } = scheduler;
      await ask(api, 'POST', '/v2/apps', { id: '/a', cmd: 'x' });
      await scheduler.run('/a');
      for (const prefix of ['', 'app.', 'apps.', 'group.apps.']) {
        for (const path of ['/v2/apps', '/v2/apps/', '/v2/apps/a', '/v2/apps/*']) {
          const query = ['tasks', 'counts', 'deployments', 'readiness', 'taskStats']
            .map((embed) => `embed=${prefix}${embed}`)
            .join('&');
          const { json } = await ask(api, 'GET', `${path}?${query}`);
          const app = path === '/v2/apps/a' ? json.app : path === '/v2/apps/*' ? json['*'][0] : json.apps[0];
          t.match(
            app,
            { tasks: [{}], tasksRunning: 1, deployments: [], readinessCheckResults: [], taskStats: {} },
            `${path} ${prefix}`,
          );
        }
        const { json } = await ask(api, 'GET', `/v2/groups?embed=group.apps&embed=${prefix}counts`);
        t.match(json, { apps: [{ tasksRunning: 1 }] }, `/v2/groups ${prefix}`);
      }
    },
  },
  {
    name: 'a key as often as it is given',
    why: 'Traefik asks for three embeds at once, marathon-lb for three types of events',
    run: async (t) => {
      const scheduler = await startFakeScheduler(t);
      const { api } = scheduler;
      await ask(api, 'POST', '/v2/apps', { id: '/a', cmd: 'x', instances: 2 });
      const [one] = await scheduler.run('/a');
      await scheduler.status(one?.taskId ?? '', 'TASK_FAILED', 'exit 1');
      const list = await ask(api, 'GET', '/v2/apps?embed=apps.tasks&embed=apps.lastTaskFailure&embed=apps.tasks');
      t.match(list.json, { apps: [{ tasks: [{}], lastTaskFailure: { taskId: one?.taskId } }] });
      const once = await ask(api, 'GET', '/v2/tasks?status=running&status=staging');
      const listed = await ask(api, 'GET', '/v2/tasks?status%5B%5D=running&status[]=staging');
      t.equal(once.json.tasks.length, 1);
      t.same(listed.json, once.json);
    },
  },
  {
    name: 'what is not known is not an error',
    why: 'clients ask for embeds of other versions',
    run: async (t) => {
      const { api } = await startFakeScheduler(t);
      t.same((await ask(api, 'GET', '/v2/apps?embed=apps.nonsense&embed=&colour=red')).json, { apps: [] });
    },
  },
]);
