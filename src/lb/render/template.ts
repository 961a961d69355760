import Handlebars from 'handlebars';
import { quoteWord } from '../rules/acl-words.js';

/** Text from outside, as a template sees it: it cannot be put out but through the helper `q`. */
class OutsideText {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  quoted(): string {
    return quoteWord(this.#text);
  }

  equals(other: string): boolean {
    return this.#text === other;
  }

  toString(): string {
    throw new Error('a label is put out without quotes: write {{q …}}');
  }
}

type Texts = Readonly<Record<string, string>>;

/** The part of a RoutingModel that holds outside text. */
interface HasLabels {
  readonly backends?: readonly { readonly app: { readonly labels: Texts; readonly env: Texts } }[];
}

function wrapTexts(texts: Texts): object {
  const wrapped = Object.entries(texts).map(([name, text]) => [name, new OutsideText(text)] as const);
  return Object.assign(Object.create(null) as object, Object.fromEntries(wrapped));
}

/** The same model with its outside text wrapped. Prototypes are left out, so that no label can name one. */
function wrapOutsideText(model: HasLabels): object {
  if (model.backends === undefined) return model;
  return {
    ...model,
    backends: model.backends.map((backend) => ({
      ...backend,
      app: { ...backend.app, labels: wrapTexts(backend.app.labels), env: wrapTexts(backend.app.env) },
    })),
  };
}

/** `{{q value}}`: any text as one literal word; nothing for what is absent. */
function q(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (value instanceof OutsideText) return value.quoted();
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
    return quoteWord(String(value));
  }
  throw new Error('q: this value has several parts');
}

/** `(eq a b)`: whether two values are the same text. */
function eq(a: unknown, b: unknown): boolean {
  return a instanceof OutsideText ? a.equals(String(b)) : a === b;
}

/** Runs a model through a template. */
export type Template = (model: object) => string;

/**
 * Compiles a template: Handlebars without HTML escaping (this is no HTML), strict about fields that do not exist, with the
 * helpers `q` and `eq` only. The template comes from the operator, never from an app. Throws when it cannot be parsed.
 */
export function compileTemplate(text: string): Template {
  const handlebars = Handlebars.create();
  handlebars.registerHelper('q', q);
  handlebars.registerHelper('eq', eq);
  const template = handlebars.compile(text, {
    noEscape: true,
    strict: true,
    knownHelpersOnly: true,
    knownHelpers: { q: true, eq: true },
  });
  return (model) => template(wrapOutsideText(model));
}
