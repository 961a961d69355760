import { accepts, flagNamed, flagOf } from '../flags.js';

/**
 * The words of an option of `ekiden lb` that stands among those of another program, `word` with what follows it in `rest`, from
 * which its value is taken; undefined when it is none.
 */
export function ownWords(spelling: string, word: string, rest: string[]): string[] | undefined {
  const name = flagNamed(spelling);
  if (name === undefined || !accepts('lb', name)) return undefined;
  const next = rest[0];
  const isAttached = word.includes('=') || next === undefined || next.startsWith('--');
  if (isAttached || (flagOf(name).kind === 'boolean' && !/^(?:true|false)$/i.test(next))) return [word];
  rest.shift();
  return [word, next];
}
