// The real scheduler, and a master whose connection breaks at the worst moments: nothing is launched twice, nothing stays lost.
import type { Test } from 'tap';
import t from 'tap';
import { messageOf } from '../../src/common/errors.js';
import { startScheduler } from '../../src/scheduler/start.js';
import { ask } from '../e2e/support/http.js';
import { options } from '../support/fake-service.js';
import { startFakeSchedulerApi } from '../support/fake-scheduler-api.js';
import { memoryLogger } from '../support/memory-logger.js';
import { playMesos } from '../support/played-mesos.js';
import { freePort } from '../support/ports.js';
import { waitFor } from '../support/wait.js';

interface Shown {
  readonly app: { readonly tasks: readonly { readonly id: string; readonly state: string }[] };
}

async function start(t: Test, heartbeatIntervalMs = 15_000) {
  const master = await startFakeSchedulerApi();
  t.teardown(() => master.stop());
  const httpPort = await freePort();
  const { logger, lines } = memoryLogger();
  const mesos = playMesos(master);
  const scheduler = await startScheduler(
    {
      ...options,
      master: master.authority,
      mesos: { ...options.mesos, heartbeatIntervalMs },
      httpPort,
      workDir: t.testdir(),
      minReviveOffersIntervalMs: 20,
      reconciliationInitialDelayMs: 200,
    },
    { logger, fatal: (error) => t.fail(messageOf(error)) },
  );
  t.teardown(() => scheduler.stop('self'));
  await waitFor('the subscription', () => master.streams.length > 0);

  const send = async (method: string, path: string, body: object): Promise<void> => {
    const { status, text } = await ask(httpPort, path, { method, body });
    if (status >= 300) throw new Error(`${method} ${path}: ${status} ${text}`);
  };
  const shown = async (): Promise<string[]> => {
    const { text } = await ask(httpPort, '/v2/apps//a');
    const { tasks } = (JSON.parse(text) as Shown).app;
    return tasks.filter(({ state }) => state === 'TASK_RUNNING').map(({ id }) => id);
  };
  /** Resolves when so many tasks run, the same for the scheduler and for Mesos. */
  const agreed = async (count: number): Promise<string[]> =>
    waitFor(`${count} tasks`, async () => {
      const [seen, running] = [(await shown()).sort(), mesos.running().sort()];
      return running.length === count && seen.join() === running.join() ? running : false;
    });
  const subscriptions = (): number => master.calls.filter(({ type }) => type === 'SUBSCRIBE').length;
  await send('POST', '/v2/apps', { id: '/a', cmd: 'sleep 1', cpus: 0.1, mem: 32, instances: 3, backoffSeconds: 0 });
  await agreed(3);
  return {
    master,
    mesos,
    lines,
    agreed,
    subscriptions,
    scale: (instances: number) => send('PUT', '/v2/apps//a?force=true', { instances }),
    resubscribed: (count: number) => waitFor(`subscription ${count}`, () => subscriptions() >= count),
  };
}

t.test('the stream is cut in the middle of the news that a task has failed', async (t) => {
  const w = await start(t);
  const before = await w.agreed(3);
  const [failed = ''] = before;
  const cut = w.mesos.cutNextRecord();
  w.mesos.fail(failed);
  await cut;
  await w.resubscribed(2);
  const after = await waitFor('the replacement', async () => {
    const running = await w.agreed(3);
    return running.includes(failed) ? false : running;
  });
  t.equal(w.mesos.launched.length, 4, 'the failed one alone was replaced');
  t.equal(after.filter((id) => before.includes(id)).length, 2);
  await w.scale(4);
  await w.agreed(4);
  t.equal(w.mesos.launched.length, 5);
});

t.test('the stream is cut in the middle of an offer', async (t) => {
  const w = await start(t);
  const before = await w.agreed(3);
  const cut = w.mesos.cutNextRecord();
  await w.scale(5);
  await cut;
  await w.resubscribed(2);
  const after = await w.agreed(5);
  t.same(
    before.filter((id) => !after.includes(id)),
    [],
  );
  t.equal(w.mesos.launched.length, 5);
});

t.test('the connection breaks when a launch was carried out and not answered', async (t) => {
  const w = await start(t);
  w.mesos.loseNextLaunch('done');
  await w.scale(4);
  await w.resubscribed(2);
  await w.agreed(4);
  t.equal(w.mesos.launched.length, 4, 'it is found by reconciliation, and not launched again');
});

t.test('the connection breaks when a launch has not arrived', async (t) => {
  const w = await start(t);
  w.mesos.loseNextLaunch('not done');
  await w.scale(4);
  await w.resubscribed(2);
  await w.agreed(4);
  t.equal(w.mesos.launched.length, 4, 'it is launched once more');
});

t.test('a master that restarts and does not know the agent yet', async (t) => {
  const w = await start(t);
  const before = await w.agreed(3);
  let answers = 0;
  const usual = w.master.intercept;
  w.mesos.forgetAgent();
  w.master.intercept = (call) => {
    if (answers++ < 2) return { status: 404, text: '404 Not Found.' };
    if (answers < 5) return { status: 503, text: 'Master has not finished recovery' };
    w.master.intercept = usual;
    return usual(call);
  };
  w.master.endStreams('abruptly');
  await w.resubscribed(2);
  await waitFor('reconciliation', () => w.master.calls.filter(({ type }) => type === 'RECONCILE').length >= 2);
  w.mesos.knowAgent();
  await w.scale(4);
  const after = await w.agreed(4);
  t.same(
    before.filter((id) => !after.includes(id)),
    [],
    'none was replaced',
  );
  t.equal(w.mesos.launched.length, 4);
});

t.test('a master that falls silent: whatever it said meanwhile on the old stream comes again', async (t) => {
  const w = await start(t);
  const before = await w.agreed(3);
  const usual = w.master.subscribed;
  w.master.subscribed = (call) => {
    w.master.subscribed = usual;
    const event = usual(call);
    if (event?.type !== 'SUBSCRIBED') return event;
    return { ...event, subscribed: { ...event.subscribed, heartbeat_interval_seconds: 0.05 } };
  };
  w.master.endStreams('cleanly');
  await w.resubscribed(3);
  t.ok(w.lines.some(({ reason }) => /nothing heard from the master for 0.25 s/.test(String(reason))));
  t.same(await w.agreed(3), before);
  t.equal(w.mesos.launched.length, 3);
});
