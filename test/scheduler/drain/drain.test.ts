// From a change of an app to the KILL of what it has too much of, by way of the edges.
import t from 'tap';
import type { Test } from 'tap';
import { startFakeScheduler } from '../../support/fake-service.js';
import type { FakeScheduler } from '../../support/fake-service.js';
import { waitFor } from '../../support/wait.js';

const edge = { edge: 'a:8000', role: 'lb' } as const;

async function ask(
  scheduler: FakeScheduler,
  method: 'GET' | 'POST' | 'PUT',
  url: string,
  body?: object,
): Promise<object> {
  const { statusCode, payload } = await scheduler.api.inject({
    method,
    url,
    ...(body === undefined ? {} : { payload: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  });
  if (statusCode >= 300) throw new Error(`${method} ${url}: ${statusCode} ${payload}`);
  return payload === '' ? {} : (JSON.parse(payload) as object);
}

const kills = ({ calls }: FakeScheduler): string[] =>
  calls.flatMap((call) => (call.type === 'kill' ? [call.taskId] : []));

/** A scheduler with an app that runs, and an edge that follows it. */
async function setUp(t: Test, app: object): Promise<FakeScheduler> {
  const scheduler = await startFakeScheduler(t);
  const { service } = scheduler;
  service.edges.open(edge);
  await waitFor('the edge to be known', () => service.state.edges.size === 1);
  await ask(scheduler, 'POST', '/v2/apps', { id: '/web', cmd: 'serve', cpus: 0.01, mem: 8, ...app });
  await scheduler.run('/web');
  return scheduler;
}

t.test('withdrawn, acknowledged, drained, killed', async (t) => {
  const scheduler = await setUp(t, { instances: 2 });
  const { catalog } = scheduler.service;
  await ask(scheduler, 'PUT', '/v2/apps/web', { instances: 1 });
  const draining = [...catalog.view.instances.values()].filter((instance) => instance.draining === true);
  t.equal(draining.length, 1, 'the catalog tells of it');
  t.same(kills(scheduler), []);
  const { tasks } = (await ask(scheduler, 'GET', '/v2/apps/web/tasks')) as { tasks: readonly { state: string }[] };
  t.same(
    tasks.map(({ state }) => state),
    ['TASK_RUNNING', 'TASK_RUNNING'],
    'in the API of Marathon it runs',
  );
  const taskId = draining[0]?.taskId ?? '';
  const { epoch, seq } = catalog.view.position;
  await ask(scheduler, 'POST', '/ekiden/v1/receipts', { ...edge, epoch, seq });
  t.same(kills(scheduler), [], 'it has sessions');
  t.match(await ask(scheduler, 'GET', '/ekiden/v1/propagation?app=/web'), {
    draining: [{ taskId, app: '/web', until: /Z$/, waitsFor: [edge] }],
  });
  await ask(scheduler, 'POST', '/ekiden/v1/receipts', { ...edge, epoch, seq, drained: [taskId] });
  await waitFor('the kill', () => kills(scheduler).length > 0);
  t.same(kills(scheduler), [taskId]);
  t.equal(catalog.view.instances.get(taskId)?.draining, true, 'and it is not sent anything until it has ended');
  await scheduler.status(taskId, 'TASK_KILLED');
  t.notOk(catalog.view.instances.has(taskId));
});

t.test('what is not ready yet, and what nobody hears of', async (t) => {
  const scheduler = await setUp(t, {
    instances: 1,
    portDefinitions: [{ port: 0, name: 'http' }],
    unreachableStrategy: { inactiveAfterSeconds: 300, expungeAfterSeconds: 600 },
    readinessChecks: [{ name: 'ready', portName: 'http', intervalSeconds: 2, timeoutSeconds: 1 }],
  });
  const { catalog } = scheduler.service;
  const only = () => [...catalog.view.instances.values()][0];
  t.equal(only()?.ready, false);
  scheduler.checker.runReadiness();
  await waitFor('it to be ready', () => only()?.ready === undefined);
  const taskId = only()?.taskId ?? '';
  await scheduler.status(taskId, 'TASK_UNREACHABLE');
  t.equal(only()?.unreachable, true, 'it may well serve');
  await scheduler.status(taskId, 'TASK_RUNNING');
  t.equal(only()?.unreachable, undefined);
  t.equal(only()?.ready, undefined, 'what was ready once remains so');
});
