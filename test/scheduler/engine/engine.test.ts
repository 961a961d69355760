import t from 'tap';
import { CatalogFeed } from '../../../src/catalog/feed.js';
import { silentLogger } from '../../../src/common/logger.js';
import { loadState } from '../../../src/scheduler/core/load.js';
import type { ClusterCall } from '../../../src/scheduler/core/effects.js';
import { storeKeys } from '../../../src/scheduler/core/keys.js';
import { Engine } from '../../../src/scheduler/engine.js';
import { createEventBus } from '../../../src/scheduler/event-bus.js';
import { readRecords } from '../../../src/scheduler/load-store.js';
import type { Cluster, ClusterListener } from '../../../src/scheduler/ports/cluster.js';
import { settings } from '../../sim/simulated-world.js';
import { createFakeChecker } from '../../support/fake-checker.js';
import { createMemoryStore } from '../../support/memory-store.js';
import type { MemoryStore } from '../../support/memory-store.js';
import { anOffer } from '../../support/scheduler-fixtures.js';
import { waitFor } from '../../support/wait.js';
import { launchedTasks } from '../../support/launched-tasks.js';

const origin = { clientIp: '127.0.0.1', uri: '/v2/apps' };

/** An engine with everything around it made up; `log` is what happened outside, in order. */
async function anEngine(store: MemoryStore = createMemoryStore()) {
  const log: string[] = [];
  const calls: ClusterCall[] = [];
  const fatal: Error[] = [];
  const listeners: ClusterListener[] = [];
  const cluster: Cluster = {
    start: (_id, listener) => void listeners.push(listener),
    send: async (sent) => {
      for (const call of sent) {
        calls.push(call);
        log.push(`call ${call.type}`);
      }
    },
    close: async () => undefined,
  };
  const events = createEventBus(Date.now, () => undefined);
  events.subscribe(({ event }) => log.push(`event ${event.type}`));
  const checker = createFakeChecker();
  const catalog = new CatalogFeed('E');
  const engine = new Engine({
    state: loadState(await readRecords(store)),
    settings,
    store,
    cluster,
    checker,
    events,
    catalog,
    logger: silentLogger,
    now: Date.now,
    random: () => 0,
    fatal: (error) => fatal.push(error),
  });
  await engine.load();
  engine.connect();
  const [listener] = listeners;
  if (listener === undefined) throw new Error('the engine did not subscribe');
  listener.registered('F', 'm:5050');
  return { engine, store, calls, log, fatal, checker, catalog, listener };
}

const create = (id: string, more: object = {}) =>
  ({ type: 'createApp', update: { id, cmd: 'sleep 1', instances: 1, ...more }, force: false, origin }) as const;

t.test('persist, then act, then publish, then reply', async (t) => {
  const { engine, store, log } = await anEngine();
  await waitFor('the registration', () => log.includes('event scheduler_registered_event'));
  log.length = 0;
  const release = store.holdWrites();
  const outcome = engine.execute(create('/a')).then((o) => {
    log.push('reply');
    return o;
  });
  await waitFor('the write', () => store.heldWrites > 0);
  t.same(log, [], 'nothing happens before the commit');
  release();
  t.match(await outcome, { type: 'deployed', created: [{ id: '/a' }] });
  t.equal(log[0], 'call revive');
  t.equal(log.at(-1), 'reply');
  t.ok(log.indexOf('event deployment_info') > 0);
  await engine.stop();
});

t.test('an instance is stored before its ACCEPT, a status before its acknowledgement', async (t) => {
  const { engine, store, calls, listener, catalog } = await anEngine();
  await engine.execute(create('/a'));
  const release = store.holdWrites();
  listener.offers([anOffer({})]);
  await waitFor('the write', () => store.heldWrites > 0);
  t.notOk(calls.some((c) => c.type === 'accept'));
  release();
  const accept = await waitFor('the ACCEPT', () => calls.find((c) => c.type === 'accept'));
  const taskId = launchedTasks([accept])[0]?.taskId ?? '';
  const releaseStatus = store.holdWrites();
  listener.status({ taskId, state: 'TASK_RUNNING', message: '', agentId: 'S1', uuid: 'u', ipAddresses: [] });
  await waitFor('the write', () => store.heldWrites > 0);
  t.notOk(calls.some((c) => c.type === 'acknowledge'));
  t.equal(catalog.view.instances.size, 0);
  releaseStatus();
  await waitFor('the acknowledgement', () => calls.some((c) => c.type === 'acknowledge'));
  await waitFor('the catalog', () => catalog.view.instances.has(taskId));
  await engine.stop();
  const stored = loadState(await readRecords(store));
  t.match([...stored.instances.values()], [{ taskId, condition: 'Running' }]);
});

