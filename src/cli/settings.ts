import { Command, CommanderError, Option } from 'commander';
import { UsageError } from '../common/errors.js';
import { parseValue } from './flag-values.js';
import { accepts, defaultOf, environmentNames, flagNames, flagOf, isFlagName, marathonFlagsNotYet } from './flags.js';
import type { CommandName, FlagName, Settings, SettingValue } from './flags.js';
import { commandHelp, optionHelp } from './help.js';
import { nearest } from './nearest.js';

export type Environment = Readonly<Record<string, string | undefined>>;

/** What a command was told to do. */
export interface Invocation {
  readonly settings: Settings;
  /** The options that were given, on the command line or in the environment, rather than left at their defaults. */
  readonly given: ReadonlySet<FlagName>;
  /** Environment variables that look like options and are none: one line each. */
  readonly warnings: readonly string[];
}

/** The parser of `command`. It splits arguments into names and texts; values, messages and help are ours. */
function createParser(command: CommandName): Command {
  const parser = new Command(command)
    .argument('[stray...]')
    .exitOverride()
    .configureOutput({ writeErr: () => undefined })
    .configureHelp({ formatHelp: () => commandHelp(command) });
  for (const name of flagNames) {
    if (!accepts(command, name)) continue;
    const boolean = flagOf(name).kind === 'boolean';
    const option = new Option(`--${name} ${boolean ? '[value]' : '<value>'}`);
    // A boolean without a value means the same as an empty environment variable.
    parser.addOption(boolean ? option.preset('') : option);
  }
  return parser;
}

/**
 * The settings of `command` from its arguments and the environment; the command line wins, then EKIDEN_…, then MARATHON_….
 * Throws UsageError, one line that names the option and what it accepts. `undefined` when help was asked for: it went to `writeHelp`.
 */
export function resolveSettings(
  command: CommandName,
  argv: readonly string[],
  environment: Environment,
  writeHelp: (text: string) => void,
): Invocation | undefined {
  const parser = createParser(command).configureOutput({ writeOut: writeHelp });
  try {
    parser.parse(argv, { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError && error.code === 'commander.helpDisplayed') return undefined;
    throw error instanceof CommanderError ? parserError(error, command, argv) : error;
  }
  refuseStray(parser.args, command, environment);

  const fromArguments = parser.opts<Record<string, string | undefined>>();
  const values: Partial<Record<FlagName, SettingValue>> = {};
  const given = new Set<FlagName>();
  for (const name of flagNames) {
    values[name] = defaultOf(name, command);
    if (!accepts(command, name)) continue;
    const source = findText(name, command, fromArguments[name], environment);
    if (source === undefined) continue;
    const parsed = parseValue(flagOf(name), source.text);
    if ('problem' in parsed) throw new UsageError(`${source.label}: '${shorten(source.text)}' ${parsed.problem}`);
    values[name] = parsed.value;
    given.add(name);
  }
  const settings = values as Settings;
  checkTogether(command, settings);
  return { settings, given, warnings: environmentWarnings(command, environment) };
}

function findText(
  name: FlagName,
  command: CommandName,
  fromArguments: string | undefined,
  environment: Environment,
): { text: string; label: string } | undefined {
  if (fromArguments !== undefined) return { text: fromArguments, label: `--${name}` };
  for (const variable of environmentNames(name, command)) {
    const text = environment[variable];
    if (text !== undefined) return { text, label: `${variable} (--${name})` };
  }
  return undefined;
}

function shorten(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ');
  return line.length > 80 ? `${line.slice(0, 77)}...` : line;
}

/** What a mistaken argument was meant to be, in one line. */
function parserError(error: CommanderError, command: CommandName, argv: readonly string[]): UsageError {
  if (error.code === 'commander.optionMissingArgument') {
    const name = /--(\w+)/.exec(error.message)?.[1] ?? '';
    return new UsageError(`--${name} needs a value${isFlagName(name) ? `: ${optionHelp(name, command)}` : ''}`);
  }
  const text = /'(-[^']*)'/.exec(error.message)?.[1] ?? argv.find((a) => a.startsWith('-')) ?? '';
  return unknownOption(text.split('=')[0] ?? text, command);
}

