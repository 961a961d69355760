import { logLevels } from '../common/logger.js';

/** The roles, in the order in which `up` starts them. */
export const roleNames = ['cluster', 'scheduler', 'dns', 'lb'] as const;
export type RoleName = (typeof roleNames)[number];

/** The commands that take options. */
export const commandNames = ['up', ...roleNames] as const;
export type CommandName = (typeof commandNames)[number];

/**
 * What a value may look like, and what it becomes:
 * integer, port, milliseconds, seconds → number; boolean; addresses (`host` or `host:port`), masters (`host:port`), urls → list of
 * strings (comma-separated); string, choice, host (a host name or an IP address), ip (an IP address) → string.
 */
export type FlagKind =
  | 'string'
  | 'choice'
  | 'host'
  | 'ip'
  | 'boolean'
  | 'integer'
  | 'port'
  | 'milliseconds'
  | 'seconds'
  | 'addresses'
  | 'masters'
  | 'urls';

export const flagGroups = ['General', 'Ports', 'Cluster', 'Scheduler', 'DNS', 'Load balancer'] as const;
export type FlagGroup = (typeof flagGroups)[number];

type FlagValue = string | number | boolean | readonly string[];

/** One option, as every source (command line, environment) and every reader (parser, help, role) sees it. */
export interface Flag {
  readonly kind: FlagKind;
  readonly group: FlagGroup;
  /** The commands whose behaviour it changes, and whose help shows it. */
  readonly commands: readonly CommandName[];
  /** Every command accepts it, so that one command line serves all roles; those not in `commands` ignore it. */
  readonly shared?: true;
  /** It is an option of Marathon's, so that `MARATHON_…` sets it, too. */
  readonly marathon?: true;
  /** What it does, for the help; the default is added by the help itself. */
  readonly text: string;
  readonly default?: FlagValue;
  /** Where a command's default differs. */
  readonly defaultFor?: Partial<Record<CommandName, FlagValue>>;
  /** What the help says of a default that is found at run time. */
  readonly defaultText?: string;
  /** The commands that do not start without it. */
  readonly requiredFor?: readonly CommandName[];
  readonly choices?: readonly string[];
  readonly min?: number;
  readonly max?: number;
}

/**
 * Every option of every command, by its name (`http_port` is `--http_port`, `EKIDEN_HTTP_PORT` and, for what the scheduler reads,
 * `MARATHON_HTTP_PORT`). Names and defaults of the scheduler's options are Marathon's. `default` holds for a role that is started
 * alone and follows the originals; `up` keeps to loopback and to ports that need no privileges.
 */
