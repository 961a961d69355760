import t from 'tap';
import type { Test } from 'tap';
import { StartupError } from '../../../../src/common/errors.js';
import { silentLogger } from '../../../../src/common/logger.js';
import { multisOf } from '../../../../src/scheduler/adapters/zookeeper/fence.js';
import {
  formatJournalName,
  maxNodeBytes,
  parseJournalName,
} from '../../../../src/scheduler/adapters/zookeeper/layout.js';
import type {
  ZooKeeperStore,
  ZooKeeperStoreOptions,
} from '../../../../src/scheduler/adapters/zookeeper/zookeeper-store.js';
import { openZooKeeperStore } from '../../../../src/scheduler/adapters/zookeeper/zookeeper-store.js';
import type { ZooKeeperClient } from '../../../../src/zookeeper/client.js';
import { ensurePath } from '../../../../src/zookeeper/paths.js';
import type { MultiOperation } from '../../../../src/zookeeper/requests.js';
import { startTcpProxy } from '../../../support/tcp-proxy.js';
import { waitFor } from '../../../support/wait.js';
import { startZooKeeper, withoutZooKeeper } from '../../../support/zookeeper.js';
import { zooKeeperClient } from '../../../support/zookeeper-client.js';

t.setTimeout(120_000);

t.test('names of commits, and how operations are divided', async (t) => {
  const name = { sequence: 42, part: 1, parts: 3 };
  t.equal(formatJournalName(name), '000000000042-00001-00003');
  t.same(parseJournalName(formatJournalName(name)), name);
  t.equal(parseJournalName('lost+found'), undefined);
  const set = (bytes: number): MultiOperation => ({ type: 'set', path: '/a', data: Buffer.alloc(bytes) });
  const sizes = multisOf([set(5), set(5), set(1), set(50), set(1)], { bytes: 10, operations: 3 });
  t.same(
    sizes.map((operations) => operations.length),
    [2, 1, 1, 1],
  );
});

