import { UsageError } from '../../common/errors.js';

/** What stands behind an option: nothing, or `=true`/`=false`; or a text. */
export type GoOptions = Readonly<Record<string, 'boolean' | 'text'>>;

function isTrue(name: string, text: string): boolean {
  if (/^(?:1|t|T|true|TRUE|True)$/.test(text)) return true;
  if (/^(?:0|f|F|false|FALSE|False)$/.test(text)) return false;
  throw new UsageError(`invalid boolean value "${text}" for -${name}`);
}

/**
 * Reads options as Go programs do: `-name=value`, `-name value` or the same with two dashes, up to `--` or the first word that is none; the last of
 * several counts. `other` takes the words of an option that is none of these, if it knows it. Throws UsageError with Go's words.
 */
export function parseGoWords(
  options: GoOptions,
  words: readonly string[],
  other: (name: string, word: string, rest: string[]) => boolean = () => false,
): ReadonlyMap<string, string> {
  const given = new Map<string, string>();
  const rest = [...words];
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    const [, dashes = '', name = '', equals, value = ''] = /^(--?)([^=]*)(=?)(.*)$/s.exec(word) ?? [];
    if (dashes === '' || word === '--' || word === '-') break;
    if (name === '' || name.startsWith('-')) throw new UsageError(`bad flag syntax: ${word}`);
    const kind = Object.hasOwn(options, name) ? options[name] : undefined;
    if (kind === 'boolean') {
      given.set(name, String(isTrue(name, equals === '=' ? value : 'true')));
    } else if (kind === 'text') {
      const text = equals === '=' ? value : rest.shift();
      if (text === undefined) throw new UsageError(`flag needs an argument: -${name}`);
      given.set(name, text);
    } else if (!other(name, word, rest)) {
      throw new UsageError(`flag provided but not defined: -${name}`);
    }
  }
  return given;
}
