import { UsageError } from '../common/errors.js';

/** What Mesos-DNS was told on its command line. */
export interface MesosDnsWords {
  readonly configFile: string;
  readonly version: boolean;
  readonly help: boolean;
  /** `-v`: 0 errors, 1 verbose, 2 very verbose. */
  readonly verbosity: number;
}

const booleans = new Set(['version', 'h', 'help', 'logtostderr', 'alsologtostderr']);
/** Those of its logging library are read and mean nothing here: all lines go to the standard output. */
const texts = new Set(['config', 'v', 'vmodule', 'stderrthreshold', 'log_dir', 'log_backtrace_at']);

export const mesosDnsHelp = `Usage of mesos-dns:
  -config string
        path to config file (json) (default "config.json")
  -v value
        log level for V logs: 1 and 2 say more
  -version
        output the version
`;

/** Whether the words behind `ekiden dns` are those of Mesos-DNS: its options have one dash as a rule, and `config` is none of ours. */
export function areMesosDnsWords(words: readonly string[]): boolean {
  return words.some((word) => /^--?config(?:=|$)|^-(?:version|v)(?:=|$)/.test(word));
}

function isTrue(name: string, text: string): boolean {
  if (/^(?:1|t|T|true|TRUE|True)$/.test(text)) return true;
  if (/^(?:0|f|F|false|FALSE|False)$/.test(text)) return false;
  throw new UsageError(`invalid boolean value "${text}" for -${name}`);
}

/**
 * Reads options as Go programs do: `-name=value`, `-name value` or the same with two dashes, up to `--` or the first word that is none; the last of
 * several counts. Throws UsageError with Go's words.
 */
export function parseMesosDnsWords(words: readonly string[]): MesosDnsWords {
  const given = new Map<string, string>();
  const rest = [...words];
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    const [, dashes = '', name = '', equals, value = ''] = /^(--?)([^=]*)(=?)(.*)$/s.exec(word) ?? [];
    if (dashes === '' || word === '--' || word === '-') break;
    if (name === '' || name.startsWith('-')) throw new UsageError(`bad flag syntax: ${word}`);
    if (booleans.has(name)) {
      given.set(name, String(isTrue(name, equals === '=' ? value : 'true')));
    } else if (texts.has(name)) {
      const text = equals === '=' ? value : rest.shift();
      if (text === undefined) throw new UsageError(`flag needs an argument: -${name}`);
      given.set(name, text);
    } else {
      throw new UsageError(`flag provided but not defined: -${name}`);
    }
  }
  const verbosity = given.get('v') ?? '0';
  if (!/^\d{1,9}$/.test(verbosity)) throw new UsageError(`invalid value "${verbosity}" for flag -v`);
  return {
    configFile: given.get('config') ?? 'config.json',
    version: given.get('version') === 'true',
    help: given.get('h') === 'true' || given.get('help') === 'true',
    verbosity: Number(verbosity),
  };
}
