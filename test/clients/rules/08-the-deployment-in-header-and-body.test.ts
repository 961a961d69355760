import t from 'tap';
import type { Test } from 'tap';
import { ask, startFakeScheduler } from '../../support/fake-service.js';
import type { Answer, FakeScheduler } from '../../support/fake-service.js';
import { runCases } from '../support/cases.js';

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/** The id of the deployment, the same in header and body. */
function deploymentOf(t: Test, answer: Answer, what: string): string {
  const { headers, json } = answer;
  t.match(json, { version: time, deploymentId: uuid }, `${what}: ${answer.text}`);
  t.equal(headers['marathon-deployment-id'], json.deploymentId, `${what}: the same in the header`);
  return json.deploymentId;
}

async function isRunning({ service }: FakeScheduler, id: string): Promise<boolean> {
  return await Promise.resolve(service.state.deployments.has(id));
}

const container = { name: 'c', resources: { cpus: 0.1, mem: 32 } };

await runCases(t, 'rule 8, Marathon-Deployment-Id in the header, deploymentId and version in the body', [
  {
    name: 'changes of apps',
    why: 'dcos and marathonctl read the body, go-marathon the header when there is no body',
    run: async (t) => {
      const scheduler = await startFakeScheduler(t);
      const { api } = scheduler;
      const created = await ask(api, 'POST', '/v2/apps', { id: '/a', cmd: 'x' });
      const id = created.headers['marathon-deployment-id'];
      t.match(id, uuid);
      t.same(created.json.deployments, [{ id }], 'the answer to a creation is the app: its deployments name the id');
      t.match(created.json.version, time);
      t.equal(created.headers['location'], '/a');
      const changes = [
        ['PUT', '/v2/apps/a?force=true', { env: { A: '1' } }],
        ['PATCH', '/v2/apps/a?force=true', { env: { A: '2' } }],
        ['PUT', '/v2/apps?force=true', [{ id: '/a', env: { A: '3' } }]],
        ['PATCH', '/v2/apps?force=true', [{ id: '/a', env: { A: '4' } }]],
        ['PUT', '/v2/apps/a?force=true', { version: created.json.version }],
        ['POST', '/v2/apps/a/restart?force=true', undefined],
        ['DELETE', '/v2/apps/a', undefined],
      ] as const;
      for (const [method, path, body] of changes) {
        const deployment = deploymentOf(t, await ask(api, method, path, body), `${method} ${path}`);
        if (method !== 'DELETE') t.ok(await isRunning(scheduler, deployment), 'it is there to be watched');
      }
    },
  },
  {
    name: 'an update that creates, and one that changes nothing',
    why: 'both are deployments, too; an empty one is over at once',
    run: async (t) => {
      const { api } = await startFakeScheduler(t);
      const created = await ask(api, 'PUT', '/v2/apps/new', { cmd: 'x', instances: 0 });
      t.equal(created.status, 201);
      t.equal(created.headers['location'], '/new');
      deploymentOf(t, created, 'a PUT that creates');
      const again = await ask(api, 'PUT', '/v2/apps/new?force=true', { cmd: 'x', instances: 0 });
      t.equal(again.status, 200);
      deploymentOf(t, again, 'a PUT that changes nothing');
    },
  },
  {
    name: 'kills that scale, and those that do not',
    why: 'dcos waits for the deployment of the former and reads the tasks of the latter',
    run: async (t) => {
      const scheduler = await startFakeScheduler(t);
      const { api } = scheduler;
      await ask(api, 'POST', '/v2/apps', { id: '/a', cmd: 'x', instances: 4 });
      const [one, two, three] = await scheduler.run('/a');
      const scaled = await ask(api, 'DELETE', `/v2/apps/a/tasks/${one?.taskId}?scale=true`);
      deploymentOf(t, scaled, 'one task');
      const some = { ids: [two?.taskId] };
      deploymentOf(t, await ask(api, 'POST', '/v2/tasks/delete?scale=true&force=true', some), 'some tasks');
      const plain = await ask(api, 'POST', '/v2/tasks/delete', { ids: [three?.taskId] });
      t.same(Object.keys(plain.json), ['tasks']);
      t.equal(plain.headers['marathon-deployment-id'], undefined);
      deploymentOf(t, await ask(api, 'DELETE', '/v2/apps/a/tasks?scale=true&force=true'), 'all tasks');
    },
  },
  {
    name: 'changes of groups',
    why: 'marathonctl reads the answer to a DELETE as texts by name',
    run: async (t) => {
      const { api } = await startFakeScheduler(t);
      const body = { id: '/g', apps: [{ id: 'a', cmd: 'x', instances: 0 }] };
      const created = await ask(api, 'POST', '/v2/groups', body);
      t.equal(created.status, 201);
      t.equal(created.headers['location'], '/g');
      deploymentOf(t, created, 'POST');
      for (const change of [{ apps: [{ id: 'b', cmd: 'x', instances: 0 }] }, { scaleBy: 2 }]) {
        deploymentOf(t, await ask(api, 'PUT', '/v2/groups/g?force=true', change), JSON.stringify(change));
      }
      deploymentOf(t, await ask(api, 'DELETE', '/v2/groups/g?force=true'), 'DELETE');
    },
  },
  {
    name: 'changes of pods',
    why: 'the bodies are pods and, for a DELETE, empty: only the header names the deployment',
    run: async (t) => {
      const { api } = await startFakeScheduler(t);
      const pod = { id: '/p', containers: [container] };
      const created = await ask(api, 'POST', '/v2/pods', pod);
      t.equal(created.status, 201);
      t.match(created.headers['marathon-deployment-id'], uuid);
      const updated = await ask(api, 'PUT', '/v2/pods/p?force=true', { ...pod, labels: { a: 'b' } });
      t.equal(updated.status, 200);
      t.match(updated.headers['marathon-deployment-id'], uuid);
      const deleted = await ask(api, 'DELETE', '/v2/pods/p?force=true');
      t.equal(deleted.status, 202);
      t.equal(deleted.text, '');
      t.match(deleted.headers['marathon-deployment-id'], uuid);
      t.equal(deleted.headers['location'], deleted.headers['marathon-deployment-id']);
    },
  },
  {
    name: 'deployments that are undone or cancelled',
    why: 'marathon-python reads nothing of a cancellation: 202 and no body',
    run: async (t) => {
      const { api } = await startFakeScheduler(t);
      const first = await ask(api, 'POST', '/v2/apps', { id: '/a', cmd: 'x' });
      const path = `/v2/deployments/${first.headers['marathon-deployment-id']}`;
      deploymentOf(t, await ask(api, 'DELETE', path), 'undone');
      const second = await ask(api, 'POST', '/v2/apps', { id: '/b', cmd: 'x' });
      const id = second.headers['marathon-deployment-id'];
      const cancelled = await ask(api, 'DELETE', `/v2/deployments/${id}?force=true`);
      t.equal(cancelled.status, 202);
      t.equal(cancelled.text, '');
    },
  },
]);
