import { apiFlags } from './flags/api.js';
import { backupFlags } from './flags/backup.js';
import { clusterFlags } from './flags/cluster.js';
import { dnsFlags } from './flags/dns.js';
import { eventFlags } from './flags/events.js';
import { storeCommandNames } from './flags/flag.js';
import type { CommandName, Flag, FlagKind, FlagTable, FlagValue } from './flags/flag.js';
import { generalFlags } from './flags/general.js';
import { highAvailabilityFlags } from './flags/high-availability.js';
import { loadBalancerFlags } from './flags/load-balancer.js';
import { mesosFlags } from './flags/mesos.js';
import { metricsFlags } from './flags/metrics.js';
import { oneValueFlags } from './flags/one-value.js';
import { portFlags } from './flags/ports.js';
import { schedulerFlags } from './flags/scheduler.js';
import { securityFlags } from './flags/security.js';
import { tuningFlags } from './flags/tuning.js';
import { flagsWithoutEffect } from './flags/without-effect.js';

export { commandNames, commonFlagGroups, flagGroups, roleNames, storeCommandNames } from './flags/flag.js';
export type { CommandName, Flag, FlagGroup, FlagKind, RoleName } from './flags/flag.js';
export { marathonFlagsNotYet, missingFlags } from './flags/not-yet.js';

/**
 * Every option of every command, by its name (`http_port` is `--http_port`, `EKIDEN_HTTP_PORT` and, for what the scheduler reads,
 * `MARATHON_HTTP_PORT`). Names and defaults of the scheduler's options are Marathon's. `default` holds for a role that is started
 * alone and follows the originals; `up` keeps to loopback and to ports that need no privileges.
 */
export const flags = {
  ...generalFlags,
  ...portFlags,
  ...clusterFlags,
  ...schedulerFlags,
  ...highAvailabilityFlags,
  ...backupFlags,
  ...mesosFlags,
  ...dnsFlags,
  ...loadBalancerFlags,
  ...apiFlags,
  ...securityFlags,
  ...eventFlags,
  ...metricsFlags,
  ...tuningFlags,
  ...oneValueFlags,
  ...flagsWithoutEffect,
} as const satisfies FlagTable;

export type FlagName = keyof typeof flags;
export const flagNames = Object.keys(flags) as FlagName[];

type ValueOfKind<K extends FlagKind> = K extends 'boolean'
  ? boolean
  : K extends 'integer' | 'bytes' | 'port' | 'milliseconds' | 'seconds'
    ? number
    : K extends 'addresses' | 'masters' | 'urls' | 'endpoints' | 'origins' | 'list'
      ? readonly string[]
      : string;

/** The words of a choice; any value of the kind for everything else. */
type ValueOf<F extends Flag> = F extends { readonly kind: 'choice'; readonly choices: readonly (infer Word)[] }
  ? Word
  : ValueOfKind<F['kind']>;

/** The value of every option; undefined where it was not given and has no default. */
export type Settings = {
  readonly [N in FlagName]:
    ValueOf<(typeof flags)[N]> | ((typeof flags)[N] extends { readonly default: FlagValue } ? never : undefined);
};
export type SettingValue = FlagValue | undefined;

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
  return flag.commands.includes(command) || (flag.shared === true && !isStoreCommand(command));
}

/** Whether `command` has to do with a stored state alone. */
export function isStoreCommand(command: CommandName): boolean {
  return (storeCommandNames as readonly CommandName[]).includes(command);
}

/** One way to write an option: its own name, an older one, or `disable_` and one of these, which says the opposite. */
export interface Spelling {
  readonly text: string;
  readonly negated: boolean;
}

/** Every way to write `name`, its own first. */
export function spellingsOf(name: FlagName): readonly Spelling[] {
  const { aliases = [], toggle } = flagOf(name);
  const names = [name, ...aliases];
  return [
    ...names.map((text) => ({ text, negated: false })),
    ...(toggle === true ? names.map((text) => ({ text: `disable_${text}`, negated: true })) : []),
  ];
}

const namesBySpelling: ReadonlyMap<string, FlagName> = new Map(
  flagNames.flatMap((name) => spellingsOf(name).map(({ text }) => [text.toLowerCase(), name] as const)),
);

/** The option that is written `spelling` (`disable_ha` → `ha`); letters of environment variables have lost their case. */
export function flagNamed(spelling: string): FlagName | undefined {
  return namesBySpelling.get(spelling.toLowerCase());
}

/** The environment variables of one weight that set an option: `[name, spelling]`. */
type Variables = readonly (readonly [variable: string, spelling: Spelling])[];

/** The environment variables that set `name` for `command`, by weight: the first weight of which one is set wins. */
export function environmentNames(name: FlagName, command: CommandName): readonly Variables[] {
  const { marathon, variables = [] } = flagOf(name);
  const spellings = spellingsOf(name);
  const prefixed = (prefix: string): Variables =>
    spellings.map((spelling) => [`${prefix}_${spelling.text.toUpperCase()}`, spelling] as const);
  return [
    prefixed('EKIDEN'),
    ...(readsMarathon(command) && marathon === true ? [prefixed('MARATHON')] : []),
    variables.map((variable) => [variable, { text: name, negated: false }] as const),
  ];
}

/** Whether `command` heeds the environment of a Marathon. */
export function readsMarathon(command: CommandName): boolean {
  return command === 'up' || command === 'scheduler' || isStoreCommand(command);
}
