import t from 'tap';
import { followEkidenStream } from '../../src/catalog/providers/ekiden-stream.js';
import { silentLogger } from '../../src/common/logger.js';
import { listen } from '../../src/http/server.js';
import { ask, startFakeScheduler } from '../support/fake-service.js';
import { waitFor } from '../support/wait.js';

interface Shown {
  edges: { edge: string; role: string; live: boolean; seq?: number; behind?: number; apiUrl?: string }[];
  changes: { seq: number; apps: string[]; reached: { edge: string; ms: number }[]; missing: { edge: string }[] }[];
}

t.test('an edge introduces itself, and what it has is shown', async (t) => {
  const scheduler = await startFakeScheduler(t);
  const port = await listen(scheduler.api, { host: '127.0.0.1', port: 0, flag: 'http_port' });
  const stream = followEkidenStream({
    schedulers: [`http://127.0.0.1:${port}`],
    announcement: { edge: 'edge1:8053', role: 'dns', apiUrl: 'http://edge1:8123' },
    logger: silentLogger,
    onMessage: () => stream.acknowledge(stream.catalog.position),
  });
  t.teardown(() => stream.close());
  const shown = async (query = ''): Promise<Shown> =>
    (await ask(scheduler.api, 'GET', `/ekiden/v1/propagation${query}`)).json as unknown as Shown;
  await waitFor('the first receipt', async () => (await shown()).edges[0]?.seq !== undefined);
  t.match(await shown(), {
    edges: [{ edge: 'edge1:8053', role: 'dns', apiUrl: 'http://edge1:8123', live: true, behind: 0 }],
  });
  await ask(scheduler.api, 'POST', '/v2/apps', { id: '/web', cmd: 'sleep 1', instances: 0 });
  const everywhere = await waitFor('the change', async () => {
    const { changes } = await shown('?app=/web&limit=1');
    return changes[0]?.reached.length === 1 && changes[0];
  });
  t.match(everywhere, { apps: ['/web'], missing: [], reached: [{ edge: 'edge1:8053', role: 'dns' }] });
  t.type((everywhere as { everywhereAfterMs?: number }).everywhereAfterMs, 'number');
  t.strictSame((await shown('?role=lb')).edges, []);
});

t.test('what is no receipt, and what nobody can be called', async (t) => {
  const scheduler = await startFakeScheduler(t);
  const receipt = { edge: 'a:1', role: 'dns', epoch: 'epoch', seq: 0 };
  t.equal((await ask(scheduler.api, 'POST', '/ekiden/v1/receipts', receipt)).status, 204);
  for (const bad of [{ ...receipt, role: 'x' }, { ...receipt, edge: 'a b' }, { ...receipt, seq: -1 }, {}]) {
    const answer = await ask(scheduler.api, 'POST', '/ekiden/v1/receipts', bad);
    t.equal(answer.status, 422, JSON.stringify(bad));
  }
  const odd = ['edge=a%20b&role=dns', 'edge=a:1&role=web', 'edge=a:1&role=lb&apiUrl=file:///x'];
  for (const query of [...odd, 'edge=a:1&role=lb&apiUrl=http://me:secret@a/']) {
    const answer = await ask(scheduler.api, 'GET', `/ekiden/v1/catalog/stream?${query}`);
    t.equal(answer.status, 422, query);
  }
  for (const query of ['limit=0', 'limit=513', 'limit=x', 'role=web']) {
    t.equal((await ask(scheduler.api, 'GET', `/ekiden/v1/propagation?${query}`)).status, 400, query);
  }
  t.match((await ask(scheduler.api, 'GET', '/ekiden/v1/propagation')).json, { edges: [{ edge: 'a:1', seq: 0 }] });
});

t.test('a receipt that could not be sent is sent again; only the newest counts', async (t) => {
  const { ReceiptSender } = await import('../../src/catalog/providers/receipt-sender.js');
  const sent: string[] = [];
  const answers: (number | undefined | Error)[] = [503, new Error('away'), 204, 422];
  let release: () => void = () => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  const sender = new ReceiptSender({
    logger: silentLogger,
    send: async (body) => {
      sent.push(body);
      if (sent.length === 1) await held;
      const answer = answers[sent.length - 1];
      if (answer instanceof Error) throw answer;
      return answer;
    },
  });
  t.teardown(() => sender.close());
  sender.send('1');
  sender.send('2');
  sender.send('3');
  release();
  await waitFor('the third attempt', () => sent.length === 3);
  t.strictSame(sent, ['1', '3', '3'], 'the second one was outrun');
  sender.send('4');
  await waitFor('the refusal', () => sent.length === 4);
  sender.connected();
  t.equal(sent.length, 4, 'what is refused is not sent again');
});

t.test('on a new connection the newest receipt is sent again: the edge may have been forgotten', async (t) => {
  const { ReceiptSender } = await import('../../src/catalog/providers/receipt-sender.js');
  const sent: string[] = [];
  const sender = new ReceiptSender({
    logger: silentLogger,
    send: (body) => {
      sent.push(body);
      return Promise.resolve(204);
    },
  });
  t.teardown(() => sender.close());
  sender.connected();
  t.strictSame(sent, [], 'there is none yet');
  sender.send('1');
  await new Promise(setImmediate);
  sender.send('2');
  await new Promise(setImmediate);
  sender.connected();
  t.strictSame(sent, ['1', '2', '2']);
});

t.test('without an announcement no receipt is sent', async (t) => {
  const scheduler = await startFakeScheduler(t);
  const port = await listen(scheduler.api, { host: '127.0.0.1', port: 0, flag: 'http_port' });
  const stream = followEkidenStream({
    schedulers: [`http://127.0.0.1:${port}`],
    logger: silentLogger,
    onMessage: () => undefined,
  });
  t.teardown(() => stream.close());
  await waitFor('the snapshot', () => stream.status.synced);
  stream.acknowledge(stream.catalog.position);
  t.match((await ask(scheduler.api, 'GET', '/ekiden/v1/propagation')).json, { edges: [] });
});
