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

/** One difference, and the library whose type says otherwise. */
export interface Difference {
  readonly text: string;
  readonly library: string;
}

/** Where in a definition something is, and which library tells of it. */
interface Place {
  readonly path: string;
  readonly library: string;
}

const libraryOf = (name: string): string => name.split('.')[0] ?? '';
const element = ({ path, library }: Place): Place => ({ path: `${path}[]`, library });
const memberOf = ({ path, library }: Place, name: string): Place => ({
  path: path === '' ? name : `${path}.${name}`,
  library,
});

/**
 * How one of our request schemas differs from RAML's type: `-x` only RAML has the member, `+x` only ours, `x: keyword a, not b` ours
 * says a, `x: no pattern` ours has none. Empty = the same. Where a schema contains itself it is compared once; types in `apart` are left out.
 */
export function differencesOf(
  type: RamlType,
  schema: object,
  seen: Seen,
  apart: readonly string[] = [],
): readonly Difference[] {
  const definitions = '$defs' in schema ? keywordsOf(schema.$defs) : {};
  const met = new Set<string>();

  function keyword(name: string, theirs: unknown, ours: unknown, { path, library }: Place): readonly Difference[] {
    if (textOf(theirs) === textOf(ours)) return [];
    return [{ text: `${path}: ${name} ${textOf(ours)}, not ${textOf(theirs)}`, library }];
  }

  /** Patterns and lists of values are long: which one it is can be read in the file. */
  function long(name: string, theirs: unknown, ours: unknown, { path, library }: Place): readonly Difference[] {
    if (textOf(theirs) === textOf(ours)) return [];
    const found = ours === undefined ? 'no' : theirs === undefined ? 'its own' : 'another';
    return [{ text: `${path}: ${found} ${name}`, library }];
  }

  function compare(theirs: RamlType, given: Keywords, place: Place): readonly Difference[] {
    const [first] = theirs.names;
    if (theirs.names.some((name) => apart.includes(name))) return [];
    const at = { ...place, library: first === undefined ? place.library : libraryOf(first) };
    const reference = given['$ref'];
    if (typeof reference === 'string') {
      if (met.has(reference)) return [];
      met.add(reference);
    }
    const ours = typeof reference === 'string' ? keywordsOf(definitions[reference]) : given;
    const parts = byKind(theirs);
    const own = schemasOf(ours);
    for (const name of [...theirs.names, ...parts.flatMap((part) => part.names)]) seen.types.add(name);
    const theirKinds = parts.map(({ kind }) => kinds[kind] ?? kind);
    const wrongKind = keyword('type', theirKinds, own.map(kindOfSchema), at);
    if (wrongKind.length > 0) return wrongKind;
    return parts.flatMap((part) => {
      const match = own.find((o) => kindOfSchema(o) === (kinds[part.kind] ?? part.kind));
      return match === undefined ? [] : compareOne(part, match, at);
    });
  }

  function compareOne(theirs: RamlType, ours: Keywords, at: Place): readonly Difference[] {
    switch (theirs.kind) {
      case 'string': {
        const values = ours['enum'] ?? (ours['const'] === undefined ? undefined : [ours['const']]);
        return [
          ...long('enum', theirs.values, values, at),
          ...long('pattern', theirs.pattern, ours['x-shownPattern'] ?? ours['pattern'], at),
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
          ...compare(theirs.items(), keywordsOf(ours['items']), element(at)),
        ];
      case 'object':
        return theirs.others === undefined ? compareObject(theirs, ours, at) : compareMap(theirs.others, ours, at);
      default:
        return [];
    }
  }

  function compareMap(
    theirs: { readonly names: string; readonly type: () => RamlType },
    ours: Keywords,
    at: Place,
  ): readonly Difference[] {
    const [[names, values] = []] = Object.entries(keywordsOf(ours['patternProperties']));
    const allowsAny = (text: string | undefined): boolean => text === '.*' || text === '^.*$';
    return [
      ...(allowsAny(names) && allowsAny(theirs.names) ? [] : long('pattern of names', theirs.names, names, at)),
      ...compare(theirs.type(), keywordsOf(values), memberOf(at, '*')),
    ];
  }

  function compareObject(given: ObjectType, ours: Keywords, at: Place): readonly Difference[] {
    const variants = [...(given.variants?.types().values() ?? [])].filter((variant) => variant.kind === 'object');
    for (const { names } of variants) for (const name of names) seen.types.add(name);
    const theirs = variants.length === 0 ? given : merged(variants);
    const properties = keywordsOf(ours['properties']);
    const isFree = theirs.members.size > 0 && Object.keys(properties).length === 0;
    if (isFree) return [{ text: `${at.path}: members are not listed`, library: at.library }];
    const required = Array.isArray(ours['required']) ? (ours['required'] as readonly unknown[]) : [];
    const names = [...new Set([...theirs.members.keys(), ...Object.keys(properties)])].sort();
    return names.flatMap((name): readonly Difference[] => {
      const member = theirs.members.get(name);
      const property = properties[name];
      const place = memberOf(at, name);
      if (member === undefined) return [{ text: `+${place.path}`, library: at.library }];
      if (property === undefined) return [{ text: `-${place.path}`, library: at.library }];
      return [
        ...keyword('required', member.isRequired, required.includes(name), place),
        ...compare(member.type(), keywordsOf(property), place),
      ];
    });
  }

  return compare(type, keywordsOf(schema), { path: '', library: '' });
}
