import { Command, CommanderError, Option } from 'commander';
import { UsageError } from '../common/errors.js';
import { withoutCredentials } from '../common/redact.js';
import { checkTogether, warningsOf } from './check-together.js';
import { formatValue, parseValue } from './flag-values.js';
import {
  accepts,
  defaultOf,
  environmentNames,
  flagNamed,
  flagNames,
  flagOf,
  marathonFlagsNotYet,
  readsMarathon,
  spellingsOf,
} from './flags.js';
import type { CommandName, FlagName, Settings, SettingValue, Spelling } from './flags.js';
import { commandHelp, optionHelp } from './help.js';
import { nearest } from '../common/nearest.js';
import { readOptionFiles } from './option-files.js';
import type { OptionFile } from './option-files.js';

export type Environment = Readonly<Record<string, string | undefined>>;

/** What a command was told to do. */
export interface Invocation {
  readonly settings: Settings;
  /** The options that were given, on the command line or in the environment, rather than left at their defaults. */
  readonly given: ReadonlySet<FlagName>;
  /** What was given and has no effect: one line each. */
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
    for (const { text } of spellingsOf(name)) {
      const option = new Option(`--${text} ${boolean ? '[value]' : '<value>'}`);
      // Values are kept under the spelling itself, which commander would write in another way where there is a dash
      option.attributeName = () => text;
      // A boolean without a value means the same as an empty environment variable.
      parser.addOption(boolean ? option.preset('') : option);
    }
  }
  return parser;
}

/**
 * The settings of `command` from its arguments, the environment and the files of `--conf_dir`; the command line wins, then EKIDEN_…,
 * then MARATHON_…. `presets` are what holds instead of the defaults for a command that has no `--conf_dir`: the values by option, and
 * whose they are.
 * Throws UsageError, one line that names the option and what it accepts. `undefined` when help was asked for: it went to `writeHelp`.
 */
export function resolveSettings(
  command: CommandName,
  argv: readonly string[],
  environment: Environment,
  writeHelp: (text: string) => void,
  presets: ReadonlyMap<string, OptionFile> = new Map(),
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
  const files = accepts(command, 'conf_dir') ? optionFiles(command, fromArguments, environment) : presets;
  const values: Partial<Record<FlagName, SettingValue>> = {};
  const given = new Set<FlagName>();
  for (const name of flagNames) {
    values[name] = defaultOf(name, command);
    if (!accepts(command, name)) continue;
    const value = givenValue(name, sourcesOf(name, command, fromArguments, environment, files));
    if (value === undefined) continue;
    values[name] = value;
    given.add(name);
  }
  if (!given.has('log_level')) values.log_level = logLevelOf(values.logging_level) ?? values.log_level;
  const settings = values as Settings;
  checkTogether(command, settings);
  return {
    settings,
    given,
    warnings: [...warningsOf(command, settings, given), ...environmentWarnings(command, environment)],
  };
}

/** One place where a value was given: what it says there, and how messages call the place. */
interface Source {
  readonly text: string;
  readonly label: string;
  readonly negated: boolean;
}

/** The files of `--conf_dir`, all of which must be options of `command`. */
function optionFiles(
  command: CommandName,
  fromArguments: Readonly<Record<string, string | undefined>>,
  environment: Environment,
): ReadonlyMap<string, OptionFile> {
  const directory = givenValue('conf_dir', sourcesOf('conf_dir', command, fromArguments, environment, new Map()));
  if (typeof directory !== 'string') return new Map();
  const files = readOptionFiles(directory);
  for (const [spelling, { path }] of files) {
    const name = flagNamed(spelling);
    if (name === undefined || !accepts(command, name)) {
      throw new UsageError(`${path}: ${unknownOption(`--${spelling}`, command).message}`);
    }
    if (name === 'conf_dir') throw new UsageError(`${path}: the directory cannot name another one`);
  }
  return files;
}

/** Where `name` was given: the sources of each weight, the heaviest first. */
function sourcesOf(
  name: FlagName,
  command: CommandName,
  fromArguments: Readonly<Record<string, string | undefined>>,
  environment: Environment,
  files: ReadonlyMap<string, OptionFile>,
): Source[][] {
  const source = (text: string | undefined, label: string, { negated }: Spelling): Source[] =>
    text === undefined ? [] : [{ text, label, negated }];
  return [
    spellingsOf(name).flatMap((spelling) => source(fromArguments[spelling.text], `--${spelling.text}`, spelling)),
    ...environmentNames(name, command).map((variables) =>
      variables.flatMap(([variable, spelling]) =>
        source(environment[variable], `${variable} (--${spelling.text})`, spelling),
      ),
    ),
    spellingsOf(name).flatMap((spelling) => {
      const file = files.get(spelling.text);
      return file === undefined ? [] : source(file.text, `${file.path} (--${spelling.text})`, spelling);
    }),
  ];
}

/** The value of the heaviest weight; undefined when it was given nowhere. Throws UsageError for one that is none. */
function givenValue(name: FlagName, weights: readonly (readonly Source[])[]): SettingValue {
  const [first, ...others] = weights.find((sources) => sources.length > 0) ?? [];
  if (first === undefined) return undefined;
  const value = valueAt(name, first);
  for (const other of others) {
    if (formatValue(valueAt(name, other)) !== formatValue(value)) {
      throw new UsageError(`${first.label} and ${other.label} contradict each other: give only one`);
    }
  }
  return value;
}

