import type { FlagValue } from './flag.js';

/** An option of Marathon's that cannot be set here. */
export interface MissingFlag {
  /** What to do instead. */
  readonly advice: string;
  /** Marathon's default, which `/v2/info` and `/config` show; undefined where there is none. */
  readonly default: FlagValue | undefined;
}

const older = 'give --zk zk://host:port,host:port/path';

/** Options by name: advice and default. */
const rows: readonly (readonly [advice: string, options: Readonly<Record<string, FlagValue | undefined>>])[] = [
  [older, { zk_hosts: undefined, zk_state: undefined }],
  [
    'let a log shipper take the JSON lines on standard output',
    { logstash: undefined, sentry: undefined, sentry_tags: undefined },
  ],
];

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
  Object.entries(missingFlags).map(([name, { advice }]) => [name, advice]),
);
