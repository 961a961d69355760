import { UsageError } from '../common/errors.js';
import { withoutCredentials } from '../common/redact.js';
import { formatServer, parseZooKeeperAddress } from '../zookeeper/address.js';
import type { ZooKeeperAddress } from '../zookeeper/address.js';

/** What `--master` says: masters, or where ZooKeeper tells of them. */
export type MasterAddress =
  | { readonly type: 'fixed'; readonly masters: readonly string[] }
  | { readonly type: 'zookeeper'; readonly address: ZooKeeperAddress };

const defaultPort = 5050;

/**
 * Reads `zk://[user:password@]host:port,…/path`, `host[:port]` or `host[:port],host[:port]…`; the port of a master is 5050 when none
 * is given. Throws UsageError, which names what is wrong and no password.
 */
export function parseMasterAddress(text: string): MasterAddress {
  if (text.startsWith('zk://')) {
    const address = parseZooKeeperAddress(text);
    if (address.path === '/') {
      throw new UsageError(`${withoutCredentials(text)} names no path: masters write theirs below one, such as /mesos`);
    }
    return { type: 'zookeeper', address };
  }
  const masters = text.split(',').map((part) => {
    const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^\s:[\]/@]+))(?::(\d{1,5}))?$/.exec(part.trim());
    const host = match?.[1] ?? match?.[2];
    const port = match?.[3] === undefined ? defaultPort : Number(match[3]);
    if (host === undefined || port < 1 || port > 65_535) {
      throw new UsageError(
        `"${withoutCredentials(part)}" is no address of a Mesos master: host:port, several with commas between, or zk://host:port,…/mesos`,
      );
    }
    return formatServer({ host, port });
  });
  return { type: 'fixed', masters: [...new Set(masters)] };
}
