import type { RoleContext } from '../common/role.js';
import type { Opened } from '../common/opened.js';
import { openZooKeeper } from '../zookeeper/client.js';
import type { ZooKeeperClient } from '../zookeeper/client.js';
import { isOver } from '../zookeeper/keep-session.js';
import { openZooKeeperStore } from './adapters/zookeeper/zookeeper-store.js';
import { exitStatus } from './exit-status.js';
import { leaderAddress } from './leader-address.js';
import type { SchedulerOptions, ZooKeeperOptions } from './options.js';
import type { Store } from './ports/store.js';

/** Makes a session with the servers of `--zk`. */
export function openSession(
  { address, ...options }: ZooKeeperOptions,
  { logger }: Pick<RoleContext, 'logger'>,
): ZooKeeperClient {
  const { servers, credentials } = address;
  return openZooKeeper({
    servers,
    ...(credentials === undefined ? {} : { credentials }),
    sessionTimeoutMs: options.sessionTimeoutMs,
    requestTimeoutMs: options.requestTimeoutMs,
    logger: logger.child({ component: 'zookeeper' }),
    random: Math.random,
  });
}

/** What the store of `--zk` is opened with, but for the session and the candidate. */
export function storeSettings(options: SchedulerOptions, { address, compression, maxConcurrency }: ZooKeeperOptions) {
  return { path: address.path, holder: leaderAddress(options), compression, concurrency: maxConcurrency };
}

/**
 * The store of `--zk` for a scheduler that stands for no election (`--disable_ha`). Waits until ZooKeeper answers. Whoever opens it next
 * takes it from this process, which then ends; so it does when the session is over.
 */
export async function openOwnStore(
  options: SchedulerOptions,
  zookeeper: ZooKeeperOptions,
  context: RoleContext,
  opened: Opened,
): Promise<{ readonly store: Store; readonly epoch: string }> {
  const client = opened.add(openSession(zookeeper, context));
  await client.connected();
  const store = await openZooKeeperStore({
    client,
    ...storeSettings(options, zookeeper),
    logger: context.logger.child({ component: 'store' }),
  });
  client.onState((state) => {
    if (isOver(state) && state !== 'closed') {
      context.fatal(new Error(`the ZooKeeper session is ${state}`), exitStatus.storeOrFramework);
    }
  });
  return { store, epoch: String(store.epoch) };
}