export const flags = {
  work_dir: {
    kind: 'string',
    group: 'General',
    commands: ['up', 'cluster', 'scheduler', 'lb'],
    shared: true,
    text: 'directory for everything that must outlive the process',
    default: './.ekiden',
  },
  host: {
    kind: 'ip',
    group: 'General',
    commands: ['up', 'cluster', 'scheduler', 'dns', 'lb'],
    shared: true,
    text: 'address to listen on',
    default: '0.0.0.0',
    defaultFor: { up: '127.0.0.1', cluster: '127.0.0.1' },
  },
  hostname: {
    kind: 'host',
    group: 'General',
    commands: ['up', 'cluster', 'scheduler'],
    marathon: true,
    text: 'name or address by which others reach this host: the agent offers it, the scheduler shows it as the leader',
    defaultText: 'the address listened on; for the scheduler alone the name of this host',
  },
  log_level: {
    kind: 'choice',
    group: 'General',
    commands: ['up', 'cluster', 'scheduler', 'dns', 'lb'],
    text: 'least level that is logged',
    choices: logLevels,
    default: 'info',
  },
  log_format: {
    kind: 'choice',
    group: 'General',
    commands: ['up', 'cluster', 'scheduler', 'dns', 'lb'],
    text: 'auto is pretty on a terminal and JSON lines elsewhere',
    choices: ['auto', 'pretty', 'json'],
    default: 'auto',
  },

  http_port: {
    kind: 'port',
    group: 'Ports',
    commands: ['up', 'scheduler'],
    marathon: true,
    shared: true,
    text: "port of Marathon's API",
    default: 8080,
  },
  https_port: {
    kind: 'port',
    group: 'Ports',
    commands: ['up', 'scheduler'],
    marathon: true,
    shared: true,
    text: 'kept for the same with TLS, which is to come: nothing listens there yet',
    default: 8443,
  },
  cluster_port: {
    kind: 'port',
    group: 'Ports',
    commands: ['up', 'cluster'],
    shared: true,
    text: 'port of the embedded Mesos master',
    default: 5050,
  },
  agent_port: {
    kind: 'port',
    group: 'Ports',
    commands: ['up', 'cluster'],
    shared: true,
    text: 'port of the embedded Mesos agent',
    default: 5051,
  },
  dns_port: {
    kind: 'port',
    group: 'Ports',
    commands: ['up', 'dns'],
    shared: true,
    text: 'port of the name server, UDP and TCP',
    default: 53,
    defaultFor: { up: 8053 },
  },
  dns_http_port: {
    kind: 'port',
    group: 'Ports',
    commands: ['up', 'dns'],
    shared: true,
    text: "port of the name server's HTTP API",
    default: 8123,
  },
  lb_port: {
    kind: 'port',
    group: 'Ports',
    commands: ['up', 'lb'],
    shared: true,
    text: 'port of the rules API',
    default: 8000,
  },
  haproxy_http_port: {
    kind: 'port',
    group: 'Ports',
    commands: ['up', 'lb'],
    shared: true,
    text: 'port on which HAProxy serves all rules',
    default: 80,
    defaultFor: { up: 8880 },
  },
  haproxy_https_port: {
    kind: 'port',
    group: 'Ports',
    commands: ['up', 'lb'],
    shared: true,
    text: 'kept for the same with TLS, which is to come: nothing listens there yet',
    default: 443,
    defaultFor: { up: 8843 },
  },
  haproxy_stats_port: {
    kind: 'port',
    group: 'Ports',
    commands: ['up', 'lb'],
    shared: true,
    text: "port of HAProxy's statistics",
    default: 9090,
  },
  local_port_min: {
    kind: 'port',
    group: 'Ports',
    commands: ['up', 'scheduler'],
    marathon: true,
    shared: true,
    text: 'lowest service port that is assigned to an app',
    default: 10000,
  },
  local_port_max: {
    kind: 'port',
    group: 'Ports',
    commands: ['up', 'scheduler'],
    marathon: true,
    shared: true,
    text: 'highest service port that is assigned to an app',
    default: 20000,
  },

  master: {
    kind: 'masters',
    group: 'Cluster',
    commands: ['up', 'scheduler', 'dns'],
    marathon: true,
    text: 'Mesos master as host:port; up then starts no cluster of its own; dns takes several, separated by commas',
    requiredFor: ['scheduler', 'dns'],
  },
  resources: {
    kind: 'string',
    group: 'Cluster',
    commands: ['up', 'cluster'],
    text: "what the embedded agent offers, in Mesos' notation: cpus:2;mem:4096;disk:10000;ports:[31000-32000]",
    default: '',
    defaultText: 'what this machine has',
  },
  attributes: {
    kind: 'string',
    group: 'Cluster',
    commands: ['up', 'cluster'],
    text: "attributes of the embedded agent, in Mesos' notation: rack:r1;zone:a",
    default: '',
  },

  http_address: {
    kind: 'host',
    group: 'Scheduler',
    commands: ['up', 'scheduler'],
    marathon: true,
    text: "address that Marathon's API listens on",
    defaultText: '--host',
  },
  framework_name: {
    kind: 'string',
    group: 'Scheduler',
    commands: ['up', 'scheduler'],
    marathon: true,
    text: 'name under which the scheduler registers; also the second label of DNS names (app.marathon.mesos)',
    default: 'marathon',
  },
  mesos_role: {
    kind: 'string',
    group: 'Scheduler',
    commands: ['up', 'scheduler'],
    marathon: true,
    text: 'Mesos role whose resources are used',
    default: '*',
  },
  mesos_user: {
    kind: 'string',
    group: 'Scheduler',
    commands: ['up', 'scheduler'],
    marathon: true,
    text: 'user that tasks run as',
    defaultText: 'the user of the agent',
  },
  failover_timeout: {
    kind: 'seconds',
    group: 'Scheduler',
    commands: ['up', 'scheduler'],
    marathon: true,
    text: 'how long Mesos keeps the tasks while the scheduler is away',
    default: 604800,
  },
  webui_url: {
    kind: 'string',
    group: 'Scheduler',
    commands: ['up', 'scheduler'],
    marathon: true,
    text: 'address of the scheduler that Mesos shows',
    defaultText: 'made from --hostname and --http_port',
  },
  task_launch_confirm_timeout: {
    kind: 'milliseconds',
    group: 'Scheduler',
    commands: ['up', 'scheduler'],
    marathon: true,
    text: 'a task that Mesos has not confirmed for so long is given up',
    default: 300_000,
  },
  task_launch_timeout: {
    kind: 'milliseconds',
    group: 'Scheduler',
    commands: ['up', 'scheduler'],
    marathon: true,
    text: 'a task that is not running for so long after its launch is killed',
    default: 300_000,
  },
  reconciliation_initial_delay: {
    kind: 'milliseconds',
    group: 'Scheduler',
    commands: ['up', 'scheduler'],
    marathon: true,
    text: 'wait before the first reconciliation of tasks with Mesos',
    default: 15_000,
  },
  reconciliation_interval: {
    kind: 'milliseconds',
    group: 'Scheduler',
    commands: ['up', 'scheduler'],
    marathon: true,
    text: 'time between reconciliations',
    default: 600_000,
    min: 1,
  },
  decline_offer_duration: {
    kind: 'milliseconds',
    group: 'Scheduler',
    commands: ['up', 'scheduler'],
    marathon: true,
    text: 'how long Mesos keeps a declined offer back',
    default: 120_000,
  },
  min_revive_offers_interval: {
    kind: 'milliseconds',
    group: 'Scheduler',
    commands: ['up', 'scheduler'],
    marathon: true,
    text: 'least time between two requests for all offers (embedded cluster: 500)',
    default: 5_000,
  },
  max_instances_per_offer: {
    kind: 'integer',
    group: 'Scheduler',
    commands: ['up', 'scheduler'],
    marathon: true,
    text: 'most instances that are launched from one offer',
    default: 5,
    min: 1,
  },
  kill_retry_timeout: {
    kind: 'milliseconds',
    group: 'Scheduler',
    commands: ['up', 'scheduler'],
    marathon: true,
    text: 'a kill without effect is sent again after this time',
    default: 30_000,
    min: 1,
  },
  max_running_deployments: {
    kind: 'integer',
    group: 'Scheduler',
    commands: ['up', 'scheduler'],
    marathon: true,
    text: 'most deployments at a time',
    default: 100,
    min: 1,
  },
  max_concurrent_marathon_health_checks: {
    kind: 'integer',
    group: 'Scheduler',
    commands: ['up', 'scheduler'],
    marathon: true,
    text: 'most health checks that are under way at a time',
    default: 256,
    min: 1,
  },
  zk_max_versions: {
    kind: 'integer',
    group: 'Scheduler',
    commands: ['up', 'scheduler'],
    marathon: true,
    text: 'versions of each app that are kept, in the embedded store too',
    default: 50,
    min: 1,
  },
  event_stream_max_outstanding_messages: {
    kind: 'integer',
    group: 'Scheduler',
    commands: ['up', 'scheduler'],
    marathon: true,
    text: 'a client of /v2/events that falls behind by more events is disconnected',
    default: 1024,
    min: 1,
  },
  checkpoint: {
    kind: 'boolean',
    group: 'Scheduler',
    commands: ['up', 'scheduler'],
    marathon: true,
    text: 'tasks survive a restart of the agent; always so',
    default: true,
  },
  disable_ha: {
    kind: 'boolean',
    group: 'Scheduler',
    commands: ['up', 'scheduler'],
    marathon: true,
    text: 'one scheduler, with the embedded store; always so in this version',
    default: true,
  },

  dns_domain: {
    kind: 'string',
    group: 'DNS',
    commands: ['up', 'dns'],
    text: 'zone that is served',
    default: 'mesos',
  },
  dns_ttl: {
    kind: 'seconds',
    group: 'DNS',
    commands: ['up', 'dns'],
    text: 'time to live of the answers',
    default: 60,
    max: 2 ** 31 - 1,
  },
  dns_refresh_seconds: {
    kind: 'seconds',
    group: 'DNS',
    commands: ['up', 'dns'],
    text: "time between two looks at the master's whole state; changes are pushed without it",
    default: 60,
    min: 1,
  },
  dns_resolvers: {
    kind: 'addresses',
    group: 'DNS',
    commands: ['up', 'dns'],
    text: 'name servers (address or address:port) that are asked for all other names; without any, those names are refused',
    default: [],
  },

  marathon: {
    kind: 'urls',
    group: 'Load balancer',
    commands: ['lb'],
    text: 'schedulers whose apps are routed to, e.g. http://m1:8080,http://m2:8080',
    requiredFor: ['lb'],
  },
  haproxy_bind: {
    kind: 'ip',
    group: 'Load balancer',
    commands: ['up', 'lb'],
    text: 'address that HAProxy binds its ports to',
    defaultText: '--host',
  },
  haproxy_path: {
    kind: 'string',
    group: 'Load balancer',
    commands: ['up', 'lb'],
    text: 'the haproxy program, by name or path',
    default: 'haproxy',
  },
  haproxy_template: {
    kind: 'string',
    group: 'Load balancer',
    commands: ['up', 'lb'],
    text: 'Handlebars template of the HAProxy configuration',
    defaultText: 'templates/haproxy.cfg.hbs',
  },
  rules_file: {
    kind: 'string',
    group: 'Load balancer',
    commands: ['up', 'lb'],
    text: 'file that holds the routing rules',
    defaultText: '<work_dir>/lb/rules.json',
  },
} as const satisfies Record<string, Flag>;

