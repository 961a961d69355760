import t from 'tap';
import { ask, startFakeScheduler } from '../../support/fake-service.js';

t.test('tasks: JSON, filters and the text of haproxy-marathon-bridge', async (t) => {
  const scheduler = await startFakeScheduler(t);
  const { api } = scheduler;
  await ask(api, 'POST', '/v2/apps', { id: '/prod/web', cmd: 'x', instances: 2, ports: [1111, 2222] });
  await ask(api, 'POST', '/v2/apps', { id: '/quiet', cmd: 'x', instances: 1, portDefinitions: [] });
  const [one, two] = await scheduler.run('/prod/web');
  t.equal((await ask(api, 'GET', '/v2/tasks')).json.tasks.length, 3);
  t.equal((await ask(api, 'GET', '/v2/tasks?status=running')).json.tasks.length, 2);
  t.equal((await ask(api, 'GET', '/v2/tasks?status%5B%5D=staging')).json.tasks.length, 1);
  const text = await ask(api, 'GET', '/v2/tasks', undefined, { accept: 'text/plain' });
  t.match(text.headers['content-type'], 'text/plain');
  const host = '10.0.0.1';
  t.equal(
    text.text,
    `prod_web\t1111\t${host}:${one?.ports[0]}\t${host}:${two?.ports[0]}\t\n` +
      `prod_web\t2222\t${host}:${one?.ports[1]}\t${host}:${two?.ports[1]}\t\n` +
      'quiet\t \t\n',
  );
  await scheduler.run('/quiet');
  const quiet = await ask(api, 'GET', '/v2/apps/quiet/tasks', undefined, { accept: 'text/plain' });
  t.equal(quiet.text, `quiet\t \t${host} \n`);
  t.equal((await ask(api, 'GET', '/v2/apps//prod/web/tasks')).json.tasks.length, 2);
});

t.test('killing tasks', async (t) => {
  const scheduler = await startFakeScheduler(t);
  const { api, calls, service } = scheduler;
  await ask(api, 'POST', '/v2/apps', { id: '/a', cmd: 'x', instances: 4 });
  const [one, two, three] = await scheduler.run('/a');
  const killed = await ask(api, 'DELETE', `/v2/apps/a/tasks/${one?.taskId}`);
  t.equal(killed.status, 200);
  t.equal(killed.json.task.id, one?.taskId);
  t.ok(calls.some((call) => call.type === 'kill' && call.taskId === one?.taskId));
  t.same((await ask(api, 'DELETE', '/v2/apps/a/tasks/nope')).json, { message: "Task 'nope' does not exist" });
  t.same((await ask(api, 'DELETE', '/v2/apps/a/tasks?host=elsewhere')).json, { tasks: [] });

  const scaled = await ask(api, 'POST', '/v2/tasks/delete?scale=true&force=true', {
    ids: [two?.taskId, 'a.instance-x', two?.taskId],
  });
  t.same(Object.keys(scaled.json), ['version', 'deploymentId']);
  t.equal(service.state.apps.get('/a')?.instances, 3, 'an id that is given twice counts once');

  const some = await ask(api, 'POST', '/v2/tasks/delete', { ids: [three?.taskId, three?.taskId] });
  t.equal(some.json.tasks.length, 1);
  t.equal(some.json.tasks[0]?.id, three?.taskId);
  const both = await ask(api, 'POST', '/v2/tasks/delete?scale=true&wipe=true', { ids: ['a.instance-0.b'] });
  t.equal(both.status, 400);
  t.same(both.json, { message: 'You cannot use scale and wipe at the same time.' });
  const bad = await ask(api, 'POST', '/v2/tasks/delete', { ids: ['invalidTaskId'] });
  t.equal(bad.status, 400);
  t.match(bad.json.message, /^Invalid task id 'invalidTaskId'\./);
  t.equal((await ask(api, 'POST', '/v2/tasks/delete', {})).json.details[0]?.path, '/ids');
  t.ok((await ask(api, 'DELETE', '/v2/apps/a/tasks')).json.tasks.length > 0);
});
