import { randomUUID } from 'node:crypto';
import type { Test } from 'tap';
import t from 'tap';
import { silentLogger } from '../../../src/common/logger.js';
import { openZooKeeperStore } from '../../../src/scheduler/adapters/zookeeper/zookeeper-store.js';
import type { Store } from '../../../src/scheduler/ports/store.js';
import { startZooKeeper, withoutZooKeeper } from '../../support/zookeeper.js';
import { zooKeeperClient } from '../../support/zookeeper-client.js';
import { storeSuite } from './store-suite.js';

for (const checkpointAfter of [
  { commits: 256, bytes: 4 << 20 },
  { commits: 1, bytes: 1 },
]) {
  const name = `the store in ZooKeeper, its pages brought up to date after ${checkpointAfter.commits} commits`;
  t.test(name, { skip: withoutZooKeeper() }, async (t) => {
    const { hosts } = await startZooKeeper(t);
    const paths = new WeakMap<Store, string>();
    const openAt = async (t: Test, path: string): Promise<Store> => {
      const client = zooKeeperClient(t, hosts, { sessionTimeoutMs: 10_000 });
      const store = await openZooKeeperStore({ client, path, holder: 'here:1', checkpointAfter, logger: silentLogger });
      paths.set(store, path);
      return store;
    };
    storeSuite(t, {
      open: (t) => openAt(t, `/${randomUUID()}/made/by/open`),
      reopen: (store) => openAt(t, paths.get(store) ?? ''),
    });
  });
}
