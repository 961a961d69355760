import { messageOf } from '../../http/api-error.js';
import type { Json } from './json-value.js';

/** Where a text stops to be JSON, and what is wrong there. Lines and columns count from 1. */
export interface Mistake {
  readonly line: number;
  readonly column: number;
  readonly text: string;
}

export type ReadJson = { readonly value: Json } | { readonly mistake: Mistake };

/** Deeper than any definition; keeps a hostile text from exhausting the stack. */
const maxDepth = 500;

class Wrong extends Error {
  readonly at: number;
  constructor(at: number, message: string) {
    super(message);
    this.at = at;
  }
}

/** Walks through a text by the grammar of JSON (RFC 8259) and stops at the first thing that is not of it. */
class Walker {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  document(): void {
    this.#space();
    if (this.#isAtEnd()) throw new Wrong(this.#at, 'There is nothing');
    this.#value(0);
    this.#space();
    if (!this.#isAtEnd()) throw new Wrong(this.#at, 'Something follows after the end of the value');
  }

  #isAtEnd(): boolean {
    return this.#at >= this.#text.length;
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    if (found !== undefined) this.#at += found.length;
    return found;
  }

  #space(): void {
    this.#match(/[ \t\r\n]*/y);
  }

  #next(): string {
    return this.#text[this.#at] ?? '';
  }

  #value(depth: number): void {
    if (depth > maxDepth) throw new Wrong(this.#at, `There are more than ${maxDepth} levels`);
    const next = this.#next();
    if (next === '{') this.#list('}', () => this.#member(depth));
    else if (next === '[') this.#list(']', () => this.#value(depth + 1));
    else if (next === '"') this.#string();
    else if (this.#match(/(?:true|false|null)(?![\w$])/y) === undefined) this.#number();
  }

  /** What stands between brackets, with commas between. */
  #list(end: '}' | ']', element: () => void): void {
    const start = this.#at++;
    this.#space();
    if (this.#next() === end) {
      this.#at++;
      return;
    }
    for (;;) {
      element();
      this.#space();
      const next = this.#next();
      if (next === end) {
        this.#at++;
        return;
      }
      if (this.#isAtEnd()) {
        const { line } = placeOf(this.#text, start);
        throw new Wrong(this.#at, `The text ends, but what begins in line ${line} is not closed: “${end}” is missing`);
      }
      if (next !== ',') throw new Wrong(this.#at, `“,” or “${end}” is missing here`);
      const comma = this.#at++;
      this.#space();
      if (this.#next() === end) throw new Wrong(comma, `This comma is one too many: “${end}” follows`);
    }
  }

  #member(depth: number): void {
    if (this.#next() !== '"') throw new Wrong(this.#at, 'The name of a member, in double quotes, is expected here');
    this.#string();
    this.#space();
    if (this.#next() !== ':') throw new Wrong(this.#at, '“:” is missing after the name');
    this.#at++;
    this.#space();
    this.#value(depth + 1);
  }

  #string(): void {
    const start = this.#at++;
    for (;;) {
      this.#match(/[^"\\\u0000-\u001f]*/y);
      const next = this.#next();
      if (next === '"') {
        this.#at++;
        return;
      }
      if (next === '\\') {
        if (this.#match(/\\(?:["\\/bfnrt]|u[\da-fA-F]{4})/y) !== undefined) continue;
        throw new Wrong(this.#at, 'After “\\” comes one of " \\ / b f n r t, or u and four hexadecimal digits');
      }
      if (next === '' || next === '\n' || next === '\r') throw new Wrong(start, 'This text has no closing quote');
      throw new Wrong(this.#at, 'Control characters must be written as \\t or \\u….');
    }
  }

  #number(): void {
    const start = this.#at;
    const found = this.#match(/-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.$])/y);
    if (found !== undefined) return;
    const next = this.#next();
    if (next === '') throw new Wrong(start, 'The text ends where a value is expected');
    if (next === "'") throw new Wrong(start, 'Texts stand in double quotes');
    if (/[-.\d]/.test(next)) throw new Wrong(start, 'This is not a number as JSON has them');
    if (next === '/') throw new Wrong(start, 'JSON has no comments');
    throw new Wrong(start, 'A value is expected here: "text", a number, true, false, null, {…} or […]');
  }
}

function placeOf(text: string, at: number): { readonly line: number; readonly column: number } {
  const before = text.slice(0, at);
  return { line: before.split('\n').length, column: at - before.lastIndexOf('\n') };
}

/** Reads a text as JSON, or says where it is not. */
export function readJson(text: string): ReadJson {
  try {
    return { value: JSON.parse(text) as Json };
  } catch (error) {
    try {
      new Walker(text).document();
    } catch (wrong) {
      if (wrong instanceof Wrong) return { mistake: { ...placeOf(text, wrong.at), text: wrong.message } };
      throw wrong;
    }
    return { mistake: { line: 1, column: 1, text: messageOf(error) } };
  }
}
