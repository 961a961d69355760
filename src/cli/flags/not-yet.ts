import type { FlagValue } from './flag.js';

/** An option of Marathon's that cannot be set here. */
export interface MissingFlag {
  /** What to do instead. */
  readonly advice: string;
  /** Marathon's default, which `/v2/info` and `/config` show; undefined where there is none. */
  readonly default: FlagValue | undefined;
}

const stored = 'the embedded store is used and one scheduler runs';
const unauthenticated = 'connect to a master that asks for no credentials';

/** Options by name: advice and default. Those of the form `--[disable_]x` are here by the name that scripts use. */
const rows: readonly (readonly [advice: string, options: Readonly<Record<string, FlagValue | undefined>>])[] = [
  [
    stored,
    {
      zk: 'zk://localhost:2181/marathon',
      zk_hosts: undefined,
      zk_state: undefined,
      zk_timeout: 10_000,
      zk_session_timeout: 10_000,
      zk_connection_timeout: 10_000,
      zk_compression: true,
      zk_compression_threshold: 65_536,
      zk_max_node_size: 1_024_000,
      zk_max_concurrency: 32,
      zk_operation_max_retries: 5,
      zk_operation_base_retry_sleep_ms: 10,
      internal_store_backend: 'zk',
      storage_compaction_interval: 30,
      storage_compaction_scan_batch_size: 32,
      backup_location: undefined,
      leader_election_backend: 'curator',
      leader_proxy_connection_timeout: 5_000,
      leader_proxy_read_timeout: 10_000,
      leader_proxy_ssl_ignore_hostname: false,
      leader_proxy_max_open_connections: 64,
    },
  ],
  [
    unauthenticated,
    {
      mesos_authentication_principal: undefined,
      mesos_authentication_secret: undefined,
      mesos_authentication_secret_file: undefined,
    },
  ],
  [
    'let a log shipper take the JSON lines on standard output',
    { logstash: undefined, sentry: undefined, sentry_tags: undefined },
  ],
];

const toggles = ['zk_compression'];

/**
 * Marathon's options that Ekiden knows of and does not have yet, with what to do instead. A start script that relies on one must
 * not run as if it had worked: on the command line they are refused, in the environment they are warned about.
 */
export const missingFlags: Readonly<Record<string, MissingFlag>> = Object.fromEntries(
  rows.flatMap(([advice, options]) =>
    Object.entries(options).map(([name, value]) => [name, { advice, default: value }] as const),
  ),
);

/** The advice by every name under which a script may pass such an option. */
export const marathonFlagsNotYet: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(missingFlags).flatMap(([name, { advice }]) =>
    (toggles.includes(name) ? [name, `disable_${name}`] : [name]).map((spelling) => [spelling, advice]),
  ),
);
