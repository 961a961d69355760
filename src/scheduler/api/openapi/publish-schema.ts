import type { TSchema } from 'typebox';
import { notes } from './notes.js';

/** A JSON object of a document. */
export type JsonObject = { readonly [name: string]: unknown };

/** TypeBox' pattern of names for objects whose member names are free. */
const anyName = '^.*$';

/** Keywords that stand for something else in a document: names become references, and how Marathon prints a pattern is for errors only. */
const unpublished: ReadonlySet<string> = new Set(['$id', '$defs', 'x-shownPattern']);

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Turns the schemas that requests are read with, and those that describe answers, into JSON Schema (2020-12) for documents. A schema with a
 * name (`$id`) is written once, in `definitions`, and referred to; `refTo` gives the reference.
 */
export class SchemaPublisher {
  readonly definitions = new Map<string, JsonObject>();
  readonly #sources = new Map<string, string>();
  readonly #refTo: (name: string) => string;

  constructor(refTo: (name: string) => string) {
    this.#refTo = refTo;
  }

  /** The published form: a reference, if the schema has a name or is given one. Throws when two different schemas have one name. */
  publish(schema: TSchema, givenName?: string): JsonObject {
    const keywords = schema as JsonObject;
    const { $ref, $defs, $id } = keywords;
    if (typeof $ref === 'string') {
      if (isObject($defs)) for (const [name, definition] of Object.entries($defs)) this.#define(name, definition);
      return { $ref: this.#refTo($ref) };
    }
    const name = givenName ?? (typeof $id === 'string' ? $id : undefined);
    if (name === undefined) return this.#body(keywords, {});
    this.#define(name, schema);
    return { $ref: this.#refTo(name) };
  }

  #define(name: string, schema: unknown): void {
    const source = JSON.stringify(schema);
    const known = this.#sources.get(name);
    if (known === source) return;
    if (known !== undefined) throw new Error(`two different schemas are called '${name}'`);
    this.#sources.set(name, source);
    // What it refers to comes after it, and may be itself
    this.definitions.set(name, {});
    this.definitions.set(name, this.#body(schema as JsonObject, notes[name] ?? {}));
  }

  #body(keywords: JsonObject, texts: Readonly<Record<string, JsonObject>>): JsonObject {
    const published = Object.entries(keywords).flatMap(([keyword, value]): [string, unknown][] => {
      if (unpublished.has(keyword)) return [];
      switch (keyword) {
        case 'properties':
          return [[keyword, this.#properties(value as JsonObject, texts)]];
        case 'patternProperties': {
          const patterns = this.#properties(value as JsonObject, {});
          const free = patterns[anyName];
          return [free === undefined ? [keyword, patterns] : ['additionalProperties', free]];
        }
        case 'items':
        case 'additionalProperties':
          return [[keyword, isObject(value) ? this.publish(value) : value]];
        case 'anyOf':
          return [[keyword, (value as readonly TSchema[]).map((s) => this.publish(s))]];
        default:
          return [[keyword, value]];
      }
    });
    return Object.fromEntries(published);
  }

  #properties(properties: JsonObject, texts: Readonly<Record<string, JsonObject>>): JsonObject {
    return Object.fromEntries(
      Object.entries(properties).map(([name, schema]) => [
        name,
        { ...this.publish(schema as TSchema), ...(Object.hasOwn(texts, name) ? texts[name] : {}) },
      ]),
    );
  }
}
