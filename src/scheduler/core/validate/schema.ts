import type { Static } from 'typebox';
import type { Json } from '../../model/app-definition.js';
import { shapeOf } from './compile-schema.js';
import type { Pattern, Shape } from './compile-schema.js';
import { elementPath, maxViolations, memberPath, problem } from './violations.js';
import type { Problem } from './violations.js';

/** What a schema may say besides, for its readers. */
interface Annotations {
  readonly $id?: string;
  readonly title?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly examples?: readonly unknown[];
  readonly deprecated?: boolean;
}

/**
 * The part of JSON Schema (2020-12) that requests are described with: types, ranges and enumerations as in Marathon's RAML.
 * TypeBox makes such schemas. A keyword that is not listed here is refused when the schema is defined, never ignored.
 */
export type Schema = Annotations &
  (
    | {
        readonly type: 'string';
        readonly minLength?: number;
        readonly maxLength?: number;
        readonly enum?: readonly string[];
        readonly const?: string;
        /** For the whole text, from `^` to `$`. It must match in linear time. */
        readonly pattern?: string;
        /** How Marathon prints the pattern, where that is not how it is matched here. */
        readonly 'x-shownPattern'?: string;
      }
    | { readonly enum: readonly string[] }
    | { readonly type: 'number'; readonly minimum?: number; readonly maximum?: number }
    /** A whole number; `3.0` is one. */
    | { readonly type: 'integer'; readonly minimum?: number; readonly maximum?: number }
    | { readonly type: 'boolean' }
    /** `uniqueItems`: a set; equal items count once (Marathon drops repetitions silently). */
    | { readonly type: 'array'; readonly items: Schema; readonly minItems?: number; readonly uniqueItems?: true }
    | {
        readonly type: 'object';
        readonly properties: Readonly<Record<string, Schema>>;
        readonly required?: readonly string[] | undefined;
      }
    /** An object whose member names are free. */
    | { readonly type: 'object'; readonly additionalProperties: Schema }
    /** The same in TypeBox' form, with one pattern for the names. */
    | { readonly type: 'object'; readonly patternProperties: Readonly<Record<string, Schema>> }
    /** One of several shapes, told apart by their JSON type, or several constants. */
    | { readonly anyOf: readonly Schema[] }
    /** A shape that contains itself: refers to a definition by its name. */
    | { readonly $ref: string; readonly $defs?: Readonly<Record<string, Schema>> }
  );

type Immutable<T> = { readonly [K in keyof T]: Immutable<T[K]> };

/** What is read by a schema, as a type: deeply readonly. */
export type JsonOf<S extends Schema> = Immutable<Static<S>>;

/** How deep a value may be nested where its schema contains itself. */
export const maxNesting = 100;

/** Makes a schema ready for use. Throws AssertionError when it uses what `readJson` does not support. */
export function defineSchema<S extends Schema>(schema: S): S {
  shapeOf(schema);
  return schema;
}

/** The error texts of Marathon's JSON library (play-json); clients know them. */
const typeErrors = {
  string: 'error.expected.jsstring',
  number: 'error.expected.jsnumber',
  integer: 'error.expected.jsnumber',
  boolean: 'error.expected.jsboolean',
  array: 'error.expected.jsarray',
  object: 'error.expected.jsobject',
  map: 'error.expected.jsobject',
} as const;

function jsonTypeOf(value: unknown): 'string' | 'number' | 'boolean' | 'array' | 'object' | 'other' {
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'object' && value !== null) return 'object';
  if (typeof value === 'string') return 'string';
  if (typeof value === 'boolean') return 'boolean';
  // JSON.parse makes Infinity of 1e400
  return typeof value === 'number' && Number.isFinite(value) ? 'number' : 'other';
}

function accepts(shape: Shape, value: unknown): boolean {
  const type = jsonTypeOf(value);
  switch (shape.kind) {
    case 'integer':
      return type === 'number';
    case 'map':
    case 'reference':
      return type === 'object';
    case 'either':
      return shape.of.some((s) => accepts(s, value));
    default:
      return type === shape.kind;
  }
}

/**
 * Reads a JSON value by its schema: returns a copy that holds known members only, without `null` ones (`null` = absent).
 * What does not fit is left out and reported. Never throws, whatever the value.
 */
export function readJson(schema: Schema, value: unknown): { value: Json; problems: readonly Problem[] } {
  const reading: Reading = { problems: [], nesting: 0 };
  const read = readValue(shapeOf(schema), value, '', reading);
  return { value: read ?? {}, problems: reading.problems };
}

