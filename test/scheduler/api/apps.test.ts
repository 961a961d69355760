import t from 'tap';
import { ask, startFakeScheduler } from '../../support/fake-service.js';

t.test('creation answers with the app, its counts and its deployment', async (t) => {
  const { api } = await startFakeScheduler(t);
  const answer = await ask(api, 'POST', '/v2/apps/', { id: 'shell', cmd: 'sleep 5', args: null, instances: 2.0 });
  t.equal(answer.status, 201);
  t.equal(answer.headers['location'], '/shell');
  t.equal(answer.headers['content-type'], 'application/json');
  t.same(answer.json.deployments, [{ id: answer.headers['marathon-deployment-id'] }]);
  const { version } = answer.json;
  t.match(version, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  const { deployments, ...app } = answer.json;
  t.same(deployments.length, 1);
  t.same(app, {
    id: '/shell',
    backoffFactor: 1.15,
    backoffSeconds: 1,
    cmd: 'sleep 5',
    cpus: 1,
    disk: 0,
    executor: '',
    instances: 2,
    labels: {},
    maxLaunchDelaySeconds: 300,
    mem: 128,
    gpus: 0,
    networks: [{ mode: 'host' }],
    portDefinitions: [{ port: 10000, name: 'default', protocol: 'tcp' }],
    requirePorts: false,
    upgradeStrategy: { maximumOverCapacity: 1, minimumHealthCapacity: 1 },
    killSelection: 'YOUNGEST_FIRST',
    unreachableStrategy: { inactiveAfterSeconds: 0, expungeAfterSeconds: 0 },
    role: '*',
    version,
    versionInfo: { lastScalingAt: version, lastConfigChangeAt: version },
    tasksStaged: 0,
    tasksRunning: 0,
    tasksHealthy: 0,
    tasksUnhealthy: 0,
  });
  const again = await ask(api, 'POST', '/v2/apps', { id: '/shell', cmd: 'sleep 5' });
  t.equal(again.status, 409);
  t.same(again.json, { message: 'An app with id [/shell] already exists.' });
});

t.test('two creations of one id at the same time: one wins', async (t) => {
  const { api } = await startFakeScheduler(t);
  const answers = await Promise.all([1, 2, 3].map(() => ask(api, 'POST', '/v2/apps', { id: '/a', cmd: 'x' })));
  t.same(answers.map(({ status }) => status).sort(), [201, 409, 409]);
});

t.test('cmd with args is refused, and how to mend it is said', async (t) => {
  const { api } = await startFakeScheduler(t);
  const answer = await ask(api, 'POST', '/v2/apps', { id: 'web', cmd: '/usr/bin/node', args: ['x.js'] });
  t.equal(answer.status, 422);
  t.equal(answer.json.message, 'Object is not valid');
  t.equal(answer.json.details[0]?.path, '/');
  const [text, hint] = answer.json.details[0]?.errors ?? [];
  t.equal(text, "AppDefinition must either contain one of 'cmd' or 'args', and/or a 'container'.");
  t.match(hint, /keep 'cmd'/);
});

t.test('the list: selectors, embeds', async (t) => {
  const scheduler = await startFakeScheduler(t);
  const { api } = scheduler;
  await ask(api, 'POST', '/v2/apps', { id: '/prod/web', cmd: 'python -m WEB', labels: { tier: 'front' } });
  await ask(api, 'POST', '/v2/apps', { id: '/prod/db', cmd: 'mysqld', labels: { tier: 'back', a: 'b' } });
  const ids = async (query: string): Promise<string[]> =>
    (await ask(api, 'GET', `/v2/apps${query}`)).json.apps.map((app: { id: string }) => app.id);
  t.same(await ids(''), ['/prod/web', '/prod/db']);
  t.same(await ids('?cmd=web'), ['/prod/web']);
  t.same(await ids('?id=DB'), ['/prod/db']);
  t.same(await ids('?label=tier%3D%3Dfront'), ['/prod/web']);
  t.same(await ids('?label=tier%20notin%20(front)%2Ca'), ['/prod/db']);
  t.equal((await ask(api, 'GET', '/v2/apps?label=(')).status, 422);

  await scheduler.run('/prod/web');
  const plain = (await ask(api, 'GET', '/v2/apps?id=web')).json.apps[0];
  t.equal(plain?.tasksRunning, 1);
  t.ok(Array.isArray(plain?.deployments));
  t.notOk('tasks' in (plain ?? {}));
  for (const prefix of ['', 'app.', 'apps.', 'group.apps.']) {
    const app = (await ask(api, 'GET', `/v2/apps/?embed=${prefix}tasks&embed=nonsense`)).json.apps[0];
    t.equal(app?.tasks.length, 1);
    t.equal(app?.tasks[0]?.state, 'TASK_RUNNING');
  }
  const stats = (await ask(api, 'GET', '/v2/apps?id=web&embed=apps.taskStats&embed=apps.readiness')).json.apps[0];
  t.same(stats?.taskStats.totalSummary.stats.counts, { staged: 0, running: 1, healthy: 0, unhealthy: 0 });
  t.same(stats?.readinessCheckResults, []);
});

t.test('updates of several apps are one deployment, all or nothing', async (t) => {
  const { api, service } = await startFakeScheduler(t);
  const created = await ask(api, 'PUT', '/v2/apps', [
    { id: '/a', cmd: 'x', instances: 0 },
    { id: 'b', cmd: 'y', instances: 0 },
  ]);
  t.equal(created.status, 200);
  t.same(Object.keys(created.json), ['version', 'deploymentId']);
  t.equal(created.headers['marathon-deployment-id'], created.json.deploymentId);
  t.same([...service.state.apps.keys()], ['/a', '/b']);

  const refused = await ask(api, 'PATCH', '/v2/apps', [
    { id: '/a', cmd: 'z' },
    { id: '/c', cmd: 'z' },
  ]);
  t.equal(refused.status, 404);
  t.equal(service.state.apps.get('/a')?.cmd, 'x');

  const noId = await ask(api, 'PUT', '/v2/apps', [{ cmd: 'sleep' }]);
  t.equal(noId.status, 422);
  t.same(noId.json.details, [{ path: '(0)/id', errors: ['App Update must have app id set'] }]);
  const wrongType = await ask(api, 'PUT', '/v2/apps', [{ id: '/a' }, { id: '/b', mem: 'much' }]);
  t.same(wrongType.json.details, [{ path: '(1)/mem', errors: ['error.expected.jsnumber'] }]);
  t.equal((await ask(api, 'PUT', '/v2/apps', { id: '/a' })).status, 422);
});

t.test('a locked app: 409 with the deployment, force goes on', async (t) => {
  const { api } = await startFakeScheduler(t);
  const { json } = await ask(api, 'POST', '/v2/apps', { id: '/a', cmd: 'x' });
  const locked = await ask(api, 'PUT', '/v2/apps/a', { cmd: 'y' });
  t.equal(locked.status, 409);
  t.same(locked.json.deployments, json.deployments);
  t.match(locked.json.message, /View details at '\/v2\/deployments\/<DEPLOYMENT_ID>'/);
  t.equal((await ask(api, 'PUT', '/v2/apps/a?force=True', { cmd: 'y' })).status, 200);
});
