import t from 'tap';
import { silentLogger } from '../../../../src/common/logger.js';
import { storeLayout } from '../../../../src/scheduler/adapters/zookeeper/layout.js';
import type { ZooKeeperStore } from '../../../../src/scheduler/adapters/zookeeper/zookeeper-store.js';
import { openZooKeeperStore } from '../../../../src/scheduler/adapters/zookeeper/zookeeper-store.js';
import { loadState } from '../../../../src/scheduler/core/load.js';
import { readRecords } from '../../../../src/scheduler/load-store.js';
import type { ZooKeeperClient } from '../../../../src/zookeeper/client.js';
import { largeStateTurns } from '../../../sim/large-state.js';
import { startZooKeeper, withoutZooKeeper } from '../../../support/zookeeper.js';
import { zooKeeperClient } from '../../../support/zookeeper-client.js';

const size =
  process.env['EKIDEN_TEST_LONG'] === '1'
    ? { apps: 1_000, versions: 10, instances: 10 }
    : { apps: 150, versions: 10, instances: 10 };

/** What ZooKeeper's servers and clients take in one packet, `jute.maxbuffer`. */
const packetBytes = 0xfffff;

/** Every node below a path: the bytes of its data, and those of an answer that lists its children. */
async function nodesBelow(client: ZooKeeperClient, path: string): Promise<{ data: number; list: number }[]> {
  const [stat, names] = await Promise.all([client.exists(path), client.children(path)]);
  const list = names.reduce((sum, name) => sum + 4 + Buffer.byteLength(name), 0);
  const below = await Promise.all(names.map((name) => nodesBelow(client, `${path}/${name}`)));
  return [{ data: stat?.dataLength ?? 0, list }, ...below.flat()];
}

t.setTimeout(300_000);

t.test('the state of a large cluster, as the core writes it', { skip: withoutZooKeeper() }, async (t) => {
  const { hosts } = await startZooKeeper(t);
  const client = zooKeeperClient(t, hosts, { sessionTimeoutMs: 20_000 });
  const open = (): Promise<ZooKeeperStore> =>
    openZooKeeperStore({ client, path: '/marathon', holder: 'here:1', logger: silentLogger });

  const store = await open();
  const model = new Map<string, unknown>();
  let turns = 0;
  for (const operations of largeStateTurns(size)) {
    turns++;
    await store.write(operations);
    for (const { key, value } of operations) {
      if (value === undefined) model.delete(key);
      else model.set(key, value);
    }
  }
  await store.close();

  const nodes = await nodesBelow(client, storeLayout('/marathon').root);
  const largest = Math.max(...nodes.map(({ data }) => data));
  const longest = Math.max(...nodes.map(({ list }) => list));
  const total = nodes.reduce((sum, { data }) => sum + data, 0);
  t.comment(
    `${size.apps} apps, ${model.size} records, ${turns} commits: ${nodes.length} nodes with ${total} bytes, ` +
      `the largest ${largest}; the longest list of children has ${longest}`,
  );
  t.ok(largest <= 100_000, `no node above 100 kB: the largest has ${largest} bytes`);
  t.ok(longest < packetBytes / 10, `the longest list of children has ${longest} bytes`);
  t.ok(nodes.length < 600 + model.size / 10, `${nodes.length} nodes for ${model.size} records`);

  const startedMs = performance.now();
  const again = await open();
  const state = loadState(await readRecords(again));
  t.comment(`loaded within ${Math.round(performance.now() - startedMs)} ms`);
  t.equal(state.apps.size, size.apps);
  t.equal(state.instances.size, size.apps * size.instances);

  const different: string[] = [];
  for await (const [key, value] of again.list('')) {
    if (JSON.stringify(value) !== JSON.stringify(model.get(key))) different.push(key);
    model.delete(key);
  }
  t.same(different, [], 'every record is as it was written');
  t.same([...model.keys()], [], 'none is missing');
  const [app] = state.apps.keys();
  const history = (await again.get(`app:${app ?? ''}`)) as { versions: readonly string[] };
  t.equal(history.versions.length, size.versions, 'with every version');
  await again.close();
});

t.test('versions above --zk_max_versions leave nothing behind', { skip: withoutZooKeeper() }, async (t) => {
  const { hosts } = await startZooKeeper(t);
  const client = zooKeeperClient(t, hosts, { sessionTimeoutMs: 20_000 });
  const checkpointAfter = { commits: 4, bytes: 1 << 20 };
  const store = await openZooKeeperStore({ client, path: '/m', holder: 'h:1', checkpointAfter, logger: silentLogger });
  const maxVersions = 3;
  // The first app's versions are 60 kB each, in nodes of their own
  for (const operations of largeStateTurns({ apps: 20, versions: 12, instances: 1, maxVersions })) {
    await store.write(operations);
  }
  const kept = new Map<string, number>();
  for await (const [key] of store.list('version:')) {
    const id = key.slice(0, key.indexOf('@'));
    kept.set(id, (kept.get(id) ?? 0) + 1);
  }
  t.equal(kept.size, 20);
  t.same([...new Set(kept.values())], [maxVersions]);
  for (let n = 0; n < checkpointAfter.commits; n++) await store.write([{ key: 'framework-id', value: { id: n } }]);
  await store.close();
  const blobs = await client.children(`${storeLayout('/m').blobs}`);
  t.ok(blobs.length >= 1 && blobs.length <= maxVersions, `${blobs.length} values in nodes of their own`);
});
