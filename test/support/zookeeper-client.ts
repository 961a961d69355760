import { silentLogger } from '../../src/common/logger.js';
import { parseZooKeeperAddress } from '../../src/zookeeper/address.js';
import type { SessionState, ZooKeeperClient, ZooKeeperOptions } from '../../src/zookeeper/client.js';
import { openZooKeeper } from '../../src/zookeeper/client.js';

/** A client of the servers `host:port,…` whose session lasts 2 s, or as long as is said; closed with the test. */
export function zooKeeperClient(
  t: { teardown(end: () => Promise<void>): unknown },
  hosts: string,
  more: Partial<ZooKeeperOptions> = {},
): ZooKeeperClient {
  const { servers } = parseZooKeeperAddress(`zk://${hosts}`);
  const client = openZooKeeper({
    servers,
    sessionTimeoutMs: 2_000,
    logger: silentLogger,
    random: Math.random,
    ...more,
  });
  t.teardown(() => client.close());
  return client;
}

/** Every state that the client goes through from now on. */
export function statesOf(client: ZooKeeperClient): SessionState[] {
  const states: SessionState[] = [];
  client.onState((state) => states.push(state));
  return states;
}
