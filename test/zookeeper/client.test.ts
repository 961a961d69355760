import t from 'tap';
import { zooKeeperCodeOf } from '../../src/zookeeper/errors.js';
import { keepSession } from '../../src/zookeeper/keep-session.js';
import { childPath, ensurePath, sequenceOf } from '../../src/zookeeper/paths.js';
import type { ZooKeeperClient } from '../../src/zookeeper/client.js';
import { silentLogger } from '../../src/common/logger.js';
import type { MultiOperation } from '../../src/zookeeper/requests.js';
import { freePort } from '../support/ports.js';
import { startTcpProxy } from '../support/tcp-proxy.js';
import { waitFor } from '../support/wait.js';
import { startZooKeeper, withoutZooKeeper } from '../support/zookeeper.js';
import { statesOf, zooKeeperClient } from '../support/zookeeper-client.js';

const bytes = (text: string): Buffer => Buffer.from(text);
const codeOf = (promise: Promise<unknown>): Promise<string | undefined> =>
  promise.then(
    () => 'no error',
    (error: unknown) => zooKeeperCodeOf(error) ?? String(error),
  );

t.test('a ZooKeeper server', { skip: withoutZooKeeper() }, async (t) => {
  const ensemble = await startZooKeeper(t);
  const { hosts } = ensemble;
  const [server] = ensemble.servers;
  if (server === undefined) throw new Error('no server');

  t.test('nodes are made, read, changed, listed and removed', async (t) => {
    const client = zooKeeperClient(t, hosts);
    t.equal(await client.create('/crud', bytes('one')), '/crud');
    t.equal(await codeOf(client.create('/crud', bytes('two'))), 'NODE_EXISTS');
    const { data, stat } = await client.get('/crud');
    t.equal(data.toString(), 'one');
    t.match(stat, { version: 0, ephemeralOwner: 0n, dataLength: 3, numChildren: 0 });
    t.equal((await client.set('/crud', bytes('two'), 0)).version, 1);
    t.equal(await codeOf(client.set('/crud', bytes('three'), 0)), 'BAD_VERSION');
    await client.set('/crud', Buffer.alloc(0));
    t.equal((await client.get('/crud')).data.length, 0, 'a node may be empty');
    await ensurePath(client, '/crud/a/b');
    await ensurePath(client, '/crud/a/b');
    await ensurePath(client, '/crud/c');
    t.same((await client.children('/crud')).sort(), ['a', 'c']);
    t.equal(await codeOf(client.remove('/crud')), 'NOT_EMPTY');
    t.equal(await codeOf(client.remove('/crud/c', 7)), 'BAD_VERSION');
    await client.remove('/crud/c');
    t.equal(await client.exists('/crud/c'), undefined);
    t.equal(await codeOf(client.get('/crud/c')), 'NO_NODE');
    t.equal(await codeOf(client.get('no/slash')), 'BAD_REQUEST');
    t.equal(childPath('/', 'a'), '/a');
    t.equal(childPath('/a', 'b'), '/a/b');
  });

  t.test('who has a user of his own keeps his nodes, and locks nobody out beside them', async (t) => {
    const owner = zooKeeperClient(t, hosts, { credentials: { user: 'ekiden', password: 'word' } });
    const other = zooKeeperClient(t, hosts);
    await ensurePath(owner, '/site/ekiden/marathon/leader', '/site/ekiden/marathon');
    await ensurePath(other, '/site/ekiden/mesos');
    t.same((await other.children('/site/ekiden')).sort(), ['marathon', 'mesos']);
    t.equal(await codeOf(other.remove('/site/ekiden/mesos')), 'NO_AUTH', 'to make is not to remove');
    t.equal(await codeOf(other.create('/site/ekiden/marathon/mine', bytes(''))), 'NO_AUTH');
    t.equal(await codeOf(other.set('/site/ekiden/marathon', bytes('x'))), 'NO_AUTH');
  });

  t.test('sequential nodes count up; ephemeral ones go with their session', async (t) => {
    const owner = zooKeeperClient(t, hosts);
    const other = zooKeeperClient(t, hosts);
    await ensurePath(owner, '/members');
    const first = await owner.create('/members/m-', bytes('x'), 'ephemeralSequential');
    const second = await owner.create('/members/m-', bytes('y'), 'ephemeralSequential');
    t.equal(sequenceOf(first), 0);
    t.equal(sequenceOf(second), 1);
    t.equal(sequenceOf('m-'), undefined);
    t.not((await other.exists(first))?.ephemeralOwner, 0n);
    await owner.close();
    t.same(await other.children('/members'), [], 'at once when the session is closed');
  });

  t.test('watchers hear once of a change', async (t) => {
    const client = zooKeeperClient(t, hosts);
    await client.create('/watched', bytes('0'));
    const heard: string[] = [];
    await client.get('/watched', () => heard.push('data'));
    await client.children('/watched', () => heard.push('children'));
    await client.exists('/watched/child', () => heard.push('exists'));
    await client.set('/watched', bytes('1'));
    await client.set('/watched', bytes('2'));
    await client.create('/watched/child', bytes(''));
    await waitFor('three notices', () => heard.length >= 3);
    t.same(heard.sort(), ['children', 'data', 'exists']);
  });

  t.test('a multi is all or nothing, and says which operation was refused', async (t) => {
    const client = zooKeeperClient(t, hosts);
    await client.create('/multi', bytes('fence'));
    await client.multi([
      { type: 'check', path: '/multi', version: 0 },
      { type: 'create', path: '/multi/a', data: bytes('a') },
      { type: 'create', path: '/multi/b-', data: bytes('b'), mode: 'persistentSequential' },
      { type: 'set', path: '/multi/a', data: bytes('aa'), version: 0 },
    ]);
    t.equal((await client.get('/multi/a')).data.toString(), 'aa');
    const refusal = await client
      .multi([
        { type: 'remove', path: '/multi/a' },
        { type: 'create', path: '/multi/b-0000000001', data: bytes('') },
        { type: 'create', path: '/multi/c', data: bytes('') },
      ])
      .catch((error: unknown) => error);
    t.match(refusal, { code: 'NODE_EXISTS', operation: 1, maybeApplied: false });
    t.equal((await client.get('/multi/a')).data.toString(), 'aa', 'nothing was applied');
    await client.set('/multi', bytes('other'));
    const fenced = await client
      .multi([
        { type: 'check', path: '/multi', version: 0 },
        { type: 'remove', path: '/multi/a' },
      ])
      .catch((error: unknown) => error);
    t.match(fenced, { code: 'BAD_VERSION', operation: 0 }, 'version 0 is a version, not any');
    const zero = await client.multi([{ type: 'remove', path: '/multi/a', version: 0 }]).catch((e: unknown) => e);
    t.match(zero, { code: 'BAD_VERSION', operation: 0 });
    const absent = await client.multi([{ type: 'check', path: '/gone' }]).catch((error: unknown) => error);
    t.match(absent, { code: 'NO_NODE', operation: 0 });
    t.equal(await codeOf(client.multi([{ type: 'check', path: '' }])), 'BAD_REQUEST');
  });

  t.test('what is too large for the servers is refused before it costs the connection', async (t) => {
    const client = zooKeeperClient(t, hosts);
    await client.connected();
    const states = statesOf(client);
    const create = (path: string, length: number): MultiOperation => {
      return { type: 'create', path, data: Buffer.alloc(length, 67) };
    };
    await client.multi([create('/large-a', 500_000), create('/large-b', 500_000)]);
    const refusal = await client
      .multi([create('/large-c', 600_000), create('/large-d', 600_000)])
      .catch((error: unknown) => error);
    t.match(refusal, { code: 'BAD_REQUEST', maybeApplied: false, message: /1200316 bytes.*jute\.maxbuffer/ });
    t.equal(await codeOf(client.create('/large-e', Buffer.alloc(1_100_000))), 'BAD_REQUEST');
    t.equal(await client.exists('/large-c'), undefined);
    t.same(states, []);
  });

  t.test('with a user and password, nodes are their own', async (t) => {
    const credentials = { user: 'ekiden', password: 'pa:ss@wo/rd' };
    const proxy = await startTcpProxy(t, server.port);
    const owner = zooKeeperClient(t, `127.0.0.1:${proxy.port}`, { credentials });
    await owner.create('/own', bytes('secret'));
    const stranger = zooKeeperClient(t, hosts);
    const wrong = zooKeeperClient(t, hosts, { credentials: { user: 'ekiden', password: 'guess' } });
    t.equal(await codeOf(stranger.get('/own')), 'NO_AUTH');
    t.match(await stranger.get('/own').catch((error: unknown) => error), {
      message: /\/own: the node belongs to another/,
    });
    t.equal(await codeOf(wrong.set('/own', bytes('x'))), 'NO_AUTH');
    proxy.cut();
    t.equal((await owner.get('/own')).data.toString(), 'secret', 'on a new connection, too');
    await owner.multi([{ type: 'create', path: '/own/child', data: bytes('') }]);
    t.equal(await codeOf(stranger.get('/own/child')), 'NO_AUTH');
  });

  t.test(
    'a connection that breaks: reads are repeated, writes are uncertain, the session and its watches go on',
    async (t) => {
      const proxy = await startTcpProxy(t, server.port);
      const client = zooKeeperClient(t, `127.0.0.1:${proxy.port}`);
      const other = zooKeeperClient(t, hosts);
      await client.create('/cut', Buffer.alloc(500, 65));
      const ephemeral = await client.create('/cut-e', bytes(''), 'ephemeral');
      let heard = 0;
      await client.exists('/cut-watched', () => heard++);
      const states = statesOf(client);

      proxy.cutNextAnswerAfter(100);
      t.equal((await client.get('/cut')).data.length, 500, 'half an answer does not poison the next connection');
      t.same(states, ['suspended', 'connected']);
      t.not(await other.exists(ephemeral), undefined, 'the same session');

      proxy.cutNextAnswerAfter(3);
      const write = await client.set('/cut', bytes('new')).catch((error: unknown) => error);
      t.match(write, { code: 'CONNECTION_LOSS', maybeApplied: true });
      t.equal((await client.get('/cut')).data.toString(), 'new', 'it was applied here');

      proxy.cut();
      await other.create('/cut-watched', bytes(''));
      await waitFor('the watcher', () => heard === 1);
    },
  );

  t.test(
    'silence: disconnected after two thirds of the session, before the session is over; then a new session',
    async (t) => {
      const proxy = await startTcpProxy(t, server.port);
      const other = zooKeeperClient(t, hosts);
      const sessions: ZooKeeperClient[] = [];
      const kept = keepSession({
        open: () => zooKeeperClient(t, `127.0.0.1:${proxy.port}`),
        follow: async (client) => {
          await client.create('/silent', bytes(String(sessions.length)), 'ephemeral');
          sessions.push(client);
        },
        logger: silentLogger,
        random: Math.random,
      });
      t.teardown(() => kept.close());
      const first = await waitFor('a session', () => sessions[0]);
      t.equal(first.sessionTimeoutMs, 2_000);
      const states = statesOf(first);
      proxy.blackhole();
      const hanging = codeOf(first.set('/silent', bytes('late')));
      await waitFor('the loss to be noticed', () => states.includes('disconnected'), { everyMs: 5 });
      t.not(await other.exists('/silent'), undefined, 'the servers still know the session');
      t.equal(await hanging, 'CONNECTION_LOSS');
      await waitFor('the end of the session', async () => (await other.exists('/silent')) === undefined);
      proxy.heal();
      await waitFor('another session', () => sessions.length === 2);
      t.equal(states.at(-1), 'expired');
      t.equal(await codeOf(first.get('/silent')), 'SESSION_EXPIRED');
      t.equal((await other.get('/silent')).data.toString(), '1');
    },
  );

  t.test('a server that freezes for less than a session keeps it', async (t) => {
    const client = zooKeeperClient(t, hosts, { sessionTimeoutMs: 6_000 });
    await client.create('/frozen', bytes(''), 'ephemeral');
    const states = statesOf(client);
    server.freeze();
    await waitFor('the freeze to be noticed', () => states.includes('disconnected'), { everyMs: 5 });
    server.resume();
    await client.connected(10_000);
    t.not(await client.exists('/frozen'), undefined);
    t.notOk(states.includes('expired'));
  });

  t.test('closing takes no longer than a second, whatever the server does', async (t) => {
    const proxy = await startTcpProxy(t, server.port);
    const deaf = zooKeeperClient(t, `127.0.0.1:${proxy.port}`);
    await deaf.connected();
    proxy.blackhole();
    const pending = codeOf(deaf.get('/'));
    await deaf.close();
    t.equal(await pending, 'CLOSED');
    t.equal(await codeOf(deaf.get('/')), 'CLOSED');
    await deaf.close();
    const before = proxy.connections;
    const never = zooKeeperClient(t, `127.0.0.1:${await freePort()}`);
    await never.close();
    t.equal(never.state, 'closed');
    t.equal(await codeOf(never.connected()), 'CLOSED');
    t.equal(proxy.connections, before, 'a closed client does not connect again');
  });

  t.test('without a server requests wait, a bounded number of them and for a bounded time', async (t) => {
    const client = zooKeeperClient(t, `127.0.0.1:${await freePort()}`, { requestTimeoutMs: 300 });
    const waiting = Array.from({ length: 10_000 }, () => codeOf(client.get('/')));
    t.equal(await codeOf(client.get('/')), 'TOO_MANY_REQUESTS');
    t.equal(await waiting[0], 'CONNECTION_LOSS');
    t.match(await client.connected(50).catch((error: unknown) => error), { message: /no ZooKeeper server of 127/ });
    const late = await client.create('/late', bytes('')).catch((error: unknown) => error);
    t.match(late, { code: 'CONNECTION_LOSS', maybeApplied: false });
  });

  t.test('ten thousand requests at once', async (t) => {
    const client = zooKeeperClient(t, hosts, { sessionTimeoutMs: 20_000 });
    await client.create('/many', Buffer.alloc(2_000, 66));
    const answers = await Promise.all(Array.from({ length: 9_000 }, () => client.get('/many')));
    t.ok(answers.every(({ data }) => data.length === 2_000));
  });
});
