import { randomBytes } from 'node:crypto';
import t from 'tap';
import type { Test } from 'tap';
import { silentLogger } from '../../../../src/common/logger.js';
import type { ZooKeeperStore } from '../../../../src/scheduler/adapters/zookeeper/zookeeper-store.js';
import { openZooKeeperStore } from '../../../../src/scheduler/adapters/zookeeper/zookeeper-store.js';
import type { ZooKeeperClient } from '../../../../src/zookeeper/client.js';
import { zooKeeperCodeOf } from '../../../../src/zookeeper/errors.js';
import { childPath } from '../../../../src/zookeeper/paths.js';
import { waitFor } from '../../../support/wait.js';
import { startZooKeeper, withoutZooKeeper } from '../../../support/zookeeper.js';
import { zooKeeperClient } from '../../../support/zookeeper-client.js';

t.setTimeout(120_000);

function open(client: ZooKeeperClient, path: string, checkpointAfter = 100): Promise<ZooKeeperStore> {
  return openZooKeeperStore({
    client,
    path,
    holder: 'here:1',
    checkpointAfter: { commits: checkpointAfter, bytes: 1 << 20 },
    logger: silentLogger,
  });
}

async function pathsBelow(client: ZooKeeperClient, path: string): Promise<string[]> {
  const names = await client.children(path);
  const below = await Promise.all(names.map((name) => pathsBelow(client, childPath(path, name))));
  return [path, ...below.flat()];
}

t.test('whose the store is, and where it lies', { skip: withoutZooKeeper() }, async (t) => {
  const { hosts } = await startZooKeeper(t);
  const connect = (t: Test, login?: string): ZooKeeperClient => {
    const [user, password] = login?.split(':') ?? [];
    const credentials = user === undefined || password === undefined ? {} : { credentials: { user, password } };
    return zooKeeperClient(t, hosts, { sessionTimeoutMs: 10_000, ...credentials });
  };

  t.test('with a user and a password, every node of it is that user’s, and what is above it everybody’s', async (t) => {
    const owner = connect(t, 'ekiden:secret');
    const first = await open(owner, '/owned/marathon', 1);
    await first.write([{ key: 'large', value: { text: 'x'.repeat(50_000) } }]);
    await first.close();
    const store = await open(owner, '/owned/marathon');
    for (let n = 0; n < 6; n++) await store.write([{ key: `k${n}`, value: { n } }]);
    await store.close();
    const paths = await pathsBelow(owner, '/owned/marathon');
    for (const folder of ['journal', 'pages', 'blobs']) {
      t.ok(
        paths.some((path) => path.startsWith(`/owned/marathon/ekiden/${folder}/`)),
        `something is in ${folder}`,
      );
    }
    for (const login of [undefined, 'ekiden:guess', 'other:secret']) {
      const stranger = connect(t, login);
      const codesOf = (act: (path: string) => Promise<unknown>): Promise<unknown[]> =>
        Promise.all(
          paths.map((path) =>
            act(path).then(
              () => path,
              (error: unknown) => zooKeeperCodeOf(error),
            ),
          ),
        );
      const refused = paths.map(() => 'NO_AUTH');
      t.same(await codesOf((path) => stranger.get(path)), refused, `${login ?? 'nobody'} reads nothing`);
      t.same(await codesOf((path) => stranger.set(path, Buffer.alloc(0))), refused, 'changes nothing');
      t.same(await codesOf((path) => stranger.create(`${path}/x`, Buffer.alloc(0))), refused, 'adds nothing');
      t.same(await codesOf((path) => stranger.remove(path)), refused, 'removes nothing');
      await t.rejects(open(stranger, '/owned/marathon'), { message: /belongs to another user/ });
      t.same(await stranger.children('/owned'), ['marathon'], 'sees who else is there');
      await t.rejects(stranger.set('/owned', Buffer.from('x')), { message: /belongs to another user/ });
      await t.rejects(stranger.remove('/owned/marathon'), { message: /belongs to another user/ });
    }
    const neighbour = connect(t, 'other:secret');
    await (await open(neighbour, '/owned/other')).close();
    t.same((await neighbour.children('/owned')).sort(), ['marathon', 'other'], 'and can have a store beside it');
    const again = await open(owner, '/owned/marathon');
    t.same(await again.get('k5'), { n: 5 });
    t.equal(again.epoch, store.epoch + 1, 'and nobody has taken it');
  });

  t.test('the path is made, however deep; the root will do, and one that others use', async (t) => {
    const client = connect(t);
    await client.create('/shared', Buffer.from('of another program'));
    for (const path of ['/a/b/c/d', '/', '/shared']) {
      const store = await open(client, path);
      await store.write([{ key: 'a', value: { path } }]);
      await store.close();
      t.not(await client.exists(childPath(path, 'ekiden/fence')), undefined);
      t.same(await (await open(client, path)).get('a'), { path });
    }
    t.equal((await client.get('/shared')).data.toString(), 'of another program');
  });
});

t.test('a server without its majority that still lets others read', { skip: withoutZooKeeper() }, async (t) => {
  const { hosts, servers } = await startZooKeeper(t, 3, { properties: ['readonlymode.enabled=true'] });
  const client = zooKeeperClient(t, hosts, { sessionTimeoutMs: 4_000 });
  const store = await open(client, '/marathon');
  await store.write([{ key: 'a', value: { n: 1 } }]);
  const [alone, ...others] = servers;
  for (const server of others) await server.kill();
  await waitFor('it to be read-only', async () => (await alone?.mode()) === 'read-only');

  const late = zooKeeperClient(t, hosts, { sessionTimeoutMs: 4_000 });
  await t.rejects(late.connected(2_000), { message: /no ZooKeeper server of .* gave a session within 2000 ms/ });
  t.not(client.state, 'connected', 'what it says may be old: it is not asked');
  const write = store.write([{ key: 'a', value: { n: 2 } }]);
  for (const server of others) await server.start();
  await write;
  await store.close();
  await late.connected();
  t.same(await (await open(late, '/marathon')).get('a'), { n: 2 });
});

t.test('a server that takes less than usual in one request', { skip: withoutZooKeeper() }, async (t) => {
  const { hosts } = await startZooKeeper(t, 1, { properties: ['jute.maxbuffer=100000'] });
  const client = zooKeeperClient(t, hosts, { sessionTimeoutMs: 1_000 });
  const store = await open(client, '/marathon');
  await store.write([{ key: 'small', value: { text: 'x' } }]);
  const values = Array.from({ length: 20 }, (_, n) => ({
    key: `k${n}`,
    value: { text: randomBytes(10_000).toString('hex') },
  }));
  await t.rejects(store.write(values), {
    message: /^multi of \d+ \(2\d{5} bytes\): the connection to ZooKeeper broke/,
  });
});