export type FlagName = keyof typeof flags;
export const flagNames = Object.keys(flags) as FlagName[];

type ValueOfKind<K extends FlagKind> = K extends 'boolean'
  ? boolean
  : K extends 'integer' | 'port' | 'milliseconds' | 'seconds'
    ? number
    : K extends 'addresses' | 'masters' | 'urls'
      ? readonly string[]
      : string;

/** The value of every option; undefined where it was not given and has no default. */
export type Settings = {
  readonly [N in FlagName]:
    | ValueOfKind<(typeof flags)[N]['kind']>
    | ((typeof flags)[N] extends { readonly default: FlagValue } ? never : undefined);
};
export type SettingValue = Settings[FlagName];

/** The row of `name`, seen as any flag. */
export function flagOf(name: FlagName): Flag {
  return flags[name];
}

export function isFlagName(text: string): text is FlagName {
  return Object.hasOwn(flags, text);
}

/** The default of `name` for `command`; undefined when there is none. */
export function defaultOf(name: FlagName, command: CommandName): SettingValue {
  const flag = flagOf(name);
  return flag.defaultFor?.[command] ?? flag.default;
}

/** Whether `command` takes the option, be it to ignore it. */
export function accepts(command: CommandName, name: FlagName): boolean {
  const flag = flagOf(name);
  return flag.shared === true || flag.commands.includes(command);
}

