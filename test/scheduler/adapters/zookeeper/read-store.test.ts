import t from 'tap';
import { StartupError } from '../../../../src/common/errors.js';
import { silentLogger } from '../../../../src/common/logger.js';
import { sleep } from '../../../../src/common/time.js';
import type { StoreSnapshot } from '../../../../src/scheduler/adapters/zookeeper/read-store.js';
import { readZooKeeperStore } from '../../../../src/scheduler/adapters/zookeeper/read-store.js';
import { openZooKeeperStore } from '../../../../src/scheduler/adapters/zookeeper/zookeeper-store.js';
import { startZooKeeper, withoutZooKeeper } from '../../../support/zookeeper.js';
import { zooKeeperClient } from '../../../support/zookeeper-client.js';

t.setTimeout(120_000);

/** Of the snapshots taken while commits go on. */
const snapshots = 15;

async function collect(snapshot: StoreSnapshot, prefix = ''): Promise<Map<string, unknown>> {
  const records = new Map<string, unknown>();
  for await (const [key, value] of snapshot.list(prefix)) records.set(key, value);
  return records;
}

t.test('a store that another process writes to', { skip: withoutZooKeeper() }, async (t) => {
  const { hosts } = await startZooKeeper(t);
  const client = zooKeeperClient(t, hosts, { sessionTimeoutMs: 10_000 });
  const reader = zooKeeperClient(t, hosts, { sessionTimeoutMs: 10_000 });
  const read = (path: string) => readZooKeeperStore({ client: reader, path, concurrency: 32 });

  await t.test('what is read is of one moment, and nobody is disturbed', async (t) => {
    const path = '/moving';
    const store = await openZooKeeperStore({
      client,
      path,
      holder: 'writer:1',
      checkpointAfter: { commits: 6, bytes: 1 << 20 },
      logger: silentLogger,
    });
    let acknowledged = 0;
    let stop = false;
    /** Every commit sets the same number at both ends, in a large value, and adds and removes what makes pages divide and join. */
    async function write(): Promise<void> {
      for (let n = 1; !stop; n++) {
        const block = Math.floor(n / 40) % 2 === 0;
        const filler = Array.from({ length: 10 }, (_, i) => ({
          key: `filler-${String(((n % 40) * 10 + i) * 7919).padStart(8, '0')}`,
          value: block ? { n, text: String(n).repeat(400) } : undefined,
        }));
        await store.write([
          { key: 'a-first', value: { n } },
          { key: 'm-large', value: { n, text: `${n} `.repeat(20_000) } },
          ...filler,
          { key: 'z-last', value: { n } },
        ]);
        acknowledged = n;
        // As fast as the machine allows, the journal would be gone before anybody has read it: usually it holds 256 commits
        await sleep(5);
      }
    }
    const writing = write();
    const numbers: number[] = [];
    for (let taken = 0; taken < snapshots; taken++) {
      const before = acknowledged;
      const snapshot = await read(path);
      const records = await collect(snapshot);
      const of = (key: string): number => (records.get(key) as { n: number } | undefined)?.n ?? 0;
      const n = of('a-first');
      if (of('z-last') !== n || of('m-large') !== n) {
        t.fail(`torn: ${n}, ${of('m-large')}, ${of('z-last')}`);
        break;
      }
      if (n < before) t.fail(`${before} was acknowledged before, and ${n} is read`);
      // Everything that was written once is there in the state after commit n
      const fillers = new Set<string>();
      for (let m = 1; m <= n; m++) {
        for (let i = 0; i < 10; i++) {
          const key = `filler-${String(((m % 40) * 10 + i) * 7919).padStart(8, '0')}`;
          if (Math.floor(m / 40) % 2 === 0) fillers.add(key);
          else fillers.delete(key);
        }
      }
      const found = [...records.keys()].filter((key) => key.startsWith('filler-'));
      t.same(found, [...fillers].sort(), `snapshot ${taken} at ${n}`);
      t.same(await snapshot.get('z-last'), records.get('z-last'));
      t.equal(snapshot.epoch, 1);
      t.equal(snapshot.holder, 'writer:1');
      numbers.push(n);
    }
    stop = true;
    await writing;
    t.ok((numbers.at(-1) ?? 0) > (numbers[0] ?? 0), `commits went on: ${numbers[0]} to ${numbers.at(-1)}`);
    await store.close();

    const last = await read(path);
    const content = new Map<string, unknown>();
    for await (const [key, value] of store.list('')) content.set(key, value);
    t.same(await collect(last), content);
    t.same(
      [...(await collect(last, 'filler-0001')).keys()],
      [...content.keys()].filter((k) => k.startsWith('filler-0001')),
    );
    t.equal(await last.get('absent'), undefined);
  });

  await t.test('no store, an empty one, one of a later Ekiden, a damaged one', async (t) => {
    await t.rejects(read('/nowhere'), { name: 'StartupError', message: /^there is no store at \/nowhere\/ekiden/ });
    const store = await openZooKeeperStore({ client, path: '/few', holder: 'writer:1', logger: silentLogger });
    t.equal((await collect(await read('/few'))).size, 0);
    for (let n = 0; n < 3; n++) await store.write([{ key: 'a', value: { n } }]);
    const [first] = (await client.children('/few/ekiden/journal')).sort();
    await client.remove(`/few/ekiden/journal/${first}`);
    await t.rejects(read('/few'), { name: 'StartupError', message: /is damaged: commit 1 is missing/ });
    await client.set('/few/ekiden/fence', Buffer.from(JSON.stringify({ format: 2 })));
    await t.rejects(
      read('/few'),
      new StartupError(
        'the store at /few/ekiden has format 2, this Ekiden knows 1: start the Ekiden that wrote it, or a later one',
      ),
    );
  });
});
