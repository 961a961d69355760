import { RE2JS, RE2JSException, RE2JSSyntaxException } from 're2js';

/** Longer expressions are refused. */
export const maxRegexLength = 1000;
/** Expressions that need more steps than this for one character are refused: counted repetitions multiply. */
const maxProgramSize = 2000;
/** Expressions that are kept compiled. */
const maxCompiled = 1000;

/** A regular expression of a user, ready for use. */
export interface UserRegex {
  /** Whether the whole text matches, as with Java's `String.matches`. Linear in the text's length, whatever the expression. */
  matches(text: string): boolean;
  /** How many steps it takes for one character at most. */
  programSize(): number;
}

/** An expression, or why it is none that can be used. */
export type CompiledRegex =
  { readonly ok: true; readonly regex: UserRegex } | { readonly ok: false; readonly reason: string };

/** Results by expression, least recently used first: the same few are asked for with every offer. */
const compiled = new Map<string, CompiledRegex>();

function refused(reason: string): CompiledRegex {
  return { ok: false, reason };
}

function compile(source: string): CompiledRegex {
  if (source.length > maxRegexLength) {
    return refused(`it has ${source.length} characters, at most ${maxRegexLength} are allowed`);
  }
  try {
    const regex = RE2JS.compile(source);
    const size = regex.programSize();
    if (size > maxProgramSize) {
      return refused(`its repetitions make ${size} steps of it, at most ${maxProgramSize} are allowed`);
    }
    return { ok: true, regex };
  } catch (error) {
    if (error instanceof RE2JSSyntaxException) {
      const place = error.getPattern();
      return refused(
        `${error.getDescription()}${place === null ? '' : ` in '${place}'`} (look-around, back-references, possessive ` +
          'quantifiers and repetition counts over 1000 are not supported: matching takes linear time)',
      );
    }
    if (error instanceof RE2JSException) return refused(error.message);
    throw error;
  }
}

/**
 * Compiles a regular expression as RE2 knows it: the syntax of Java and Perl without what cannot be matched in linear time. Never throws for
 * what a user writes. Repeated calls for the same text cost nothing.
 */
export function compileUserRegex(source: string): CompiledRegex {
  const known = compiled.get(source);
  if (known !== undefined) {
    compiled.delete(source);
    compiled.set(source, known);
    return known;
  }
  const result = compile(source);
  // Texts that are too long are refused at once, and are not worth their memory
  if (source.length <= maxRegexLength) compiled.set(source, result);
  if (compiled.size > maxCompiled) {
    for (const oldest of compiled.keys()) {
      compiled.delete(oldest);
      break;
    }
  }
  return result;
}
