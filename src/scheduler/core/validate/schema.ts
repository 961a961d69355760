import type { Json } from '../../model/app-definition.js';
import { elementPath, maxViolations, memberPath, problem } from './violations.js';
import type { Problem } from './violations.js';

/** A regular expression together with how Marathon prints it. It must match in linear time. */
export interface Pattern {
  readonly expression: RegExp;
  readonly text: string;
}

/** The shape of a JSON value: types, ranges and enumerations as in Marathon's RAML. Plain data. */
export type Schema =
  | {
      readonly type: 'string';
      readonly minLength?: number;
      readonly maxLength?: number;
      readonly enum?: readonly string[];
      readonly pattern?: Pattern;
    }
  | { readonly type: 'number'; readonly minimum?: number; readonly maximum?: number }
  /** A whole number; `3.0` is one. */
  | { readonly type: 'integer'; readonly minimum: number; readonly maximum: number }
  | { readonly type: 'boolean' }
  /** `uniqueItems`: a set; equal items count once (Marathon drops repetitions silently). */
  | { readonly type: 'array'; readonly items: Schema; readonly minItems?: number; readonly uniqueItems?: true }
  | {
      readonly type: 'object';
      readonly properties: Readonly<Record<string, Schema>>;
      readonly required?: readonly string[];
    }
  /** An object whose member names are free. */
  | { readonly type: 'map'; readonly values: Schema }
  /** One of several shapes, told apart by their JSON type. */
  | { readonly type: 'either'; readonly of: readonly [Schema, ...Schema[]] };

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

function accepts(schema: Schema, value: unknown): boolean {
  const type = jsonTypeOf(value);
  switch (schema.type) {
    case 'integer':
      return type === 'number';
    case 'map':
      return type === 'object';
    case 'either':
      return schema.of.some((s) => accepts(s, value));
    default:
      return type === schema.type;
  }
}

/**
 * Reads a JSON value by its schema: returns a copy that holds known members only, without `null` ones (`null` = absent).
 * What does not fit is left out and reported. Never throws, whatever the value.
 */
export function readJson(schema: Schema, value: unknown): { value: Json; problems: readonly Problem[] } {
  const problems: Problem[] = [];
  const read = readValue(schema, value, '', problems);
  return { value: read ?? {}, problems };
}

function readValue(schema: Schema, value: unknown, path: string, problems: Problem[]): Json | undefined {
  if (problems.length >= maxViolations) return undefined;
  const report = (error: string): undefined => {
    problems.push(problem(path, error));
    return undefined;
  };
  if (schema.type === 'either') {
    return readValue(schema.of.find((s) => accepts(s, value)) ?? schema.of[0], value, path, problems);
  }
  if (!accepts(schema, value)) return report(typeErrors[schema.type]);
  switch (schema.type) {
    case 'string': {
      const text = value as string;
      if (schema.enum !== undefined && !schema.enum.includes(text)) return report('error.unknown.enum.literal');
      if (schema.minLength !== undefined && text.length < schema.minLength) return report('error.minLength');
      if (schema.maxLength !== undefined && text.length > schema.maxLength) return report('error.maxLength');
      if (schema.pattern !== undefined && !schema.pattern.expression.test(text)) {
        return report(`must fully match regular expression '${schema.pattern.text}'`);
      }
      return text;
    }
    case 'integer':
    case 'number': {
      const number = value as number;
      if (schema.type === 'integer' && !Number.isSafeInteger(number)) return report('error.expected.int');
      if (schema.minimum !== undefined && number < schema.minimum) return report('error.min');
      if (schema.maximum !== undefined && number > schema.maximum) return report('error.max');
      // -0 is stored and read back as 0
      return number + 0;
    }
    case 'boolean':
      return value as boolean;
    case 'array':
      return readArray(schema, value as readonly unknown[], path, problems);
    case 'object':
      return readObject(schema, value as Readonly<Record<string, unknown>>, path, problems);
    case 'map':
      return readMap(schema.values, value as Readonly<Record<string, unknown>>, path, problems);
  }
}

function readArray(
  schema: Schema & { type: 'array' },
  value: readonly unknown[],
  path: string,
  problems: Problem[],
): Json | undefined {
  if (schema.minItems !== undefined && value.length < schema.minItems) {
    problems.push(problem(path, 'error.minLength'));
    return undefined;
  }
  const items: Json[] = [];
  const seen = new Set<string>();
  for (const [i, element] of value.entries()) {
    const item = readValue(schema.items, element, elementPath(path, i), problems);
    if (item === undefined) continue;
    if (schema.uniqueItems === true) {
      const text = JSON.stringify(item);
      if (seen.has(text)) continue;
      seen.add(text);
    }
    items.push(item);
  }
  return items;
}

function readObject(
  schema: Schema & { type: 'object' },
  value: Readonly<Record<string, unknown>>,
  path: string,
  problems: Problem[],
): Json {
  const members: [string, Json][] = [];
  for (const [name, property] of Object.entries(schema.properties)) {
    const given = Object.hasOwn(value, name) ? value[name] : undefined;
    if (given === undefined || given === null) {
      if (schema.required?.includes(name) === true) {
        problems.push(problem(memberPath(path, name), 'error.path.missing'));
      }
      continue;
    }
    const member = readValue(property, given, memberPath(path, name), problems);
    if (member !== undefined) members.push([name, member]);
  }
  return Object.fromEntries(members);
}

function readMap(
  values: Schema,
  value: Readonly<Record<string, unknown>>,
  path: string,
  problems: Problem[],
): Json | undefined {
  const members: [string, Json][] = [];
  for (const [name, given] of Object.entries(value)) {
    if (given === null || given === undefined) continue;
    if (name === '__proto__') {
      problems.push(problem(memberPath(path, name), 'must not be used as a name'));
      continue;
    }
    const member = readValue(values, given, memberPath(path, name), problems);
    if (member !== undefined) members.push([name, member]);
  }
  return Object.fromEntries(members);
}
