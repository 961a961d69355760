import type { FlagTable } from './flag.js';
import { storeCommandNames } from './flag.js';

const commands = ['up', 'scheduler'] as const;
/** Whoever has to do with the store. */
const withStore = [...commands, ...storeCommandNames] as const;
const writers = [...commands, 'restore', 'forget-framework'] as const;
const common = { group: 'ZooKeeper and high availability', commands, marathon: true } as const;

/** State and election in ZooKeeper, and what a scheduler that does not lead does with requests. */
export const highAvailabilityFlags = {
  zk: {
    ...common,
    commands: withStore,
    kind: 'zookeeper',
    text: 'where state and election are: zk://[user:password@]host:port,host:port,…/marathon',
    defaultText: 'none: the embedded store, and one scheduler',
  },
  ha: {
    ...common,
    kind: 'boolean',
    toggle: true,
    text: 'several schedulers, one of which leads; with --zk',
    default: true,
    needs: 'zk',
  },
  zk_session_timeout: {
    ...common,
    commands: withStore,
    kind: 'milliseconds',
    text: 'how long ZooKeeper waits for a scheduler that is silent; the leader gives up after two thirds of it',
    default: 10_000,
    min: 500,
    max: 3_600_000,
    needs: 'zk',
  },
  zk_timeout: {
    ...common,
    commands: withStore,
    kind: 'milliseconds',
    text: 'how long one request to ZooKeeper may take',
    default: 10_000,
    min: 100,
    max: 3_600_000,
    needs: 'zk',
  },
  zk_compression: {
    ...common,
    commands: writers,
    kind: 'boolean',
    toggle: true,
    text: 'compress what is stored',
    default: true,
    needs: 'zk',
  },
  zk_compression_threshold: {
    ...common,
    commands: writers,
    kind: 'bytes',
    text: 'size from which it is; Marathon has 65536',
    default: 1024,
    needs: 'zk',
  },
  zk_max_concurrency: {
    ...common,
    commands: withStore,
    kind: 'integer',
    text: 'how much is read from ZooKeeper at a time',
    default: 32,
    min: 1,
    max: 1024,
    needs: 'zk',
  },
  on_elected_prepare_timeout: {
    ...common,
    kind: 'milliseconds',
    text: 'most time for taking over: a scheduler that was elected and does not lead by then makes room for another',
    default: 180_000,
    min: 1_000,
    max: 3_600_000,
    needs: 'zk',
  },
  backup_location: {
    ...common,
    kind: 'string',
    text: 'file:///path/to/file of the backup that is written when the leadership is given up (DELETE /v2/leader); requests may name other files of its directory',
    defaultText: 'none, and requests may name no file',
  },
  leader_proxy_connection_timeout: {
    ...common,
    kind: 'milliseconds',
    text: 'how long a scheduler that does not lead tries to connect to the one that does',
    default: 5_000,
    min: 1,
    max: 3_600_000,
    needs: 'zk',
  },
  leader_proxy_read_timeout: {
    ...common,
    kind: 'milliseconds',
    text: 'how long it waits for more of an answer',
    default: 10_000,
    min: 1,
    max: 3_600_000,
    needs: 'zk',
  },
  leader_proxy_ssl_ignore_hostname: {
    ...common,
    kind: 'boolean',
    text: "the leader's certificate need not name its host; it must still be signed by an authority that is trusted",
    default: false,
    needs: 'zk',
  },
  leader_proxy_max_open_connections: {
    ...common,
    kind: 'integer',
    text: 'most connections to the leader',
    default: 64,
    min: 1,
    max: 4096,
    needs: 'zk',
  },
} as const satisfies FlagTable;
