import t from 'tap';
import type { HttpServer } from '../../../src/http/server.js';
import { ask, startFakeScheduler } from '../../support/fake-service.js';
import type { Answer } from '../../support/fake-service.js';
import { waitFor } from '../../support/wait.js';

interface GroupBody {
  readonly id: string;
  readonly apps: readonly { readonly id: string; readonly instances: number; readonly tasksRunning?: number }[];
  readonly groups: readonly GroupBody[];
  readonly dependencies: readonly string[];
  readonly version: string;
}

const app = (id: string, more: object = {}): object => ({ id, cmd: 'sleep 1000', instances: 0, ...more });
const product = {
  id: '/product',
  groups: [
    { id: 'database', apps: [app('mongo'), app('mysql')] },
    { id: 'service', dependencies: ['../database'], apps: [app('play-app')] },
  ],
};

function groupOf(answer: Answer): GroupBody {
  return answer.json as unknown as GroupBody;
}

/** Waits until no deployment runs, so that the next change is not refused. */
async function settled(api: HttpServer): Promise<void> {
  await waitFor('the end of all deployments', async () => (await ask(api, 'GET', '/v2/deployments')).text === '[]');
}

t.test('creation, the tree, its versions', async (t) => {
  const { api } = await startFakeScheduler(t);
  t.match(groupOf(await ask(api, 'GET', '/v2/groups')), {
    id: '/',
    apps: [],
    pods: [],
    groups: [],
    dependencies: [],
    version: '1970-01-01T00:00:00.000Z',
  });
  const created = await ask(api, 'POST', '/v2/groups', product);
  t.equal(created.status, 201);
  t.equal(created.headers['location'], '/product');
  t.equal(created.json.deploymentId, created.headers['marathon-deployment-id']);
  await settled(api);
  const { version } = created.json as unknown as { version: string };

  const root = groupOf(await ask(api, 'GET', '/v2/groups'));
  t.match(root, { version, groups: [{ id: '/product', version, groups: [{ id: '/product/database' }, {}] }] });
  t.same(root.groups[0]?.groups[1]?.dependencies, ['/product/database']);
  for (const url of [
    '/v2/groups/product/database',
    '/v2/groups//product/database/',
    '/v2/groups/%2Fproduct%2Fdatabase',
  ]) {
    t.same(
      groupOf(await ask(api, 'GET', url)).apps.map(({ id }) => id),
      ['/product/database/mongo', '/product/database/mysql'],
      url,
    );
  }
  const apps = await ask(api, 'GET', '/v2/groups/product/apps');
  t.equal((apps.json as unknown as readonly unknown[]).length, 3, 'all apps at any depth, a bare array');
  t.match(await ask(api, 'GET', '/v2/groups/nowhere'), {
    status: 404,
    json: { message: "Group '/nowhere' does not exist" },
  });

  await ask(api, 'PUT', '/v2/groups/product/service', { apps: [app('play-app', { instances: 3, cmd: 'sleep 2' })] });
  const versions = await ask(api, 'GET', '/v2/groups/product/versions');
  t.equal((versions.json as unknown as readonly string[]).length, 2, 'a bare array');
  t.equal((versions.json as unknown as readonly string[])[1], version, 'newest first');
  t.same(await ask(api, 'GET', '/v2/groups/versions').then(({ text }) => text), versions.text);
  const old = groupOf(await ask(api, 'GET', `/v2/groups/product/versions/${version}`));
  t.match(old, { version, groups: [{}, { apps: [{ id: '/product/service/play-app', instances: 0 }] }] });
  t.match(await ask(api, 'GET', '/v2/groups/product/versions/2001-01-01T00:00:00.000Z'), { status: 404 });
  t.match(await ask(api, 'GET', '/v2/groups/product/versions/yesterday'), { status: 422 });
});

t.test('a dry run shows the steps, a roll back the old content, scaleBy more of each', async (t) => {
  const { api } = await startFakeScheduler(t);
  const planned = await ask(api, 'PUT', '/v2/groups/product?dryRun=True', { groups: product.groups });
  t.equal(planned.status, 200);
  t.same(planned.json, {
    steps: [
      {
        actions: [
          { action: 'StartApplication', app: '/product/database/mongo' },
          { action: 'StartApplication', app: '/product/database/mysql' },
          { action: 'StartApplication', app: '/product/service/play-app' },
        ],
      },
      {
        actions: [
          { action: 'ScaleApplication', app: '/product/database/mongo' },
          { action: 'ScaleApplication', app: '/product/database/mysql' },
        ],
      },
      { actions: [{ action: 'ScaleApplication', app: '/product/service/play-app' }] },
    ],
  });
  t.equal((await ask(api, 'GET', '/v2/groups/product')).status, 404, 'nothing was made');

  const created = await ask(api, 'POST', '/v2/groups', product);
  const { version } = created.json as unknown as { version: string };
  await settled(api);
  await ask(api, 'PUT', '/v2/groups/product', { groups: [] });
  await settled(api);
  t.same(groupOf(await ask(api, 'GET', '/v2/groups/product')).groups, []);
  t.match(await ask(api, 'PUT', '/v2/groups/product', { version: '2001-01-01T00:00:00.000Z' }), {
    status: 422,
    json: { details: [{ errors: ['Group /product not available in version 2001-01-01T00:00:00.000Z'] }] },
  });
  t.equal((await ask(api, 'PUT', '/v2/groups/product', { version })).status, 200);
  await settled(api);
  const back = groupOf(await ask(api, 'GET', '/v2/groups/product'));
  t.same(back.groups.map(({ id, apps }) => [id, apps.length]).sort(), [
    ['/product/database', 2],
    ['/product/service', 1],
  ]);
  await ask(api, 'PUT', '/v2/groups//product/database', { apps: [app('mongo', { instances: 3 })] });
  const scaled = await ask(api, 'PUT', '/v2/groups//product?force=true', { scaleBy: 1.5 });
  t.equal(scaled.status, 200);
  t.equal(groupOf(await ask(api, 'GET', '/v2/groups/product/database')).apps[0]?.instances, 5, 'rounded up');
});