function valueAt(name: FlagName, { text, label, negated }: Source): NonNullable<SettingValue> {
  const flag = flagOf(name);
  const parsed = parseValue(flag, text);
  if ('problem' in parsed) {
    const shown = flag.secret === true ? 'what was given' : `'${shorten(withoutCredentials(text))}'`;
    throw new UsageError(`${label}: ${shown} ${parsed.problem}`);
  }
  return negated && typeof parsed.value === 'boolean' ? !parsed.value : parsed.value;
}

/** The levels of Marathon that have no level of the same name here. */
const marathonLevels: Readonly<Record<string, string>> = {
  off: 'silent',
  fatal: 'error',
  trace: 'debug',
  all: 'debug',
};

function logLevelOf(loggingLevel: SettingValue): SettingValue {
  return typeof loggingLevel === 'string' ? (marathonLevels[loggingLevel] ?? loggingLevel) : undefined;
}

function shorten(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ');
  return line.length > 80 ? `${line.slice(0, 77)}...` : line;
}

/** What a mistaken argument was meant to be, in one line. */
function parserError(error: CommanderError, command: CommandName, argv: readonly string[]): UsageError {
  if (error.code === 'commander.optionMissingArgument') {
    const spelling = /--([\w-]+)/.exec(error.message)?.[1] ?? '';
    const name = flagNamed(spelling);
    return new UsageError(`--${spelling} needs a value${name === undefined ? '' : `: ${optionHelp(name, command)}`}`);
  }
  const text = /'(-[^']*)'/.exec(error.message)?.[1] ?? argv.find((a) => a.startsWith('-')) ?? '';
  return unknownOption(text.split('=')[0] ?? text, command);
}

function unknownOption(text: string, command: CommandName): UsageError {
  const spelling = text.replace(/^-+/, '');
  const name = flagNamed(spelling);
  if (name !== undefined && !accepts(command, name)) {
    const owners = flagOf(name).commands.map((owner) => `ekiden ${owner}`);
    return new UsageError(`${text} is an option of ${owners.join(' and ')}, not of ekiden ${command}`);
  }
  const advice = marathonFlagsNotYet[spelling];
  if (advice !== undefined && readsMarathon(command)) {
    return new UsageError(`${text} of Marathon is not supported yet: leave it out (${advice})`);
  }
  const own = flagNames
    .filter((candidate) => accepts(command, candidate))
    .flatMap((candidate) => spellingsOf(candidate).map((known) => known.text));
  const underscored = spelling.replaceAll('-', '_').toLowerCase();
  const guess = own.find((known) => known.toLowerCase() === underscored) ?? nearest(underscored, own);
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
    const value = flagOf(taken).secret === true ? '…' : environment[`npm_config_${taken}`];
    throw new UsageError(
      `npm took --${taken} for itself: write npm start -- --${taken} ${value === 'true' ? (first ?? '…') : (value ?? '…')}`,
    );
  }
  if (first === undefined) return;
  throw new UsageError(
    `'${shorten(first)}' stands alone: options are written --name value (with npm: npm start -- --name value)`,
  );
}

/** Variables of Ekiden itself that are no options. */
const internalVariables = new Set(['EKIDEN_SUPERVISED']);

/** Variables that look like options and are none. */
function environmentWarnings(command: CommandName, environment: Environment): string[] {
  return Object.keys(environment)
    .sort()
    .flatMap((variable) => {
      const [, prefix, suffix] = /^(EKIDEN|MARATHON)_([A-Z0-9_]+)$/.exec(variable) ?? [];
      if (suffix === undefined || internalVariables.has(variable)) return [];
      const warning = prefix === 'EKIDEN' ? ekidenWarning(suffix) : marathonWarning(command, suffix);
      return warning === undefined ? [] : [`${variable} ${warning}`];
    });
}

function ekidenWarning(suffix: string): string | undefined {
  if (flagNamed(suffix) !== undefined) return undefined;
  const guess = nearest(suffix.toLowerCase(), flagNames);
  return `is not an option and is ignored${guess === undefined ? '' : `: did you mean EKIDEN_${guess.toUpperCase()}?`}`;
}

function marathonWarning(command: CommandName, suffix: string): string | undefined {
  // MARATHON_APP_… says that Ekiden itself runs on Marathon; the other roles are not meant at all.
  if (!readsMarathon(command) || suffix.startsWith('APP_')) return undefined;
  const text = suffix.toLowerCase();
  const advice = marathonFlagsNotYet[text];
  if (advice !== undefined) return `is ignored, --${text} of Marathon is not supported yet: ${advice}`;
  const name = flagNamed(suffix);
  if (name === undefined) {
    const guess = nearest(
      text,
      flagNames.filter((candidate) => flagOf(candidate).marathon === true),
    );
    return `is not an option and is ignored${guess === undefined ? '' : `: did you mean MARATHON_${guess.toUpperCase()}?`}`;
  }
  return flagOf(name).marathon === true
    ? undefined
    : `is ignored, --${name} is an option of Ekiden's alone: set EKIDEN_${suffix}`;
}
