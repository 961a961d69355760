import t from 'tap';
import { ask, startFakeScheduler } from '../../support/fake-service.js';

t.test('ids: with and without slashes, encoded, with a slash at the end', async (t) => {
  const { api } = await startFakeScheduler(t);
  await ask(api, 'POST', '/v2/apps', { id: '/a/b', cmd: 'x', instances: 0 });
  for (const id of ['/a/b', '//a/b', '/%2Fa%2Fb', '/a/b/', '//a/b/', '/a%2Fb']) {
    const answer = await ask(api, 'GET', `/v2/apps${id}`);
    t.equal(answer.status, 200, id);
    t.equal(answer.json.app?.id, '/a/b', id);
  }
  t.same((await ask(api, 'GET', '/v2/apps/nope')).json, { message: "App '/nope' does not exist" });
});

t.test('one app is shown with counts, tasks and deployments; HEAD is its head', async (t) => {
  const scheduler = await startFakeScheduler(t);
  const { api } = scheduler;
  await ask(api, 'POST', '/v2/apps', { id: '/a', cmd: 'x', healthChecks: [{ path: '/' }] });
  const [instance] = await scheduler.run('/a');
  const { app } = (await ask(api, 'GET', '/v2/apps/a')).json;
  t.equal(app.tasksRunning, 1);
  t.same(app.healthChecks[0], {
    gracePeriodSeconds: 300,
    ignoreHttp1xx: false,
    intervalSeconds: 60,
    maxConsecutiveFailures: 3,
    path: '/',
    portIndex: 0,
    protocol: 'HTTP',
    ipProtocol: 'IPv4',
    timeoutSeconds: 20,
    delaySeconds: 15,
  });
  t.notOk('lastTaskFailure' in app);
  const [task = {}] = app.tasks;
  t.same(Object.keys(task), [
    'appId',
    'healthCheckResults',
    'host',
    'id',
    'ipAddresses',
    'ports',
    'servicePorts',
    'slaveId',
    'state',
    'stagedAt',
    'startedAt',
    'version',
    'localVolumes',
    'role',
  ]);
  t.match(task, { id: instance?.taskId, servicePorts: [10000], slaveId: 'S1', healthCheckResults: [] });
  const head = await ask(api, 'HEAD', '/v2/apps/a');
  t.equal(head.status, 200);
  t.equal(head.text, '');

  await scheduler.status(instance?.taskId ?? '', 'TASK_FAILED', 'exited');
  const failure = (await ask(api, 'GET', '/v2/apps/a')).json.app.lastTaskFailure;
  t.match(failure, { appId: '/a', message: 'exited', state: 'TASK_FAILED', taskId: instance?.taskId, slaveId: 'S1' });
});

t.test('PUT creates with 201, updates with 200; PATCH never creates', async (t) => {
  const { api, service } = await startFakeScheduler(t);
  t.equal((await ask(api, 'PATCH', '/v2/apps/a', { cmd: 'x' })).status, 404);
  const created = await ask(api, 'PUT', '/v2/apps//a', { cmd: 'x', instances: 0, env: { A: '1' } });
  t.equal(created.status, 201);
  t.equal(created.headers['location'], '/a');
  t.same(Object.keys(created.json), ['version', 'deploymentId']);
  t.equal((await ask(api, 'PATCH', '/v2/apps/a', { env: { B: '2' } })).status, 200);
  t.same(service.state.apps.get('/a')?.env, { B: '2' }, 'a field is replaced as a whole');
  t.equal(service.state.apps.get('/a')?.cmd, 'x');
  await ask(api, 'PUT', '/v2/apps/a?partialUpdate=false', { cmd: 'y', instances: 0 });
  t.same(service.state.apps.get('/a')?.env, {});
  const mismatch = await ask(api, 'PUT', '/v2/apps/a', { id: '/b', cmd: 'y' });
  t.equal(mismatch.status, 422);
  t.equal(mismatch.json.details[0]?.path, '/id');
  const list = await ask(api, 'PUT', '/v2/apps/a', [{ cmd: 'y' }]);
  t.same(list.json, { message: 'Invalid JSON', details: [{ path: '/', errors: ['error.expected.jsobject'] }] });
});

