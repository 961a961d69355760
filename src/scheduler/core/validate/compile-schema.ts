import assert from 'node:assert';
import type { Schema } from './schema.js';

/** A regular expression together with how Marathon prints it. It must match in linear time. */
export interface Pattern {
  readonly expression: RegExp;
  readonly text: string;
}

/** A schema made ready for reading: what each keyword means here, patterns compiled, references resolved. */
export type Shape =
  | {
      readonly kind: 'string';
      readonly minLength: number;
      readonly maxLength: number;
      /** The texts that are allowed, by their lower-case form: Marathon reads enumerations in any case. */
      readonly values?: ReadonlyMap<string, string>;
      readonly pattern?: Pattern;
    }
  | { readonly kind: 'number' | 'integer'; readonly minimum: number; readonly maximum: number }
  | { readonly kind: 'boolean' }
  /** `isSet`: equal items count once. */
  | { readonly kind: 'array'; readonly items: Shape; readonly minItems: number; readonly isSet: boolean }
  | {
      readonly kind: 'object';
      readonly properties: readonly (readonly [name: string, shape: Shape, isRequired: boolean])[];
    }
  /** An object whose member names are free, or only have to match a pattern. */
  | { readonly kind: 'map'; readonly values: Shape; readonly names?: Pattern }
  /** One of several shapes, told apart by their JSON type. */
  | { readonly kind: 'either'; readonly of: readonly [Shape, ...Shape[]] }
  /** A shape that contains itself; resolved when it is read. */
  | { readonly kind: 'reference'; readonly target: () => Shape };

type Keywords = Readonly<Record<string, unknown>>;
type Definitions = ReadonlyMap<string, () => Shape>;

/** Keywords that describe and check nothing. */
const annotations: readonly string[] = [
  '$id',
  '$schema',
  'default',
  'deprecated',
  'description',
  'examples',
  'title',
  'writeOnly',
];

/** TypeBox' way to say that any name will do. */
const anyName = '^.*$';

/** What a schema must not be silently wrong about: a keyword that is written down is also obeyed. */
function assertKeywords(schema: Keywords, where: string, ...known: readonly string[]): void {
  for (const keyword of Object.keys(schema)) {
    assert(
      known.includes(keyword) || annotations.includes(keyword),
      `Schema at '${where}': the keyword '${keyword}' is not supported here (known: ${known.join(', ')})`,
    );
  }
}