interface Reading {
  readonly problems: Problem[];
  /** How many references lead to the present value. */
  nesting: number;
}

function mismatch(pattern: Pattern): string {
  return `must fully match regular expression '${pattern.text}'`;
}

function readValue(shape: Shape, value: unknown, path: string, reading: Reading): Json | undefined {
  if (reading.problems.length >= maxViolations) return undefined;
  const report = (error: string): undefined => {
    reading.problems.push(problem(path, error));
    return undefined;
  };
  if (shape.kind === 'either') {
    return readValue(shape.of.find((s) => accepts(s, value)) ?? shape.of[0], value, path, reading);
  }
  if (shape.kind === 'reference') {
    if (reading.nesting >= maxNesting) return report(`must not be nested deeper than ${maxNesting} levels`);
    reading.nesting++;
    const read = readValue(shape.target(), value, path, reading);
    reading.nesting--;
    return read;
  }
  if (!accepts(shape, value)) return report(typeErrors[shape.kind]);
  switch (shape.kind) {
    case 'string': {
      const text = value as string;
      if (shape.values !== undefined) {
        return shape.values.get(text.toLowerCase()) ?? report('error.unknown.enum.literal');
      }
      if (text.length < shape.minLength) return report('error.minLength');
      if (text.length > shape.maxLength) return report('error.maxLength');
      if (shape.pattern?.expression.test(text) === false) {
        report('error.pattern');
        return report(mismatch(shape.pattern));
      }
      return text;
    }
    case 'integer':
    case 'number': {
      const number = value as number;
      if (shape.kind === 'integer' && !Number.isSafeInteger(number)) return report('error.expected.int');
      if (number < shape.minimum) return report('error.min');
      if (number > shape.maximum) return report('error.max');
      // -0 is stored and read back as 0
      return number + 0;
    }
    case 'boolean':
      return value as boolean;
    case 'array':
      return readArray(shape, value as readonly unknown[], path, reading);
    case 'object':
      return readObject(shape, value as Readonly<Record<string, unknown>>, path, reading);
    case 'map':
      return readMap(shape, value as Readonly<Record<string, unknown>>, path, reading);
  }
}

function readArray(
  { items: shape, minItems, isSet }: Shape & { kind: 'array' },
  value: readonly unknown[],
  path: string,
  reading: Reading,
): Json | undefined {
  if (value.length < minItems) {
    reading.problems.push(problem(path, 'error.minLength'));
    return undefined;
  }
  const items: Json[] = [];
  const seen = new Set<string>();
  for (const [i, element] of value.entries()) {
    const item = readValue(shape, element, elementPath(path, i), reading);
    if (item === undefined) continue;
    if (isSet) {
      const text = JSON.stringify(item);
      if (seen.has(text)) continue;
      seen.add(text);
    }
    items.push(item);
  }
  return items;
}

function readObject(
  shape: Shape & { kind: 'object' },
  value: Readonly<Record<string, unknown>>,
  path: string,
  reading: Reading,
): Json {
  const members: [string, Json][] = [];
  for (const [name, property, isRequired] of shape.properties) {
    const given = Object.hasOwn(value, name) ? value[name] : undefined;
    if (given === undefined || given === null) {
      if (isRequired) reading.problems.push(problem(memberPath(path, name), 'error.path.missing'));
      continue;
    }
    const member = readValue(property, given, memberPath(path, name), reading);
    if (member !== undefined) members.push([name, member]);
  }
  return Object.fromEntries(members);
}

function readMap(
  { values, names }: Shape & { kind: 'map' },
  value: Readonly<Record<string, unknown>>,
  path: string,
  reading: Reading,
): Json {
  const members: [string, Json][] = [];
  for (const [name, given] of Object.entries(value)) {
    if (given === null || given === undefined) continue;
    const place = memberPath(path, name);
    if (name === '__proto__') {
      reading.problems.push(problem(place, 'must not be used as a name'));
    } else if (names?.expression.test(name) === false) {
      // Marathon says it of the map, which leaves open what is wrong with which name
      reading.problems.push(problem(path, 'error.pattern'), problem(place, mismatch(names)));
    } else {
      const member = readValue(values, given, place, reading);
      if (member !== undefined) members.push([name, member]);
    }
  }
  return Object.fromEntries(members);
}