/** The environment variables that set `name` for `command`, the first one that is set wins. */
export function environmentNames(name: FlagName, command: CommandName): string[] {
  const suffix = name.toUpperCase();
  const marathon = (command === 'up' || command === 'scheduler') && flagOf(name).marathon === true;
  return marathon ? [`EKIDEN_${suffix}`, `MARATHON_${suffix}`] : [`EKIDEN_${suffix}`];
}

/**
 * Marathon's options that Ekiden knows of and does not have yet, with what to do instead. A start script that relies on one must
 * not run as if it had worked.
 */
export const marathonFlagsNotYet: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries({
    'the embedded store is used and one scheduler runs': [
      ...['zk', 'zk_timeout', 'zk_session_timeout', 'zk_connection_timeout', 'zk_compression'],
      ...['zk_compression_threshold', 'zk_max_node_size', 'zk_max_concurrency', 'ha', 'internal_store_backend'],
      ...['storage_compaction_interval', 'storage_compaction_scan_batch_size', 'backup_location'],
      ...['leader_proxy_connection_timeout', 'leader_proxy_read_timeout', 'leader_proxy_ssl_ignore_hostname'],
      ...['zk_operation_max_retries', 'zk_operation_base_retry_sleep_ms', 'leader_proxy_max_open_connections'],
    ],
    'put a TLS proxy in front': [...['https_address', 'disable_http', 'ssl_keystore_path', 'ssl_keystore_password']],
    'keep the API on loopback or behind a proxy that authenticates': ['http_credentials', 'http_realm'],
    'connect to a master that asks for no credentials': [
      ...['mesos_authentication', 'mesos_authentication_principal', 'mesos_authentication_secret'],
      'mesos_authentication_secret_file',
    ],
    'subscribe to /v2/events instead': ['event_subscriber', 'http_endpoints'],
    'use --log_level': ['logging_level'],
    'there is no replacement yet': [
      ...['access_control_allow_origin', 'accepted_resource_roles_default_behavior', 'artifact_store'],
      ...['default_accepted_resource_roles', 'default_network_name', 'deprecated_features', 'draining_seconds'],
      ...['enable_features', 'env_vars_prefix', 'executor', 'gpu_scheduling_behavior', 'http_compression'],
      ...['http_max_concurrent_requests', 'launch_token_refresh_interval', 'launch_tokens', 'maintenance_mode'],
      ...['mesos_bridge_name', 'mesos_heartbeat_interval', 'mesos_heartbeat_failure_threshold'],
      ...['mesos_leader_ui_url', 'new_group_enforce_role', 'plugin_conf', 'plugin_dir', 'scale_apps_initial_delay'],
      ...['scale_apps_interval', 'suppress_offers', 'task_lost_expunge_initial_delay', 'task_lost_expunge_interval'],
      ...['task_reservation_timeout', 'max_apps', 'kill_chunk_size', 'offer_matching_timeout'],
    ],
  }).flatMap(([advice, names]) => names.map((name) => [name, advice])),
);
