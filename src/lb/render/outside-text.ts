import { quoteWord } from '../rules/acl-words.js';

/** Text from outside, as a template sees it: it cannot be put out but through a helper that makes it harmless. */
export class OutsideText {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  quoted(): string {
    return quoteWord(this.#text);
  }

  /** For helpers, which give out what they make of it as OutsideText again, or as something that is harmless. */
  static read(value: unknown): string | undefined {
    return value instanceof OutsideText ? value.#text : undefined;
  }

  toString(): string {
    throw new Error('a text from outside is put out without quotes: write {{q …}}');
  }
}

/** Empty text is no danger, and false for `if`. */
export function wrapText(text: string): OutsideText | '' {
  return text === '' ? '' : new OutsideText(text);
}

export type Texts = Readonly<Record<string, string>>;

/** The same with each value wrapped, and without a prototype, so that no name can mean something of it. */
export function wrapTexts(texts: Texts): object {
  const wrapped: Record<string, OutsideText | ''> = Object.create(null) as Record<string, OutsideText | ''>;
  for (const [name, text] of Object.entries(texts)) {
    Object.defineProperty(wrapped, name, { value: wrapText(text), enumerable: true });
  }
  return wrapped;
}