t.test('refusals', async (t) => {
  const { api } = await startFakeScheduler(t);
  await ask(api, 'POST', '/v2/groups', { id: '/grp', apps: [app('a', { instances: 1 })] });
  t.match(await ask(api, 'POST', '/v2/groups', { id: '/grp' }), {
    status: 409,
    json: { message: 'Group /grp is already created. Use PUT to change this group.' },
  });
  t.match(await ask(api, 'POST', '/v2/groups', { id: '/grp/a' }), {
    status: 409,
    json: { message: 'An app with the path /grp/a already exists.' },
  });
  t.match(await ask(api, 'DELETE', '/v2/groups/grp'), { status: 409, json: { deployments: [{}] } });
  t.match(await ask(api, 'DELETE', '/v2/groups/nowhere'), { status: 404 });
  t.match(await ask(api, 'PUT', '/v2/groups/grp', '{'), { status: 400, json: { message: 'Invalid JSON' } });
  t.match(await ask(api, 'PUT', '/v2/groups/grp', { apps: 3 }), { status: 422, json: { message: 'Invalid JSON' } });
  t.match(await ask(api, 'PUT', '/v2/groups/grp', { groups: [{ id: 'x', apps: [{ id: 'y', cpus: 'a' }] }] }), {
    status: 422,
    json: { details: [{ path: '/groups(0)/apps(0)/cpus' }] },
  });
  t.match(await ask(api, 'PATCH', '/v2/groups/grp', { enforceRole: 'yes' }), { status: 422 });
  t.match(await ask(api, 'PATCH', '/v2/groups/grp', { enforceRole: true }), { status: 200, text: '' });
  t.match(await ask(api, 'GET', '/v2/groups/grp'), { json: { enforceRole: true } });
  t.match(await ask(api, 'PATCH', '/v2/groups/none', { enforceRole: true }), { status: 404 });
});

t.test('deletion of a group, and of everything', async (t) => {
  const { api } = await startFakeScheduler(t);
  await ask(api, 'POST', '/v2/groups', product);
  await ask(api, 'POST', '/v2/apps', app('/mine'));
  await settled(api);
  t.equal((await ask(api, 'DELETE', '/v2/groups//product/service')).status, 200);
  await settled(api);
  t.same(
    groupOf(await ask(api, 'GET', '/v2/groups/product')).groups.map(({ id }) => id),
    ['/product/database'],
  );
  const all = await ask(api, 'DELETE', '/v2/groups?force=true');
  t.equal(all.status, 200);
  t.ok(all.headers['marathon-deployment-id']);
  t.match(groupOf(await ask(api, 'GET', '/v2/groups')), { apps: [], groups: [] });
});

t.test('what is embedded', async (t) => {
  const scheduler = await startFakeScheduler(t);
  const { api } = scheduler;
  await ask(api, 'POST', '/v2/apps', app('/g/web', { instances: 1 }));
  await scheduler.run('/g/web');
  const only = await ask(api, 'GET', '/v2/groups/g?embed=group.apps&embed=group.apps.counts');
  t.same(Object.keys(only.json), ['id', 'apps', 'dependencies', 'version', 'enforceRole']);
  t.equal(groupOf(only).apps[0]?.tasksRunning, 1);
  const plain = groupOf(await ask(api, 'GET', '/v2/groups/g'));
  t.equal(plain.apps[0]?.tasksRunning, undefined, 'counts only when asked for');
  t.same(Object.keys(plain), ['id', 'apps', 'pods', 'groups', 'dependencies', 'version', 'enforceRole']);
});

t.test('a limit of deployments is none for what starts none', async (t) => {
  const { api } = await startFakeScheduler(t, { maxRunningDeployments: 1 });
  t.equal((await ask(api, 'POST', '/v2/apps', { id: '/top/waits', cmd: 'x' })).status, 201);
  t.equal((await ask(api, 'POST', '/v2/apps', { id: '/other', cmd: 'x' })).status, 403);
  t.equal((await ask(api, 'POST', '/v2/groups', { id: '/empty' })).status, 201);
  t.equal((await ask(api, 'PATCH', '/v2/groups/top', { enforceRole: true })).status, 200);
  t.equal((await ask(api, 'PUT', '/v2/apps/top/waits', { cmd: 'x' })).status, 200, 'nothing to be done');
});
