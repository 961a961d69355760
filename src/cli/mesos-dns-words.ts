import { UsageError } from '../common/errors.js';
import { parseGoWords } from './originals/go-words.js';
import type { GoOptions } from './originals/go-words.js';

/** What Mesos-DNS was told on its command line. */
export interface MesosDnsWords {
  readonly configFile: string;
  readonly version: boolean;
  readonly help: boolean;
  /** `-v`: 0 errors, 1 verbose, 2 very verbose. */
  readonly verbosity: number;
}

/** Those of its logging library are read and mean nothing here: all lines go to the standard output. */
const options: GoOptions = {
  ...{ version: 'boolean', h: 'boolean', help: 'boolean', logtostderr: 'boolean', alsologtostderr: 'boolean' },
  ...{ config: 'text', v: 'text', vmodule: 'text', stderrthreshold: 'text', log_dir: 'text', log_backtrace_at: 'text' },
};

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

/** Reads the words of Mesos-DNS. Throws UsageError with Go's words. */
export function parseMesosDnsWords(words: readonly string[]): MesosDnsWords {
  const given = parseGoWords(options, words);
  const verbosity = given.get('v') ?? '0';
  if (!/^\d{1,9}$/.test(verbosity)) throw new UsageError(`invalid value "${verbosity}" for flag -v`);
  return {
    configFile: given.get('config') ?? 'config.json',
    version: given.get('version') === 'true',
    help: given.get('h') === 'true' || given.get('help') === 'true',
    verbosity: Number(verbosity),
  };
}