t.test('the store in ZooKeeper', { skip: withoutZooKeeper() }, async (t) => {
  const { hosts, servers } = await startZooKeeper(t);
  const port = servers[0]?.port ?? 0;

  const connect = (t: Test): ZooKeeperClient => zooKeeperClient(t, hosts, { sessionTimeoutMs: 10_000 });
  const open = (
    t: Test,
    path: string,
    more: Partial<ZooKeeperStoreOptions> & { client?: ZooKeeperClient } = {},
  ): Promise<ZooKeeperStore> =>
    openZooKeeperStore({ client: connect(t), path, holder: 'here:1', logger: silentLogger, ...more });

  async function keysOf(store: ZooKeeperStore, prefix = ''): Promise<string[]> {
    const keys: string[] = [];
    for await (const [key] of store.list(prefix)) keys.push(key);
    return keys;
  }

  /** Sizes of all nodes below a path. */
  async function nodeSizes(client: ZooKeeperClient, path: string): Promise<Map<string, number>> {
    const sizes = new Map<string, number>();
    const visit = async (at: string): Promise<void> => {
      sizes.set(at, (await client.exists(at))?.dataLength ?? 0);
      await Promise.all((await client.children(at)).map((name) => visit(`${at}/${name}`)));
    };
    await visit(path);
    return sizes;
  }

  /** Text that cannot be made much smaller. */
  function noise(length: number): string {
    let text = '';
    for (let n = length; text.length < length; n = (n * 1_103_515_245 + 12_345) % 2_147_483_648) text += n.toString(36);
    return text.slice(0, length);
  }

  t.test('values and writes of any size; no node above the limit; what is replaced is removed', async (t) => {
    const client = connect(t);
    const checkpointAfter = { commits: 3, bytes: 1 << 20 };
    const store = await open(t, '/large', { client, checkpointAfter });
    const large = { text: noise(3_000_000) };
    const many = Array.from({ length: 3_000 }, (_, n) => ({
      key: `many:${String(n).padStart(5, '0')}`,
      value: { text: noise(1_000 + n) },
    }));
    await store.write([{ key: 'large', value: large }, { key: 'small', value: 'x' }, ...many]);
    t.same(await store.get('large'), large);
    t.equal((await keysOf(store, 'many:')).length, 3_000);
    await store.close();

    const again = await open(t, '/large', { client, checkpointAfter });
    t.same(await again.get('large'), large);
    t.same(await again.get('many:02999'), many[2_999]?.value);
    t.equal((await keysOf(again)).length, 3_002);
    const sizes = await nodeSizes(client, '/large');
    t.ok(Math.max(...sizes.values()) <= maxNodeBytes, `the largest node has ${Math.max(...sizes.values())} bytes`);
    t.ok((await client.children('/large/ekiden/blobs')).length > 10, 'the large value lies in many nodes');

    await again.write([{ key: 'large', value: { text: noise(200_000) } }]);
    await again.write([{ key: 'large', value: undefined }]);
    for (let n = 0; n < 6; n++) await again.write([{ key: 'small', value: String(n) }]);
    await again.close();
    t.same(await client.children('/large/ekiden/blobs'), [], 'nothing of it is left');
    t.ok((await client.children('/large/ekiden/journal')).length <= 6);
    await t.rejects(again.write([{ key: 'k'.repeat(20_000), value: {} }]), /closed/);
    await t.rejects((await open(t, '/large')).write([{ key: 'k'.repeat(20_000), value: {} }]), /20002 bytes/);
  });

  t.test('tens of thousands of instances are a few hundred nodes', async (t) => {
    const client = connect(t);
    const store = await open(t, '/many', { client });
    const batch = 5_000;
    for (let from = 0; from < 30_000; from += batch) {
      await store.write(
        Array.from({ length: batch }, (_, n) => {
          const id = `shop_web.instance-${(((from + n) * 2_654_435_761) % 4_294_967_296).toString(16).padStart(8, '0')}`;
          return {
            key: `instance:${id}`,
            value: {
              id,
              appId: '/shop/web',
              condition: 'Running',
              goal: 'Running',
              agentId: 'S1',
              hostname: 'h1',
              ports: [31_000 + (n % 1_000)],
            },
          };
        }),
      );
    }
    await store.close();
    const pages = await client.children('/many/ekiden/pages');
    const journal = await client.children('/many/ekiden/journal');
    t.ok(pages.length + journal.length < 300, `${pages.length} pages and ${journal.length} commits`);
    const again = await open(t, '/many', { client });
    t.equal((await keysOf(again, 'instance:')).length, 30_000);
    await again.close();
  });

  t.test('what changes at random is as it was written, over checkpoints and restarts', async (t) => {
    const client = connect(t);
    const checkpointAfter = { commits: 4, bytes: 30_000 };
    const model = new Map<string, object>();
    let seed = 1;
    const random = (below: number): number => (seed = (seed * 48_271) % 2_147_483_647) % below;
    for (let round = 0; round < 5; round++) {
      const store = await open(t, '/random', {
        client,
        checkpointAfter,
        compression: { enabled: round % 2 === 0, thresholdBytes: 100 },
      });
      t.equal(store.epoch, round + 1);
      t.same((await keysOf(store)).length, model.size);
      for (let turn = 0; turn < 12; turn++) {
        const writes = Array.from({ length: 1 + random(30) }, () => {
          const key = `k${random(300)}`;
          const value =
            random(3) === 0
              ? undefined
              : { n: random(1_000), text: noise(random(10) === 0 ? 40_000 + random(99) : random(900)) };
          if (value === undefined) model.delete(key);
          else model.set(key, value);
          return { key, value };
        });
        await store.write(writes);
        const key = `k${random(300)}`;
        t.same(await store.get(key), model.get(key));
      }
      const found = new Map<string, unknown>();
      for await (const [key, value] of store.list('k')) found.set(key, value);
      t.same(found, new Map([...model].sort(([a], [b]) => (a < b ? -1 : 1))));
      t.same([...found.keys()], [...model.keys()].sort());
      if (round % 2 === 0) await store.close();
    }
  });

  t.test('whoever opens it last may write; the others never again', async (t) => {
    const first = await open(t, '/fenced');
    await first.write([{ key: 'a', value: { n: 1 } }]);
    const second = await open(t, '/fenced');
    t.equal(second.epoch, first.epoch + 1);
    await t.rejects(first.write([{ key: 'a', value: { n: 2 } }]), { name: 'StoreFencedError' });
    await t.rejects(first.write([{ key: 'a', value: { n: 3 } }]), { name: 'StoreFencedError' });
    await second.write([{ key: 'b', value: { n: 1 } }]);
    t.same(await second.get('a'), { n: 1 });
    await first.close();
    await second.close();
  });

  t.test('only a candidate may open it, and only while it is one may it write', async (t) => {
    const client = connect(t);
    await ensurePath(client, '/candidates');
    const candidate = await client.create('/candidates/c-', Buffer.alloc(0), 'ephemeralSequential');
    const store = await open(t, '/elected', { client, candidate });
    await store.write([{ key: 'a', value: {} }]);
    await client.remove(candidate);
    await t.rejects(store.write([{ key: 'a', value: {} }]), /candidacy is over/);
    await t.rejects(open(t, '/elected', { candidate }), { name: 'StoreFencedError' });
    const next = await open(t, '/elected');
    t.same(await next.get('a'), {}, 'who could not open it has not taken it');
    t.equal(next.epoch, store.epoch + 1);
  });

  t.test('connections that break at any moment: every write happens exactly once', async (t) => {
    const proxy = await startTcpProxy(t, port);
    const client = zooKeeperClient(t, `127.0.0.1:${proxy.port}`, { sessionTimeoutMs: 10_000 });
    const store = await open(t, '/breaking', { client, checkpointAfter: { commits: 5, bytes: 1 << 20 } });
    for (let n = 0; n < 40; n++) {
      const write = store.write([{ key: `k${String(n).padStart(3, '0')}`, value: { n, text: noise(500) } }]);
      if (n % 3 === 0) proxy.cutNextAnswerAfter(n % 10);
      else if (n % 3 === 1) proxy.cut();
      await write;
    }
    t.ok(proxy.connections > 10, `${proxy.connections} connections`);
    await store.close();
    t.equal((await keysOf(await open(t, '/breaking'))).length, 40);
  });

  t.test('a write fails when ZooKeeper stays away, and nothing is written after it', async (t) => {
    const proxy = await startTcpProxy(t, port);
    const client = zooKeeperClient(t, `127.0.0.1:${proxy.port}`, { sessionTimeoutMs: 1_000 });
    const store = await open(t, '/away', { client });
    proxy.blackhole();
    await t.rejects(store.write([{ key: 'a', value: {} }]), { name: 'ZooKeeperError' });
    proxy.heal();
    await t.rejects(store.write([{ key: 'b', value: {} }]), { name: 'ZooKeeperError' });
    t.equal(await (await open(t, '/away')).get('b'), undefined);
  });

  t.test('halves of a commit, and what else is left lying about, are cleared away', async (t) => {
    const client = connect(t);
    const store = await open(t, '/litter', { client });
    await store.write([{ key: 'a', value: { n: 1 } }]);
    await store.close();
    const journal = '/litter/ekiden/journal';
    const [only = ''] = await client.children(journal);
    await client.create(`${journal}/${formatJournalName({ sequence: 2, part: 0, parts: 2 })}`, Buffer.from([0, 65]));
    await client.create(`${journal}/what`, Buffer.alloc(0));
    await client.create('/litter/ekiden/blobs/9-9-0', Buffer.from([0, 65]));
    const again = await open(t, '/litter', { client });
    t.same(await keysOf(again), ['a']);
    t.same(await client.children(journal), [only]);
    t.same(await client.children('/litter/ekiden/blobs'), []);
    await again.write([{ key: 'b', value: { n: 2 } }]);
    t.same(await keysOf(again), ['a', 'b']);
  });

  t.test('a store that lacks something, or that a later Ekiden wrote, is not opened', async (t) => {
    const client = connect(t);
    const store = await open(t, '/damaged', { client });
    for (let n = 0; n < 3; n++) await store.write([{ key: `k${n}`, value: {} }]);
    const journal = '/damaged/ekiden/journal';
    await client.remove(`${journal}/${formatJournalName({ sequence: 2, part: 0, parts: 1 })}`);
    await t.rejects(open(t, '/damaged'), StartupError);
    await t.rejects(open(t, '/damaged'), /commit 2 is missing/);
    await client.set('/damaged/ekiden/fence', Buffer.from(JSON.stringify({ format: 2 })));
    await t.rejects(open(t, '/damaged'), /format 2, this Ekiden knows 1/);
  });

  t.test('a large value that is replaced while it is read', async (t) => {
    const store = await open(t, '/replaced', { checkpointAfter: { commits: 1, bytes: 1 } });
    const value = (n: number): object => ({ n, text: noise(50_000) });
    await store.write([{ key: 'k', value: value(0) }]);
    const seen: unknown[] = [];
    for (let n = 1; n < 15; n++) {
      const [found] = await Promise.all([store.get('k'), store.write([{ key: 'k', value: value(n) }])]);
      seen.push((found as { n: number }).n);
    }
    t.ok(seen.every((n) => typeof n === 'number'));
    const client = connect(t);
    await store.write([{ key: 'k', value: undefined }]);
    await store.close();
    await waitFor('the blobs to go', async () => (await client.children('/replaced/ekiden/blobs')).length === 0);
  });
});
