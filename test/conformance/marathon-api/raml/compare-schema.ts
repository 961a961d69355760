import type { Schema } from '../../../../src/scheduler/core/validate/schema.js';
import { isObject } from '../support/json.js';
import type { JsonObject } from '../support/json.js';
import type { Seen } from './check-value.js';
import type { Member, RamlType } from './types.js';

type ObjectType = Extract<RamlType, { kind: 'object' }>;

/** One of ours, taken apart as far as RAML says the same. Absent keywords are absent members. */
type Keywords = JsonObject;

const keywordsOf = (schema: unknown): Keywords => (isObject(schema) ? schema : {});

function textOf(value: unknown): string {
  if (value === undefined) return 'none';
  return Array.isArray(value) ? value.map(String).sort().join() : JSON.stringify(value).replace(/^"|"$/g, '');
}

/** RAML's alternatives that are objects are one object in ours: what all of them require is required. */
function merged(types: readonly ObjectType[]): ObjectType {
  const names = new Set(types.flatMap(({ members }) => [...members.keys()]));
  const members = [...names].map((name): [string, Member] => {
    const found = types.flatMap((type) => type.members.get(name) ?? []);
    const isRequired = found.length === types.length && found.every((member) => member.isRequired);
    const [first] = found;
    const allOf = found.map(({ type }) => type);
    return [name, { isRequired, type: allOf.length === 1 && first ? first.type : () => unionOf(allOf) }];
  });
  return { kind: 'object', members: new Map(members), names: types.flatMap((type) => type.names) };
}

function unionOf(of: readonly (() => RamlType)[]): RamlType {
  return { kind: 'union', of, names: [] };
}

/** The alternatives of a union, unions within it included. */
function alternativesOf(type: RamlType): readonly RamlType[] {
  if (type.kind !== 'union') return [type];
  const parts = type.of.flatMap((alternative) => alternativesOf(alternative()));
  return parts.map((part) => ({ ...part, names: [...type.names, ...part.names] }));
}

/** One for each kind of value: objects merged, texts and numbers only once. */
function byKind(type: RamlType): readonly RamlType[] {
  const all = alternativesOf(type);
  const objects = all.filter((part) => part.kind === 'object');
  const others = all.filter((part) => part.kind !== 'object');
  const plain = others.filter((part, i) => others.findIndex(({ kind }) => kind === part.kind) === i);
  const names = all.flatMap((part) => part.names);
  const parts =
    objects.length === 0 ? plain : [objects.length === 1 && objects[0] ? objects[0] : merged(objects), ...plain];
  return parts.map((part) => ({ ...part, names }));
}

const kindOfSchema = (schema: Keywords): string =>
  schema['enum'] !== undefined || schema['const'] !== undefined ? 'string' : String(schema['type']);

/** Our own alternatives, an enumeration of constants counted as one. */
function schemasOf(schema: Keywords): readonly Keywords[] {
  return Array.isArray(schema['anyOf']) ? schema['anyOf'].map(keywordsOf) : [schema];
}

/** How RAML's kinds are written in JSON Schema. */
const kinds: Readonly<Record<string, string>> = { datetime: 'string' };

/**
 * How one of our request schemas differs from RAML's type: `-x` only RAML has the member, `+x` only ours, `x: keyword a, not b` ours
 * says a. Empty = the same. Where a schema contains itself it is compared once.
 */
export function differencesOf(type: RamlType, schema: Schema, seen: Seen): readonly string[] {
  const definitions = '$defs' in schema ? keywordsOf(schema.$defs) : {};
  const met = new Set<string>();

  function compare(theirs: RamlType, given: Keywords, at: string): readonly string[] {
    const reference = given['$ref'];
    if (typeof reference === 'string') {
      if (met.has(reference)) return [];
      met.add(reference);
    }
    const ours = typeof reference === 'string' ? keywordsOf(definitions[reference]) : given;
    const parts = byKind(theirs);
    const own = schemasOf(ours);
    for (const name of [...theirs.names, ...parts.flatMap((part) => part.names)]) seen.types.add(name);
    const ownKinds = own.map(kindOfSchema);
    const theirKinds = parts.map(({ kind }) => kinds[kind] ?? kind);
    if (textOf(ownKinds) !== textOf(theirKinds)) return [`${at}: type ${textOf(ownKinds)}, not ${textOf(theirKinds)}`];
    return parts.flatMap((part) => {
      const match = own.find((o) => kindOfSchema(o) === (kinds[part.kind] ?? part.kind));
      return match === undefined ? [] : compareOne(part, match, at);
    });
  }

  function keyword(name: string, theirs: unknown, ours: unknown, at: string): readonly string[] {
    return textOf(theirs) === textOf(ours) ? [] : [`${at}: ${name} ${textOf(ours)}, not ${textOf(theirs)}`];
  }

  function compareOne(theirs: RamlType, ours: Keywords, at: string): readonly string[] {
    switch (theirs.kind) {
      case 'string': {
        const values = ours['enum'] ?? (ours['const'] === undefined ? undefined : [ours['const']]);
        return [
          ...keyword('enum', theirs.values, values, at),
          ...keyword('pattern', theirs.pattern, ours['x-shownPattern'] ?? ours['pattern'], at),
          ...keyword('minLength', theirs.minLength, ours['minLength'], at),
          ...keyword('maxLength', theirs.maxLength, ours['maxLength'], at),
        ];
      }
      case 'number':
      case 'integer':
        return [
          ...keyword('minimum', theirs.minimum, ours['minimum'], at),
          ...keyword('maximum', theirs.maximum, ours['maximum'], at),
        ];
      case 'array':
        return [
          ...keyword('minItems', theirs.minItems, ours['minItems'], at),
          ...keyword('maxItems', theirs.maxItems, ours['maxItems'], at),
          ...keyword('uniqueItems', theirs.isSet, ours['uniqueItems'] === true, at),
          ...compare(theirs.items(), keywordsOf(ours['items']), `${at}[]`),
        ];
      case 'object':
        return compareObject(theirs, ours, at);
      default:
        return [];
    }
  }

  function compareObject(given: ObjectType, ours: Keywords, at: string): readonly string[] {
    const variants = [...(given.variants?.types().values() ?? [])].filter((type) => type.kind === 'object');
    for (const { names } of variants) for (const name of names) seen.types.add(name);
    const theirs = variants.length === 0 ? given : merged(variants);
    const place = (name: string): string => (at === '' ? name : `${at}.${name}`);
    if (theirs.others !== undefined) {
      const patterns = keywordsOf(ours['patternProperties']);
      const [names = 'none', values] = Object.entries(patterns)[0] ?? [];
      const isAny = (pattern: string): boolean => ['.*', '^.*$'].includes(pattern);
      const isSame = isAny(names) && isAny(theirs.others.names);
      return [
        ...(isSame ? [] : keyword('names', theirs.others.names, names, at)),
        ...(values === undefined ? [] : compare(theirs.others.type(), keywordsOf(values), place('*'))),
      ];
    }
    const properties = keywordsOf(ours['properties']);
    const required = (ours['required'] ?? []) as readonly string[];
    const names = [...new Set([...theirs.members.keys(), ...Object.keys(properties)])].sort();
    return names.flatMap((name) => {
      const member = theirs.members.get(name);
      const property = properties[name];
      if (member === undefined) return [`+${place(name)}`];
      if (property === undefined) return [`-${place(name)}`];
      return [
        ...keyword('required', member.isRequired, required.includes(name), place(name)),
        ...compare(member.type(), keywordsOf(property), place(name)),
      ];
    });
  }

  return compare(type, keywordsOf(schema), '');
}
