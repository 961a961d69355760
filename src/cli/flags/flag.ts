/** The roles, in the order in which `up` starts them. */
export const roleNames = ['cluster', 'scheduler', 'dns', 'lb'] as const;
export type RoleName = (typeof roleNames)[number];

/** What is done with the state of a scheduler that does not run, or beside it. */
export const storeCommandNames = ['backup', 'restore', 'forget-framework'] as const;

/** The commands that take options. */
export const commandNames = ['up', ...roleNames, ...storeCommandNames] as const;
export type CommandName = (typeof commandNames)[number];

/**
 * What a value may look like, and what it becomes:
 * integer, bytes, port, milliseconds, seconds → number; boolean; addresses (`host` or `host:port`), masters (`host:port`, or one
 * `zk://…/path`), urls
 * (bases to which paths are added), endpoints (whole http URLs), origins (`*` or `http://host`), list (words) → list of strings
 * (comma-separated); string, choice, host (a host name or an IP address), ip (an IP address), url, path (of a file or directory),
 * prefix (of a URL's path), credentials (`user:password`), zookeeper (`zk://…/path`) → string.
 */
export type FlagKind =
  | 'string'
  | 'choice'
  | 'host'
  | 'ip'
  | 'boolean'
  | 'integer'
  | 'bytes'
  | 'port'
  | 'milliseconds'
  | 'seconds'
  | 'addresses'
  | 'masters'
  | 'zookeeper'
  | 'urls'
  | 'endpoints'
  | 'origins'
  | 'list'
  | 'url'
  | 'path'
  | 'prefix'
  | 'credentials';

/** What belongs together in the help of `up`: the rest is left to that of the scheduler, so that a newcomer sees the common options. */
export const commonFlagGroups = ['General', 'Ports', 'Cluster', 'Scheduler', 'DNS', 'Load balancer'] as const;

/** What belongs together in the help, the common first. */
export const flagGroups = [
  ...commonFlagGroups,
  'ZooKeeper and high availability',
  'Backup',
  'Mesos master',
  'API',
  'TLS and access',
  'Events, artifacts, plugins',
  'Metrics',
  'Times and limits',
  'DNS, in detail',
  'Load balancer, in detail',
  'One value only',
  'Accepted, without effect',
] as const;
export type FlagGroup = (typeof flagGroups)[number];

/** What a timer can wait; with a longer time it would end at once. In milliseconds. */
export const longestTimerMs = 2 ** 31 - 1;

export type FlagValue = string | number | boolean | readonly string[];

/** One option, as every source (command line, environment) and every reader (parser, help, role) sees it. */
export interface Flag {
  readonly kind: FlagKind;
  readonly group: FlagGroup;
  /** The commands whose behaviour it changes, and whose help shows it. */
  readonly commands: readonly CommandName[];
  /** `up` and every role accept it, so that one command line serves all; those not in `commands` ignore it. */
  readonly shared?: true;
  /** It is an option of Marathon's, so that `MARATHON_…` sets it, too, and `/v2/info` and `/config` may show it. */
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
  /** The words that a choice or the items of a list may be. */
  readonly choices?: readonly string[];
  /** The schemes that a url may have. */
  readonly schemes?: readonly string[];
  readonly min?: number;
  readonly max?: number;
  /** `--disable_<name>` says false: one of Marathon's `--[disable_]` options. */
  readonly toggle?: true;
  /** Names that it had before, or has elsewhere; they mean the same. */
  readonly aliases?: readonly string[];
  /** Further environment variables that set it, with the least weight. */
  readonly variables?: readonly string[];
  /** The value is shown to nobody: not in messages, `/v2/info` and `/config`, nor on the command line of another process. */
  readonly secret?: true;
  /** It means something only when this other option is given; without that one it is warned about. */
  readonly needs?: string;
  /** Why only the default is possible; any other value is refused. */
  readonly only?: string;
  /** Why it changes nothing; it is accepted because start scripts pass it, and a value other than the default is warned about. */
  readonly withoutEffect?: string;
}

/** A part of the table: options by name. */
export type FlagTable = Readonly<Record<string, Flag>>;
