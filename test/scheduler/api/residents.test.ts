// Apps with persistent volumes as the API shows them.
import t from 'tap';
import type { Test } from 'tap';
import type { OfferedReservation } from '../../../src/scheduler/model/offer.js';
import { ask, startFakeScheduler } from '../../support/fake-service.js';
import type { FakeScheduler } from '../../support/fake-service.js';

const db = {
  id: '/db',
  cmd: 'x',
  instances: 1,
  container: { type: 'MESOS', volumes: [{ containerPath: 'data', mode: 'RW', persistent: { size: 10 } }] },
};

function reservations({ service: { state } }: FakeScheduler): readonly OfferedReservation[] {
  return [...state.instances.values()].map(({ id, reservation }) => ({
    frameworkId: 'framework-1',
    instanceId: id,
    role: 'dev',
    persistenceIds: (reservation?.volumes ?? []).map(({ persistenceId }) => persistenceId),
    resources: [],
  }));
}

/** A scheduler in which a place was reserved for the app. */
async function reserved(t: Test): Promise<FakeScheduler> {
  const scheduler = await startFakeScheduler(t, { mesosRole: 'dev' });
  t.equal((await ask(scheduler.api, 'POST', '/v2/apps', db)).status, 201);
  await scheduler.run('/db', { allocationRole: 'dev' });
  return scheduler;
}

t.test('tasks of residents, from the first place to the end', async (t) => {
  const scheduler = await reserved(t);
  const { api, service } = scheduler;
  const tasks = async (): Promise<unknown> => (await ask(api, 'GET', '/v2/apps/db/tasks')).json.tasks;
  t.same(await tasks(), [], 'a place is no task');
  t.same((await ask(api, 'GET', '/v2/tasks')).json.tasks, []);
  t.match((await ask(api, 'GET', '/v2/queue')).json, { queue: [{ app: { id: '/db' }, count: 1 }] });

  await scheduler.run('/db', { allocationRole: 'dev', reservations: reservations(scheduler) });
  const [instance] = service.state.instances.values();
  const [volume] = instance?.reservation?.volumes ?? [];
  const localVolumes = [
    { runSpecId: '/db', containerPath: 'data', uuid: volume?.uuid, persistenceId: `db#data#${volume?.uuid ?? ''}` },
  ];
  t.match(await tasks(), [
    { id: `${instance?.id ?? ''}._app.1`, state: 'TASK_RUNNING', ports: [Number], localVolumes },
  ]);

  await ask(api, 'PUT', '/v2/apps/db?force=true', { instances: 0 });
  await scheduler.status(instance?.taskId ?? '', 'TASK_KILLED');
  const [ended] = (await tasks()) as readonly Record<string, unknown>[];
  t.match(ended, { id: instance?.taskId, state: 'TASK_KILLED', ports: [], localVolumes });
  for (const name of ['stagedAt', 'startedAt', 'version']) t.notOk(name in (ended ?? {}), name);
  const { app } = (await ask(api, 'GET', '/v2/apps/db')).json;
  t.match(app, { instances: 0, tasksStaged: 0, tasksRunning: 0 });
  t.notOk('residency' in (app ?? {}));
});

t.test('a place that is not offered is a reason in the queue', async (t) => {
  const scheduler = await reserved(t);
  const { api } = scheduler;
  await scheduler.run('/db', { allocationRole: 'dev' });
  const { queue } = (await ask(api, 'GET', '/v2/queue?embed=lastUnusedOffers')).json as unknown as {
    queue: readonly {
      processedOffersSummary: { rejectSummaryLastOffers: readonly { reason: string; declined: number }[] };
      lastUnusedOffers: readonly { reason: readonly string[] }[];
    }[];
  };
  const [entry] = queue;
  t.match(
    entry?.processedOffersSummary.rejectSummaryLastOffers.find((r) => r.reason === 'NoCorrespondingReservationFound'),
    { declined: 1 },
  );
  t.match(entry?.lastUnusedOffers, [{ reason: ['NoCorrespondingReservationFound'] }]);
  const explained = await ask(api, 'GET', '/ekiden/v1/explain/db');
  t.match(explained.text, 'NoCorrespondingReservationFound');
});

t.test('wipe gives the place up, on every way to kill', async (t) => {
  for (const kill of [
    (id: string) => ['DELETE', `/v2/apps/db/tasks/${id}?wipe=true`, undefined] as const,
    () => ['DELETE', '/v2/apps/db/tasks?wipe=true', undefined] as const,
    (id: string) => ['POST', '/v2/tasks/delete?wipe=true', { ids: [id] }] as const,
  ]) {
    const scheduler = await reserved(t);
    const { api, calls, service } = scheduler;
    const [place] = reservations(scheduler);
    if (place === undefined) throw new Error('no place');
    await scheduler.run('/db', { allocationRole: 'dev', reservations: [place] });
    const [instance] = service.state.instances.values();
    const taskId = instance?.taskId ?? '';
    const [method, path, body] = kill(taskId);
    const killed = await ask(api, method, path, body);
    t.equal(killed.status, 200, killed.text);
    await scheduler.status(taskId, 'TASK_KILLED');
    t.notOk(service.state.instances.has(instance?.id ?? ''), path);
    await ask(api, 'PUT', '/v2/apps/db?force=true', { instances: 0 });
    await scheduler.run('/db', { allocationRole: 'dev', reservations: [place] });
    t.match(
      calls.flatMap((call) => (call.type === 'accept' ? call.operations.map(({ type }) => type) : [])),
      ['reserve', 'create', 'launch', 'destroy', 'unreserve'],
    );
  }
});

t.test('what others reserved is nobody’s business here', async (t) => {
  const scheduler = await reserved(t);
  const [place] = reservations(scheduler);
  if (place === undefined) throw new Error('no place');
  const before = scheduler.calls.length;
  const foreign = { ...place, frameworkId: 'framework-2', instanceId: 'db.instance-x' };
  await scheduler.run('/db', { allocationRole: 'dev', reservations: [foreign] });
  t.notOk(scheduler.calls.slice(before).some((call) => call.type === 'accept'));
});
