import { UsageError } from '../../common/errors.js';
import { flagNamed } from '../flags.js';
import { ownWords } from './own-words.js';

/** What stands behind an option: nothing, one word, or one and more up to the next option. */
export type PythonOptionKind = 'flag' | 'value' | 'values';

/** The options of a program that Python's argparse reads: kind by name, and the one-letter names. */
export interface PythonOptions {
  readonly long: Readonly<Record<string, PythonOptionKind>>;
  /** `m` → `marathon`. */
  readonly short: Readonly<Record<string, string>>;
}

export interface PythonWords {
  /** What was given, by the long name; of an option that is there several times all values in their order, for a flag empty texts. */
  readonly given: ReadonlyMap<string, readonly string[]>;
  /** Options of `ekiden lb` itself that stand among them, as they were written. */
  readonly own: readonly string[];
}

const looksLikeOption = (word: string): boolean => /^-/.test(word) && word !== '-' && !/^-\d+$/.test(word);

/**
 * Reads words as argparse does: `--name value`, `--name=value`, `-n value`, `-nvalue`, flags of one letter together, long names
 * shortened as far as they stay unique. Options of `ekiden lb`, which are written with `_`, may stand among them. Throws UsageError.
 */
export function parsePythonWords(options: PythonOptions, words: readonly string[]): PythonWords {
  const given = new Map<string, string[]>();
  const own: string[] = [];
  const rest = [...words];
  const take = (name: string, attached: string | undefined): void => {
    const values = given.get(name) ?? [];
    given.set(name, values);
    const kind = options.long[name];
    if (kind === 'flag') {
      if (attached !== undefined) throw new UsageError(`--${name} takes no value`);
      values.push('');
      return;
    }
    const isNext = (): boolean => rest[0] !== undefined && !looksLikeOption(rest[0]);
    if (attached === undefined && !isNext()) throw new UsageError(`--${name} needs a value`);
    values.push(attached ?? rest.shift() ?? '');
    while (attached === undefined && kind === 'values' && isNext()) values.push(rest.shift() ?? '');
  };
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (word.startsWith('--') && word !== '--') {
      const [, spelling = '', equals, value = ''] = /^--([^=]*)(=?)(.*)$/s.exec(word) ?? [];
      const name = longName(options, spelling);
      if (name !== undefined) take(name, equals === '=' ? value : undefined);
      else own.push(...requireOwn(spelling, word, rest));
      continue;
    }
    if (!looksLikeOption(word) || word === '--') {
      throw new UsageError(`'${word}' stands alone: options are written --name value`);
    }
    for (let letters = word.slice(1); letters !== '';) {
      const name = options.short[letters.charAt(0)];
      if (name === undefined) throw new UsageError(`-${letters.charAt(0)} is not an option (--help lists them)`);
      letters = letters.slice(1);
      if (options.long[name] === 'flag') take(name, undefined);
      else {
        take(name, letters === '' ? undefined : letters.replace(/^=/, ''));
        letters = '';
      }
    }
  }
  return { given, own };
}

/** The option that a spelling means; undefined when it is none of these. Throws UsageError when it could be several. */
function longName(options: PythonOptions, spelling: string): string | undefined {
  if (Object.hasOwn(options.long, spelling)) return spelling;
  if (flagNamed(spelling) !== undefined) return undefined;
  const candidates = Object.keys(options.long).filter((name) => name.startsWith(spelling));
  if (candidates.length > 1) {
    throw new UsageError(`--${spelling} could be ${candidates.map((name) => `--${name}`).join(' or ')}`);
  }
  return spelling === '' ? undefined : candidates[0];
}

function requireOwn(spelling: string, word: string, rest: string[]): string[] {
  const words = ownWords(spelling, word, rest);
  if (words === undefined) throw new UsageError(`--${spelling} is not an option (--help lists them)`);
  return words;
}
