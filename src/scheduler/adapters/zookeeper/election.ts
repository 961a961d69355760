import type { Logger } from '../../../common/logger.js';
import { startCandidacy } from '../../../zookeeper/candidacy.js';
import type { ZooKeeperClient } from '../../../zookeeper/client.js';
import { childPath } from '../../../zookeeper/paths.js';
import type { Election, ElectionListener, Leadership } from '../../ports/election.js';

/** Leadership by a node in ZooKeeper, with the session that the node lives in. */
export interface ZooKeeperLeadership extends Leadership {
  /** For the store: a session that ends takes both along. Closed by the election. */
  readonly client: ZooKeeperClient;
}

export interface ZooKeeperElectionListener extends ElectionListener {
  elected(leadership: ZooKeeperLeadership): void;
}

export interface ZooKeeperElectionOptions {
  /** Makes a session; called again when one is over before this process was elected. */
  readonly open: () => ZooKeeperClient;
  /** Of `--zk`; candidates are in `leader` below it. */
  readonly path: string;
  /** `host:port` at which others reach this process: the data of its node. */
  readonly address: string;
  readonly listener: ZooKeeperElectionListener;
  readonly logger: Logger;
  /** In [0, 1). */
  readonly random: () => number;
}

/**
 * Takes part in the election below `path`, by a node whose content is the address of this process (see `startCandidacy` for who leads,
 * and when a leader is deposed).
 */
export function startZooKeeperElection({ path, address, ...rest }: ZooKeeperElectionOptions): Election {
  return startCandidacy({ ...rest, folder: childPath(path, 'leader'), own: path, data: address });
}
