import t from 'tap';
import type { Test } from 'tap';
import { createServer } from 'node:http';
import { followEkidenStream } from '../../src/catalog/providers/ekiden-stream.js';
import type { EkidenStream, EkidenStreamOptions } from '../../src/catalog/providers/ekiden-stream.js';
import { silentLogger } from '../../src/common/logger.js';
import { catalogApp, catalogInstance, startFakeCatalog } from '../support/fake-catalog.js';
import type { FakeCatalog } from '../support/fake-catalog.js';
import { freePort } from '../support/ports.js';
import { waitFor } from '../support/wait.js';

async function fake(t: Test, options: Parameters<typeof startFakeCatalog>[0] = {}): Promise<FakeCatalog> {
  const catalog = await startFakeCatalog(options);
  t.teardown(() => catalog.close());
  return catalog;
}

function follow(
  t: Test,
  schedulers: readonly string[],
  more: Partial<EkidenStreamOptions> = {},
): EkidenStream & { messages: string[] } {
  const messages: string[] = [];
  const stream = followEkidenStream({
    schedulers,
    logger: silentLogger,
    onMessage: (message) => messages.push(`${message.type} ${message.epoch}:${message.seq}`),
    random: () => 0,
    ...more,
  });
  t.teardown(() => stream.close());
  return Object.defineProperty(stream, 'messages', { value: messages }) as EkidenStream & { messages: string[] };
}

t.test('takes a snapshot, then changes', async (t) => {
  const catalog = await fake(t);
  catalog.publish({ apps: [catalogApp('/a', 10001)] });
  const stream = follow(t, [catalog.url]);
  await waitFor('the snapshot', () => stream.status.synced);
  t.same([...stream.catalog.apps.keys()], ['/a']);
  catalog.publish({ instances: [catalogInstance('/a', 't1', [31000])] });
  await waitFor('the change', () => stream.catalog.instances.has('t1'));
  t.same(stream.messages, ['snapshot e1:1', 'change e1:2']);
  t.match(stream.status, { connected: true, scheduler: catalog.url, lastError: undefined });
});

t.test('resumes after a cut, without a second snapshot', async (t) => {
  const catalog = await fake(t);
  const stream = follow(t, [`${catalog.url}/`]);
  await waitFor('the snapshot', () => stream.status.synced);
  catalog.disconnect();
  await waitFor('the cut', () => !stream.status.connected);
  catalog.publish({ apps: [catalogApp('/late', 1)] });
  await waitFor('what was missed', () => stream.catalog.apps.has('/late'));
  t.same(stream.messages, ['snapshot e1:0', 'change e1:1']);
  t.same(catalog.requests, [undefined, 'e1:0']);
});

t.test('goes on after answers other than 200, and keeps what it knows meanwhile', async (t) => {
  const catalog = await fake(t);
  catalog.publish({ apps: [catalogApp('/a', 1)] });
  const stream = follow(t, [catalog.url]);
  await waitFor('the snapshot', () => stream.status.synced);
  for (const status of [503, 204, 401, 500]) {
    catalog.answerWith({ status });
    catalog.disconnect();
    await waitFor(`the ${status}`, () => stream.status.lastError?.includes(String(status)) === true);
    t.ok(stream.status.synced);
    t.ok(stream.catalog.apps.has('/a'));
    catalog.answerWith(undefined);
    catalog.publish({ apps: [catalogApp(`/after${status}`, 1)] });
    await waitFor('the next change', () => stream.catalog.apps.has(`/after${status}`));
  }
});

t.test('a new epoch brings a snapshot that replaces everything', async (t) => {
  const catalog = await fake(t);
  catalog.publish({ apps: [catalogApp('/old', 1)] });
  const stream = follow(t, [catalog.url]);
  await waitFor('the snapshot', () => stream.catalog.apps.has('/old'));
  catalog.newEpoch('e2');
  catalog.publish({ apps: [catalogApp('/new', 1)] });
  await waitFor('the new leadership', () => stream.catalog.apps.has('/new'));
  t.same([...stream.catalog.apps.keys()], ['/new']);
});

t.test('tries the schedulers in turn, and follows a standby to its leader', async (t) => {
  const leader = await fake(t);
  const standby = await fake(t);
  standby.answerWith({ status: 307, location: `${leader.url}/ekiden/v1/catalog/stream` });
  const dead = `http://127.0.0.1:${await freePort()}`;
  leader.publish({ apps: [catalogApp('/a', 1)] });
  const stream = follow(t, ['nonsense', dead, standby.url]);
  await waitFor('the snapshot', () => stream.status.synced);
  t.equal(stream.status.scheduler, standby.url);
  leader.disconnect();
  await waitFor('the resumption', () => leader.requests.length >= 2 && stream.status.connected);
  t.equal(leader.requests.at(-1), 'e1:1', 'the position goes with the redirect');
});

t.test('knows the leader that a scheduler has named when that scheduler is gone', async (t) => {
  const leader = await fake(t);
  const own = await startFakeCatalog();
  own.answerWith({ status: 307, location: `${leader.url}/ekiden/v1/catalog/stream` });
  leader.publish({ apps: [catalogApp('/a', 1)] });
  const stream = follow(t, [`${own.url}/`]);
  await waitFor('the snapshot', () => stream.status.synced);
  await own.close();
  leader.disconnect();
  leader.publish({ apps: [catalogApp('/b', 1)] });
  await waitFor('what the leader tells', () => stream.catalog.apps.has('/b'));
  t.equal(stream.status.scheduler, leader.url);
  await waitFor('the connection', () => stream.status.connected);
});