t.test('a failed commit ends the engine; nothing of the turn is seen outside', async (t) => {
  const { engine, store, log, fatal } = await anEngine();
  await waitFor('the registration', () => log.includes('event scheduler_registered_event'));
  log.length = 0;
  store.failNextWrite(new Error('disk full'));
  const outcome = engine.execute(create('/a'));
  outcome.catch(() => undefined);
  await waitFor('the end', () => fatal.length > 0);
  t.match(fatal[0]?.message, 'disk full');
  t.same(log, []);
  await engine.stop();
  await t.rejects(outcome);
  await t.rejects(engine.execute(create('/b')));
});

t.test('one that cannot store what comes of loading says so, and does not go on', async (t) => {
  const before = await anEngine();
  await before.engine.execute(create('/a'));
  await before.engine.stop();
  const store = before.store.reopen();
  // The deployment finds that it has reached what it is for, and ends
  for await (const [key, value] of store.list(storeKeys.version('/a', ''))) {
    await store.write([{ key, value: { ...(value as object), instances: 0 } }]);
  }
  store.failNextWrite(new Error('disk full'));
  await t.rejects(anEngine(store), /disk full/);
});

t.test('commands that come together are one commit', async (t) => {
  const { engine, store, log } = await anEngine();
  await waitFor('the registration', () => log.includes('event scheduler_registered_event'));
  const before = store.writes;
  await Promise.all(Array.from({ length: 50 }, (_, i) => engine.execute(create(`/a${i}`))));
  t.ok(store.writes - before <= 2, `${store.writes - before} commits`);
  await engine.stop();
});

t.test('the catalog keeps the last known health over a restart', async (t) => {
  const first = await anEngine();
  await first.engine.execute(create('/a', { healthChecks: [{ protocol: 'HTTP', path: '/' }] }));
  first.listener.offers([anOffer({})]);
  const accept = await waitFor('the ACCEPT', () => first.calls.find((c) => c.type === 'accept'));
  const taskId = launchedTasks([accept])[0]?.taskId ?? '';
  first.listener.status({ taskId, state: 'TASK_RUNNING', message: '', agentId: 'S1', uuid: 'u', ipAddresses: [] });
  await waitFor('the check', () => first.checker.tasks.has(taskId));
  t.equal(first.catalog.view.instances.get(taskId)?.healthy, null, 'not checked yet');
  first.checker.run();
  await waitFor('the health', () => first.catalog.view.instances.get(taskId)?.healthy === true);
  const { seq } = first.catalog.view.position;
  const lastSuccess = (): string | undefined => first.engine.state.health.get(taskId)?.[0]?.lastSuccess;
  const before = lastSuccess();
  await waitFor('another result', () => {
    first.checker.run();
    return lastSuccess() !== before;
  });
  t.equal(first.catalog.view.position.seq, seq, 'a check that says the same again is no news for the catalog');
  await first.engine.stop();

  const second = await anEngine(first.store.reopen());
  t.equal(second.catalog.view.instances.get(taskId)?.healthy, true);
  t.ok(second.checker.tasks.has(taskId), 'it is checked again');
  t.equal(second.engine.state.health.get(taskId), undefined, 'results are those of this leadership');
  await second.engine.stop();
});

t.test('paused: what is under way is finished, commands are refused, news waits', async (t) => {
  const { engine, store, log, listener } = await anEngine();
  await waitFor('the registration', () => log.includes('event scheduler_registered_event'));
  const release = store.holdWrites();
  const underWay = engine.execute(create('/a'));
  await waitFor('the write', () => store.heldWrites > 0);
  const queued = engine.execute(create('/b')).catch((error: unknown) => error);
  const paused = engine.pause('a backup is made');
  const refused = { name: 'PausedError', message: 'a backup is made', statusCode: 503 };
  await t.rejects(engine.execute(create('/c')), refused);
  release();
  await paused;
  t.match(await underWay, { type: 'deployed' });
  t.match(await queued, refused, 'what was not begun is refused, too');

  const { writes } = store;
  listener.disconnected();
  await new Promise(setImmediate);
  t.notOk(log.includes('event scheduler_disconnected_event'));
  t.equal(store.writes, writes);
  engine.resume();
  await waitFor('the news', () => log.includes('event scheduler_disconnected_event'));
  t.match(await engine.execute(create('/b')), { type: 'deployed' });

  await engine.pause('again');
  await engine.stop();
  await t.rejects(engine.execute(create('/d')), /stopping/);
});