function unknownOption(text: string, command: CommandName): UsageError {
  const name = text.replace(/^-+/, '');
  const underscored = name.replaceAll('-', '_');
  if (isFlagName(name)) {
    const owners = flagOf(name).commands.map((owner) => `ekiden ${owner}`);
    return new UsageError(`${text} is an option of ${owners.join(' and ')}, not of ekiden ${command}`);
  }
  const advice = marathonFlagsNotYet[name];
  if (advice !== undefined && (command === 'up' || command === 'scheduler')) {
    return new UsageError(`${text} of Marathon is not supported yet: leave it out (${advice})`);
  }
  const own = flagNames.filter((candidate) => accepts(command, candidate));
  const guess = isFlagName(underscored) ? underscored : nearest(underscored, own);
  const hint = guess === undefined ? `ekiden ${command} --help lists all options` : `did you mean --${guess}?`;
  return new UsageError(`${text} is not an option of ekiden ${command}: ${hint}`);
}

/**
 * Refuses what is left over. The usual cause is `npm start --http_port 1234`, of which npm keeps the name for itself (visible to us
 * as npm_config_http_port); `npm start --http_port=1234` loses even the value.
 */
function refuseStray(stray: readonly string[], command: CommandName, environment: Environment): void {
  const taken = flagNames.find((name) => environment[`npm_config_${name}`] !== undefined);
  const first = stray[0];
  if (command === 'up' && environment['npm_lifecycle_event'] === 'start' && taken !== undefined) {
    const value = environment[`npm_config_${taken}`];
    throw new UsageError(
      `npm took --${taken} for itself: write npm start -- --${taken} ${value === 'true' ? (first ?? '…') : (value ?? '…')}`,
    );
  }
  if (first === undefined) return;
  throw new UsageError(
    `'${shorten(first)}' stands alone: options are written --name value (with npm: npm start -- --name value)`,
  );
}

function checkTogether(command: CommandName, settings: Settings): void {
  for (const name of flagNames) {
    const value = settings[name];
    const missing = value === undefined || (typeof value === 'object' && value.length === 0);
    if (missing && flagOf(name).requiredFor?.includes(command) === true) {
      throw new UsageError(`--${name} is required: ${flagOf(name).text}`);
    }
  }
  if (settings.work_dir === '') throw new UsageError("--work_dir: '' is not a directory");
  if (settings.local_port_min > settings.local_port_max) {
    throw new UsageError(
      `--local_port_min ${settings.local_port_min} is above --local_port_max ${settings.local_port_max}`,
    );
  }
  if ((command === 'up' || command === 'scheduler') && (settings.master?.length ?? 0) > 1) {
    throw new UsageError(
      `--master: ekiden ${command} takes one host:port (redirects to the leading master are followed)`,
    );
  }
  if (!settings.checkpoint) throw new UsageError('--checkpoint false: tasks are always checkpointed, leave it out');
  if (!settings.disable_ha) {
    throw new UsageError('--disable_ha false: high availability needs --zk, which is not supported yet');
  }
  if (command === 'up') refuseEqualPorts(settings);
}

function refuseEqualPorts(settings: Settings): void {
  const seen = new Map<number, FlagName>();
  for (const name of flagNames) {
    if (flagOf(name).kind !== 'port' || name === 'local_port_min' || name === 'local_port_max') continue;
    const port = settings[name] as number;
    const other = seen.get(port);
    if (other !== undefined) throw new UsageError(`--${other} and --${name} are both ${port}`);
    seen.set(port, name);
  }
}

/** Variables of Ekiden itself that are no options. */
const internalVariables = new Set(['EKIDEN_SUPERVISED']);

function environmentWarnings(command: CommandName, environment: Environment): string[] {
  const warnings: string[] = [];
  for (const variable of Object.keys(environment).sort()) {
    const [, prefix, suffix] = /^(EKIDEN|MARATHON)_([A-Z0-9_]+)$/.exec(variable) ?? [];
    if (prefix === undefined || suffix === undefined || internalVariables.has(variable)) continue;
    const name = suffix.toLowerCase();
    if (prefix === 'EKIDEN' && !isFlagName(name)) {
      const guess = nearest(name, flagNames);
      warnings.push(
        `${variable} is not an option and is ignored${guess === undefined ? '' : `: did you mean EKIDEN_${guess.toUpperCase()}?`}`,
      );
    }
    // What else begins with MARATHON_ may be meant for somebody else (MARATHON_APP_…: Ekiden itself runs on Marathon).
    const advice = marathonFlagsNotYet[name];
    if (prefix === 'MARATHON' && advice !== undefined && (command === 'up' || command === 'scheduler')) {
      warnings.push(`${variable} is ignored, --${name} of Marathon is not supported yet: ${advice}`);
    }
  }
  return warnings;
}
