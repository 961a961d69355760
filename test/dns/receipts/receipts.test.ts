import t from 'tap';
import type { Test } from 'tap';
import { Receipts } from '../../../src/dns/receipts/receipts.js';
import type { CatalogMessage } from '../../../src/catalog/types.js';
import { catalogInstance } from '../../support/fake-catalog.js';
import { waitFor } from '../../support/wait.js';

function setUp(t: Test) {
  const position = { epoch: '1', seq: 0 };
  const running = new Set<string>();
  const sent: string[] = [];
  let serve: () => void = () => undefined;
  let held: Promise<void> = Promise.resolve();
  let now = 1_000;
  const receipts = new Receipts({
    catalog: { position },
    isRunning: (taskId) => running.has(taskId),
    whenServed: () => held,
    acknowledge: ({ epoch, seq }) => sent.push(`${epoch}:${seq}`),
    monotonicMs: () => now,
  });
  t.teardown(() => receipts.stop());
  return {
    receipts,
    running,
    sent,
    wait: (ms: number) => void (now += ms),
    hold: () => void (held = new Promise((resolve) => (serve = resolve))),
    serve: () => {
      held = Promise.resolve();
      serve();
    },
    snapshot: (epoch: string, seq: number, ...taskIds: string[]): void => {
      Object.assign(position, { epoch, seq });
      const instances = taskIds.map((id) => catalogInstance('/web', id, []));
      receipts.onMessage({ type: 'snapshot', epoch, seq, apps: [], instances });
    },
    change: (taskIds: readonly string[], removed: readonly string[] = []): void => {
      position.seq++;
      const instances = taskIds.map((id) => catalogInstance('/web', id, []));
      const message: CatalogMessage = {
        type: 'change',
        ...position,
        apps: [],
        removedApps: [],
        instances,
        removedInstances: removed,
      };
      receipts.onMessage(message);
    },
  };
}

t.test('a position is told when all who answer know it', async (t) => {
  const { snapshot, change, hold, serve, running, sent } = setUp(t);
  running.add('t1');
  hold();
  snapshot('1', 5, 't1');
  change(['t1']);
  running.delete('t1');
  change([], ['t1']);
  t.strictSame(sent, []);
  serve();
  await waitFor('both', () => sent.length === 2);
  t.strictSame(sent, ['1:5', '1:7'], 'those in between are left out');
});

t.test('an instance counts when the master has told of it, or does not for long', async (t) => {
  const { receipts, snapshot, change, running, sent, wait } = setUp(t);
  snapshot('1', 1);
  change(['slow']);
  change(['other']);
  running.add('other');
  receipts.onCluster();
  await waitFor('what was before', () => sent.length === 1);
  t.strictSame(sent, ['1:1']);
  running.add('slow');
  receipts.onCluster();
  await waitFor('the rest', () => sent.length === 2);
  t.strictSame(sent, ['1:1', '1:3']);

  change(['never']);
  change(['gone']);
  change([], ['gone']);
  receipts.onCluster();
  t.equal(sent.length, 2);
  wait(10_000);
  receipts.onCluster();
  await waitFor('the end of patience', () => sent.length === 3);
  t.equal(sent[2], '1:6');
});

t.test('an instance is gone when the master has told of its end, or does not for long', async (t) => {
  const { receipts, snapshot, change, running, sent, wait } = setUp(t);
  running.add('t1').add('t2');
  snapshot('1', 1, 't1', 't2');
  await waitFor('the snapshot', () => sent.length === 1);
  change([], ['t1']);
  change(['t2']);
  receipts.onCluster();
  await new Promise(setImmediate);
  t.strictSame(sent, ['1:1'], 'names still lead there');
  running.delete('t1');
  receipts.onCluster();
  await waitFor('its end', () => sent.length === 2);
  t.equal(sent[1], '1:3');

  change([], ['t2']);
  change(['t2']);
  await waitFor('what is there again', () => sent.length === 3);
  t.equal(sent[2], '1:5');
  change([], ['t2']);
  wait(10_000);
  receipts.onCluster();
  await waitFor('the end of patience', () => sent.length === 4);
});

t.test('an instance whose agent is lost is not waited for: the master says nothing of it', async (t) => {
  const { receipts, sent } = setUp(t);
  const lost = { ...catalogInstance('/web', 'a', []), unreachable: true as const };
  receipts.onMessage({ type: 'snapshot', epoch: '1', seq: 0, apps: [], instances: [lost] });
  await waitFor('the receipt', () => sent.includes('1:0'));
});

t.test('a new leadership begins anew, and nothing is told twice', async (t) => {
  const { receipts, snapshot, change, sent } = setUp(t);
  snapshot('1', 9);
  await waitFor('the first', () => sent.length === 1);
  receipts.onCluster();
  snapshot('1', 9);
  snapshot('2', 3, 'unknown');
  receipts.onCluster();
  t.equal(sent.length, 1, 'nobody knows since when it is there');
  change([], ['unknown']);
  await waitFor('the next', () => sent.length === 2);
  t.strictSame(sent, ['1:9', '2:4']);
});
