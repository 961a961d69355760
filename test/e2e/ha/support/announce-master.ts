import type { Test } from 'tap';
import { childPath, ensurePath } from '../../../../src/zookeeper/paths.js';
import { zooKeeperClient } from '../../../support/zookeeper-client.js';

/** Announces a master on 127.0.0.1 in ZooKeeper until the test ends, as the master itself would. */
export async function announceMaster(t: Test, hosts: string, path: string, port: number): Promise<void> {
  const client = zooKeeperClient(t, hosts, { sessionTimeoutMs: 60_000 });
  await client.connected(60_000);
  await ensurePath(client, path);
  const info = {
    id: 'announced',
    hostname: '127.0.0.1',
    port,
    address: { hostname: '127.0.0.1', ip: '127.0.0.1', port },
  };
  await client.create(childPath(path, 'json.info_'), Buffer.from(JSON.stringify(info)), 'ephemeralSequential');
}
