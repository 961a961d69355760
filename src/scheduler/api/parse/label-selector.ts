import { ApiError } from '../api-error.js';

/** Whether labels match a selector. */
export type LabelSelector = (labels: Readonly<Record<string, string>>) => boolean;

/** Characters that end a key or a value; a backslash before any character takes its meaning away. */
const special = /[\s,=!()\\]/;

/** Reads a selector from left to right; every method stands after what it read. */
class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  fail(expected: string): never {
    throw new ApiError(
      422,
      `Could not parse label selector '${this.#text}': ${expected} expected at position ${this.#at + 1}`,
    );
  }

  get atEnd(): boolean {
    this.#skipSpace();
    return this.#at >= this.#text.length;
  }

  /** Takes `token` if it stands here. */
  take(token: string): boolean {
    this.#skipSpace();
    if (!this.#text.startsWith(token, this.#at)) return false;
    this.#at += token.length;
    return true;
  }

  /** Takes a key or value; undefined if none stands here. */
  term(): string | undefined {
    this.#skipSpace();
    let term = '';
    for (; this.#at < this.#text.length; this.#at += 1) {
      let character = this.#text.charAt(this.#at);
      if (character === '\\' && this.#at + 1 < this.#text.length) {
        this.#at += 1;
        character = this.#text.charAt(this.#at);
      } else if (special.test(character)) break;
      term += character;
    }
    return term === '' ? undefined : term;
  }

  #skipSpace(): void {
    while (/\s/.test(this.#text.charAt(this.#at))) this.#at += 1;
  }
}

function readSet(reader: Reader): ReadonlySet<string> {
  if (!reader.take('(')) reader.fail("'('");
  const values = new Set<string>();
  do values.add(reader.term() ?? reader.fail('a value'));
  while (reader.take(','));
  if (!reader.take(')')) reader.fail("',' or ')'");
  return values;
}

function readClause(reader: Reader): LabelSelector {
  const key = reader.term() ?? reader.fail('a label');
  const test =
    (accepts: (value: string) => boolean): LabelSelector =>
    (labels) => {
      const value = Object.hasOwn(labels, key) ? labels[key] : undefined;
      return value !== undefined && accepts(value);
    };
  if (reader.take('==')) {
    const wanted = reader.term() ?? reader.fail('a value');
    return test((value) => value === wanted);
  }
  if (reader.take('!=')) {
    const unwanted = reader.term() ?? reader.fail('a value');
    return test((value) => value !== unwanted);
  }
  const operator = reader.term();
  if (operator === undefined) return test(() => true);
  if (operator !== 'in' && operator !== 'notin') reader.fail("'==', '!=', 'in', 'notin' or ','");
  const values = readSet(reader);
  return test((value) => values.has(value) === (operator === 'in'));
}

/**
 * Parses Marathon's label selector: clauses joined by `,`, all of which must hold: `key` (exists), `key==value`, `key!=value`,
 * `key in (a, b)`, `key notin (a, b)`. `!=` and `notin` too need the label to be there. Throws ApiError 422.
 */
export function parseLabelSelector(text: string): LabelSelector {
  const reader = new Reader(text);
  const clauses: LabelSelector[] = [];
  do clauses.push(readClause(reader));
  while (reader.take(','));
  if (!reader.atEnd) reader.fail("','");
  return (labels) => clauses.every((clause) => clause(labels));
}
