import type { Logger } from '../common/logger.js';
import { openZooKeeper } from '../zookeeper/client.js';
import type { MasterAddress } from './master-address.js';
import { fixedMasters } from './master-source.js';
import type { MasterSource } from './master-source.js';
import { zooKeeperMasters } from './zookeeper-masters.js';

/** Where the masters of a cluster are, as `--master` says. Returns at once; ZooKeeper is asked from then on. */
export function openMasterSource(
  address: MasterAddress,
  options: {
    readonly sessionTimeoutMs: number;
    readonly logger: Logger;
    /** In [0, 1). */
    readonly random: () => number;
  },
): MasterSource {
  if (address.type === 'fixed') return fixedMasters(address.masters);
  const { servers, credentials, path } = address.address;
  return zooKeeperMasters({
    open: () => openZooKeeper({ servers, ...(credentials === undefined ? {} : { credentials }), ...options }),
    path,
    logger: options.logger,
    random: options.random,
  });
}