t.test('what is known of a leadership is not replaced by what an earlier one knew', async (t) => {
  const deposed = await fake(t, { epoch: '9' });
  const next = await fake(t, { epoch: '10' });
  deposed.publish({ apps: [catalogApp('/old', 1)] });
  next.publish({ apps: [catalogApp('/new', 1)] });
  const stream = follow(t, [deposed.url, next.url]);
  await waitFor('the first leader', () => stream.catalog.apps.has('/old'));
  deposed.disconnect();
  await waitFor('its successor', () => stream.catalog.apps.has('/new'));
  next.answerWith({ status: 503 });
  next.disconnect();
  await waitFor('the refusal', () => /leadership 9, which is before 10/.test(stream.status.lastError ?? ''));
  const { length } = deposed.requests;
  await waitFor('more attempts', () => deposed.requests.length > length + 2);
  t.same([...stream.catalog.apps.keys()], ['/new']);
  t.same(stream.catalog.position, { epoch: '10', seq: 1 });
  t.ok(stream.status.synced, 'what is known is kept');
  next.answerWith(undefined);
  next.publish({ apps: [catalogApp('/newer', 1)] });
  await waitFor('the resumption', () => stream.catalog.apps.has('/newer'));
  t.equal(stream.messages.filter((message) => message.startsWith('snapshot')).length, 2, 'without another snapshot');
});

t.test('when nobody knows of anything later the state was begun anew', async (t) => {
  const catalog = await fake(t, { epoch: '100' });
  catalog.publish({ apps: [catalogApp('/old', 1)] });
  const stream = follow(t, [catalog.url], { epochPatienceMs: 500 });
  await waitFor('the first', () => stream.catalog.apps.has('/old'));
  catalog.newEpoch('1');
  catalog.publish({ apps: [catalogApp('/anew', 1)] });
  await waitFor('the refusal', () => /leadership 1, which is before 100/.test(stream.status.lastError ?? ''));
  await waitFor('the new state', () => stream.catalog.apps.has('/anew'));
  t.same([...stream.catalog.apps.keys()], ['/anew']);
});

t.test('gives up on a circle of redirects, and tries again', async (t) => {
  const catalog = await fake(t);
  catalog.answerWith({ status: 307, location: '/ekiden/v1/catalog/stream' });
  const stream = follow(t, [catalog.url]);
  await waitFor('the error', () => /redirects/.test(stream.status.lastError ?? ''));
  catalog.answerWith(undefined);
  await waitFor('the snapshot', () => stream.status.synced);
});

t.test('asks for a snapshot after a message that does not follow, or cannot be read', async (t) => {
  const catalog = await fake(t);
  catalog.publish({ apps: [catalogApp('/a', 1)] });
  const stream = follow(t, [catalog.url]);
  await waitFor('the snapshot', () => stream.status.synced);
  const bad = [
    ['change', '{"epoch":"e1","seq":9,"apps":[],"removedApps":[],"instances":[],"removedInstances":[]}'],
    ['change', 'no json'],
    ['snapshot', '[]'],
    ['snapshot', '{"epoch":"","seq":1}'],
    ['snapshot', '{"epoch":"e1","seq":"1"}'],
    ['snapshot', '{"epoch":"e1","seq":1,"apps":[],"instances":[{}]}'],
    ['change', '{"epoch":"e1","seq":2,"apps":[],"instances":[],"removedApps":[1],"removedInstances":[]}'],
  ] as const;
  for (const [index, [event, data]] of bad.entries()) {
    catalog.sendRaw(event, data);
    await waitFor(`the repair after ${data}`, () => catalog.requests.length === index + 2 && stream.status.connected);
    t.equal(catalog.requests.at(-1), undefined, data);
    t.same([...stream.catalog.apps.keys()], ['/a']);
    await waitFor('the snapshot', () => stream.messages.length === index + 2);
  }
  catalog.sendRaw('of-a-later-version', 'anything');
  catalog.publish({ apps: [catalogApp('/b', 2)] });
  await waitFor('the change', () => stream.catalog.apps.has('/b'));
  t.equal(catalog.requests.length, bad.length + 1, 'unknown events are passed over');
});

t.test('an event without an end is cut off', async (t) => {
  const catalog = await fake(t);
  const stream = follow(t, [catalog.url], { maxEventBytes: 10_000 });
  await waitFor('the snapshot', () => stream.status.synced);
  catalog.sendRaw('change', 'x'.repeat(20_000));
  await waitFor('the error', () => /larger than 10000 bytes/.test(stream.status.lastError ?? ''));
});

t.test('silence counts as a dead connection; empty lines do not', async (t) => {
  const quiet = createServer((_request, response) => {
    response.writeHead(200, { 'Content-Type': 'text/event-stream' });
    response.flushHeaders();
  });
  const port = await freePort();
  await new Promise<void>((resolve) => quiet.listen(port, '127.0.0.1', resolve));
  t.teardown(() => {
    quiet.closeAllConnections();
    quiet.close();
  });
  const stream = follow(t, [`http://127.0.0.1:${port}`], { idleTimeoutMs: 300 });
  await waitFor('the connection', () => stream.status.connected);
  await waitFor('the timeout', () => /imeout/.test(stream.status.lastError ?? ''));

  const alive = await fake(t, { keepAliveMs: 100 });
  const kept = follow(t, [alive.url], { idleTimeoutMs: 1_000 });
  await waitFor('the snapshot', () => kept.status.synced);
  await new Promise((resolve) => setTimeout(resolve, 3_000));
  t.equal(alive.requests.length, 1);
});

t.test('needs somebody to follow', (t) => {
  t.throws(() => follow(t, []), /at least one scheduler/);
  t.end();
});