function isKeywords(value: unknown): value is Keywords {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The schema or schemas by name in a keyword. */
function keywordsIn(value: unknown, where: string): Keywords {
  assert(isKeywords(value), `Schema at '${where}': must be an object`);
  return value;
}

function numberOr(fallback: number, schema: Keywords, keyword: string, where: string): number {
  const value = schema[keyword] ?? fallback;
  assert(typeof value === 'number', `Schema at '${where}': '${keyword}' must be a number`);
  return value;
}

function textsOf(value: unknown, where: string): readonly string[] {
  assert(
    Array.isArray(value) && value.length > 0 && value.every((item) => typeof item === 'string'),
    `Schema at '${where}': must list texts`,
  );
  return value;
}

function patternOf(source: unknown, text: unknown, where: string): Pattern {
  assert(typeof source === 'string', `Schema at '${where}': a pattern must be a text`);
  assert(source.startsWith('^') && source.endsWith('$'), `Schema at '${where}': a pattern must match the whole text`);
  const shown = text ?? source;
  assert(typeof shown === 'string', `Schema at '${where}': 'x-shownPattern' must be a text`);
  return { expression: new RegExp(source), text: shown };
}

function compileString(schema: Keywords, where: string): Shape {
  const { const: value, enum: values, pattern, 'x-shownPattern': shownPattern } = schema;
  assertKeywords(schema, where, 'type', 'minLength', 'maxLength', 'enum', 'const', 'pattern', 'x-shownPattern');
  assert(pattern !== undefined || shownPattern === undefined, `Schema at '${where}': 'x-shownPattern' needs 'pattern'`);
  const allowed = value === undefined ? values : [value];
  return {
    kind: 'string',
    minLength: numberOr(0, schema, 'minLength', where),
    maxLength: numberOr(Infinity, schema, 'maxLength', where),
    ...(allowed === undefined ? {} : { values: new Map(textsOf(allowed, where).map((v) => [v.toLowerCase(), v])) }),
    ...(pattern === undefined ? {} : { pattern: patternOf(pattern, shownPattern, where) }),
  };
}

function compileNumber(schema: Keywords, kind: 'number' | 'integer', where: string): Shape {
  assertKeywords(schema, where, 'type', 'minimum', 'maximum');
  return {
    kind,
    minimum: numberOr(-Infinity, schema, 'minimum', where),
    maximum: numberOr(Infinity, schema, 'maximum', where),
  };
}

function compileArray(schema: Keywords, where: string, definitions: Definitions): Shape {
  assertKeywords(schema, where, 'type', 'items', 'minItems', 'uniqueItems');
  return {
    kind: 'array',
    items: compile(schema.items, `${where}/items`, definitions),
    minItems: numberOr(0, schema, 'minItems', where),
    isSet: schema.uniqueItems === true,
  };
}

function compileObject(schema: Keywords, where: string, definitions: Definitions): Shape {
  if (schema.additionalProperties !== undefined) {
    assertKeywords(schema, where, 'type', 'additionalProperties');
    return { kind: 'map', values: compile(schema.additionalProperties, `${where}/*`, definitions) };
  }
  if (schema.patternProperties !== undefined) {
    assertKeywords(schema, where, 'type', 'patternProperties');
    const [first, ...others] = Object.entries(keywordsIn(schema.patternProperties, where));
    assert(first !== undefined && others.length === 0, `Schema at '${where}': needs exactly one pattern of names`);
    const [names, values] = first;
    return {
      kind: 'map',
      values: compile(values, `${where}/*`, definitions),
      ...(names === anyName ? {} : { names: patternOf(names, undefined, where) }),
    };
  }
  assertKeywords(schema, where, 'type', 'properties', 'required');
  const properties = keywordsIn(schema.properties, where);
  const required = schema.required === undefined ? [] : textsOf(schema.required, where);
  for (const name of required)
    assert(Object.hasOwn(properties, name), `Schema at '${where}': '${name}' is not described`);
  return {
    kind: 'object',
    properties: Object.entries(properties).map(([name, property]) => [
      name,
      compile(property, `${where}/${name}`, definitions),
      required.includes(name),
    ]),
  };
}

/** The JSON types that a shape takes. */
function jsonTypesOf(shape: Shape): readonly string[] {
  switch (shape.kind) {
    case 'integer':
      return ['number'];
    case 'map':
      return ['object'];
    case 'either':
      return shape.of.flatMap(jsonTypesOf);
    case 'reference':
      // Only objects contain themselves
      return ['object'];
    default:
      return [shape.kind];
  }
}

function compileEither(schema: Keywords, where: string, definitions: Definitions): Shape {
  assertKeywords(schema, where, 'anyOf');
  assert(Array.isArray(schema.anyOf), `Schema at '${where}': 'anyOf' must be a list`);
  const alternatives = schema.anyOf.map((s: unknown) => keywordsIn(s, where));
  // Constants are one enumeration however they are written
  const constants = alternatives.filter((s) => s.const !== undefined);
  const enumeration =
    constants.length === 0 ? [] : [compileString({ type: 'string', enum: constants.map((s) => s.const) }, where)];
  const others = alternatives
    .filter((s) => s.const === undefined)
    .map((s, i) => compile(s, `${where}(${i})`, definitions));
  const [first, ...rest] = [...others, ...enumeration];
  assert(first !== undefined, `Schema at '${where}': 'anyOf' must not be empty`);
  const types = [first, ...rest].flatMap(jsonTypesOf);
  assert(new Set(types).size === types.length, `Schema at '${where}': alternatives must differ in their JSON type`);
  return rest.length === 0 ? first : { kind: 'either', of: [first, ...rest] };
}

function compileReference(schema: Keywords, where: string, outer: Definitions): Shape {
  assertKeywords(schema, where, '$ref', '$defs');
  const all = new Map(outer);
  const own = Object.entries(keywordsIn(schema.$defs ?? {}, where)).map(([name, definition]) => {
    let shape: Shape | undefined;
    const target = (): Shape => (shape ??= compile(definition, name, all));
    all.set(name, target);
    return target;
  });
  const target = typeof schema.$ref === 'string' ? all.get(schema.$ref) : undefined;
  assert(target !== undefined, `Schema at '${where}': nothing is defined as '${String(schema.$ref)}'`);
  // What is wrong in a definition is found where it is made, not where it is first used
  for (const definition of own) definition();
  return { kind: 'reference', target };
}

function compile(given: unknown, where: string, definitions: Definitions): Shape {
  const schema = keywordsIn(given, where);
  if (schema.$ref !== undefined) return compileReference(schema, where, definitions);
  if (schema.anyOf !== undefined) return compileEither(schema, where, definitions);
  switch (schema.type) {
    case 'string':
      return compileString(schema, where);
    case 'number':
    case 'integer':
      return compileNumber(schema, schema.type, where);
    case 'boolean':
      assertKeywords(schema, where, 'type');
      return { kind: 'boolean' };
    case 'array':
      return compileArray(schema, where, definitions);
    case 'object':
      return compileObject(schema, where, definitions);
    case undefined:
      assert(schema.enum !== undefined, `Schema at '${where}': says nothing about the type`);
      return compileString(schema, where);
    default:
      assert.fail(`Schema at '${where}': the type is not supported`);
  }
}

const compiled = new WeakMap<Schema, Shape>();

/** The shape that a schema describes, made once for each. Throws AssertionError when the schema says what is not supported. */
export function shapeOf(schema: Schema): Shape {
  const known = compiled.get(schema);
  if (known !== undefined) return known;
  const shape = compile(schema, '', new Map());
  compiled.set(schema, shape);
  return shape;
}
