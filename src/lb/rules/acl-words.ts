/** Why a rule's text is refused; the message is for the person who wrote it. */
export class AclError extends Error {
  override readonly name = 'AclError';
}

/** Control characters, DEL and the Unicode line separators: nothing outside may put one of them into a line of configuration. */
export const unsafeCharacters = /[\u0000-\u001f\u007f\u2028\u2029]/;

/**
 * Quotes a value so that HAProxy reads it as one literal word: `'…'`, where nothing is special but `'` itself. Throws when
 * the value holds a character that cannot stand in a line (control characters, U+2028/9) or is longer than 1024.
 */
export function quoteWord(value: string): string {
  const unsafe = unsafeCharacters.exec(value);
  if (unsafe !== null) {
    const code = unsafe[0].charCodeAt(0).toString(16).toUpperCase().padStart(4, '0');
    throw new AclError(`the character U+${code} is not allowed`);
  }
  if (value.length > 1024) throw new AclError(`longer than 1024 characters (${value.length})`);
  return `'${value.replaceAll("'", `'"'"'`)}'`;
}

/** A word of a line, as HAProxy reads it. */
export interface AclWord {
  readonly text: string;
  /** Some of it stood in quotes or behind a backslash, so it is meant literally. */
  readonly quoted: boolean;
}

/**
 * Splits one line into words by HAProxy's own rules (configuration manual 2.2): blanks separate, `'…'` is literal, in `"…"`
 * and outside a backslash takes the special meaning from a blank, `\`, `#`, `'`, `"` and (in `"…"`) `$`; before anything else it
 * stays, as regular expressions need. What would reach beyond the rule is refused: control characters, a comment, and `$` in
 * double quotes (HAProxy would put in its environment).
 */
export function splitWords(line: string): AclWord[] {
  const unsafe = unsafeCharacters.exec(line);
  if (unsafe !== null) {
    const code = unsafe[0].charCodeAt(0).toString(16).toUpperCase().padStart(4, '0');
    throw new AclError(`the character U+${code} is not allowed: a rule is one line of text`);
  }
  const words: AclWord[] = [];
  let text = '';
  let quoted = false;
  let started = false;
  let quote: '"' | "'" | undefined;
  const finish = (): void => {
    if (started) words.push({ text, quoted });
    text = '';
    quoted = false;
    started = false;
  };
  for (let i = 0; i < line.length; i += 1) {
    const c = line.charAt(i);
    if (quote === "'") {
      if (c === "'") quote = undefined;
      else text += c;
    } else if (c === '\\') {
      const next = line.charAt(i + 1);
      if (next === '') throw new AclError('a backslash at the end');
      if (/[rntx]/.test(next)) throw new AclError(`the escape \\${next} is not allowed`);
      started = true;
      if (/[ \\#'"]/.test(next) || (quote === '"' && next === '$')) {
        text += next;
        quoted = true;
      } else {
        text += c + next;
      }
      i += 1;
    } else if (quote === '"') {
      if (c === '"') quote = undefined;
      else if (c === '$')
        throw new AclError('"$" in double quotes is replaced from the environment: use single quotes');
      else text += c;
    } else if (c === '"' || c === "'") {
      quote = c;
      quoted = true;
      started = true;
    } else if (c === ' ') {
      finish();
    } else if (c === '#') {
      throw new AclError('"#" begins a comment: put the pattern in single quotes');
    } else {
      text += c;
      started = true;
    }
  }
  if (quote !== undefined) throw new AclError(`a ${quote} is not closed`);
  finish();
  return words;
}