t.test('versions, and the way back to one', async (t) => {
  const { api, service } = await startFakeScheduler(t);
  await ask(api, 'POST', '/v2/apps', { id: '/a', cmd: 'first', instances: 0 });
  await ask(api, 'PUT', '/v2/apps/a', { cmd: 'second' });
  const { versions } = (await ask(api, 'GET', '/v2/apps//a/versions')).json;
  t.equal(versions.length, 2);
  const [newer = '', older = ''] = versions;
  t.ok(newer > older, 'newest first');
  const old = await ask(api, 'GET', `/v2/apps/a/versions/${older}`);
  t.match(old.json, { id: '/a', cmd: 'first', version: older });
  t.equal((await ask(api, 'GET', '/v2/apps/a/versions/2001-01-01T00:00:00.000Z')).status, 404);
  t.equal((await ask(api, 'GET', '/v2/apps/a/versions/yesterday')).status, 422);

  const mixed = await ask(api, 'PUT', '/v2/apps/a', { version: older, cmd: 'x' });
  t.equal(mixed.status, 422);
  t.same(mixed.json.details, [
    { path: '/', errors: ["The 'version' field may only be combined with the 'id' field."] },
  ]);
  t.equal((await ask(api, 'PUT', '/v2/apps/a', { version: older, id: '/a', cmd: null })).status, 200);
  t.equal(service.state.apps.get('/a')?.cmd, 'first');
  t.ok((service.state.apps.get('/a')?.version ?? '') > newer, 'under a new version');
  t.equal((await ask(api, 'PUT', '/v2/apps/a', { version: '2001-01-01T00:00:00.000Z' })).status, 404);

  t.equal((await ask(api, 'PATCH', '/v2/apps/a', { version: newer })).status, 200);
  t.equal(service.state.apps.get('/a')?.cmd, 'second', 'PATCH leads back, too');
  t.equal((await ask(api, 'PATCH', '/v2/apps/a', { version: older, cmd: 'x' })).status, 422);
});

t.test('other executorResources are kept and restart nothing', async (t) => {
  const scheduler = await startFakeScheduler(t);
  const { api, service } = scheduler;
  await ask(api, 'POST', '/v2/apps', { id: '/a', cmd: 'x', instances: 1 });
  const [instance] = await scheduler.run('/a');
  const before = service.state.apps.get('/a');
  const executorResources = { cpus: 0.5, mem: 64, disk: 20 };
  t.equal((await ask(api, 'PUT', '/v2/apps/a', { executorResources })).status, 200);
  t.match((await ask(api, 'GET', '/v2/apps/a')).json.app, { executorResources });
  t.same(service.state.apps.get('/a')?.versionInfo, before?.versionInfo);
  t.same([...service.state.instances.keys()], [instance?.id]);
  t.equal(service.state.deployments.size, 0);
});

t.test('an illegal id in the URL or in a list is told as what it is', async (t) => {
  const { api } = await startFakeScheduler(t);
  const one = await ask(api, 'PUT', '/v2/apps/Web', { cmd: 'x' });
  t.equal(one.status, 422);
  t.match(one.json.details, [{ path: '/id', errors: [/^must fully match regular expression/] }]);
  const list = await ask(api, 'PUT', '/v2/apps', [
    { id: '/ok', cmd: 'x' },
    { id: '/Web', cmd: 'x' },
  ]);
  t.equal(list.status, 422);
  t.match(list.json.details, [{ path: '(1)/id', errors: [/^must fully match regular expression/] }]);
  t.equal((await ask(api, 'PATCH', '/v2/apps/Web', { cmd: 'x' })).status, 404, 'what cannot exist does not');
});

t.test('deletion is forced by default, restart is not', async (t) => {
  const { api, service } = await startFakeScheduler(t);
  await ask(api, 'POST', '/v2/apps', { id: '/a', cmd: 'x' });
  t.equal((await ask(api, 'POST', '/v2/apps/a/restart')).status, 409);
  t.equal((await ask(api, 'DELETE', '/v2/apps/a?force=false')).status, 409);
  const deleted = await ask(api, 'DELETE', '/v2/apps/a', '');
  t.equal(deleted.status, 200);
  t.same(Object.keys(deleted.json), ['version', 'deploymentId']);
  t.notOk(service.state.apps.has('/a'));
  t.equal((await ask(api, 'DELETE', '/v2/apps/a')).status, 404);
});

t.test('apps of a group', async (t) => {
  const { api } = await startFakeScheduler(t);
  for (const id of ['/g/a', '/g/h/b', '/other']) await ask(api, 'POST', '/v2/apps', { id, cmd: 'x', instances: 0 });
  const below = (await ask(api, 'GET', '/v2/apps//g/*')).json['*'];
  t.same(
    below.map((app: { id: string }) => app.id),
    ['/g/a', '/g/h/b'],
  );
  t.equal((await ask(api, 'GET', '/v2/apps/*')).json['*'].length, 3);
  t.same((await ask(api, 'GET', '/v2/apps/nope/*')).json, { message: "Group '/nope' does not exist" });
  t.same((await ask(api, 'GET', '/v2/apps/g/*/tasks')).json, { tasks: [] });
});
