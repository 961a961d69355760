import { isMap, mapIn, textIn } from './yaml.js';
import type { Yaml, YamlMap } from './yaml.js';

interface Ranges {
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
}

export interface Member {
  readonly type: () => RamlType;
  readonly isRequired: boolean;
}

interface ObjectType {
  readonly kind: 'object';
  readonly members: ReadonlyMap<string, Member>;
  /** Members whose names match a pattern. */
  readonly others?: { readonly names: string; readonly type: () => RamlType };
  /** The types that stand for this one, by the value of the member that tells them apart. */
  readonly variants?: { readonly by: string; readonly types: () => ReadonlyMap<string, RamlType> };
}

/** A type of a RAML file, resolved. `names`: the named types (`task.Task`) that it is, or that it comes from. */
export type RamlType = { readonly names: readonly string[] } & (
  | ({ readonly kind: 'string'; readonly values?: readonly string[]; readonly pattern?: string } & Ranges)
  | ({ readonly kind: 'number' | 'integer' } & Ranges)
  | { readonly kind: 'boolean' | 'datetime' | 'nil' | 'any' }
  | ({ readonly kind: 'array'; readonly items: () => RamlType; readonly isSet: boolean } & Ranges)
  | ObjectType
  | { readonly kind: 'union'; readonly of: readonly (() => RamlType)[] }
);

/** The largest value of an integer format. */
const formats: Readonly<Record<string, number>> = { int32: 2_147_483_647, int64: Number.MAX_SAFE_INTEGER };

function numberIn(node: YamlMap, name: string): number | undefined {
  const text = textIn(node, name);
  return text === undefined ? undefined : Number(text);
}

function rangesOf(node: YamlMap): Ranges {
  const names = ['minimum', 'maximum', 'minLength', 'maxLength', 'minItems', 'maxItems'] as const;
  const given = names.flatMap((name) => {
    const value = numberIn(node, name);
    return value === undefined ? [] : [[name, value] as const];
  });
  const max = formats[textIn(node, 'format') ?? ''];
  return Object.fromEntries([...(max === undefined ? [] : [['maximum', max] as const]), ...given]);
}

/** `/x/` as a name of a member: a pattern for names. */
const patternIn = (name: string): string | undefined => /^\/(.*)\/$/.exec(name)?.[1];

const isOptional = (name: string, node: Yaml): boolean => name.endsWith('?') || textIn(node, 'required') === 'false';

/** The types of the RAML files, by `<library>.<name>`. */
export class RamlTypes {
  readonly #libraries: ReadonlyMap<string, YamlMap>;
  readonly #known = new Map<string, RamlType>();

  /** `libraries`: the files below `v2/types`, read, by their name without the ending. */
  constructor(libraries: ReadonlyMap<string, YamlMap>) {
    this.#libraries = libraries;
  }

  /** Every type that a library declares. */
  namesIn(library: string): readonly string[] {
    return [...mapIn(this.#libraries.get(library), 'types').keys()].map((name) => `${library}.${name}`);
  }

  /** A type by its whole name, `task.Task`, made once. Throws when there is none. */
  named(name: string): RamlType {
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    const [library = '', local = ''] = name.split('.');
    const declared = mapIn(this.#libraries.get(library), 'types').get(local);
    if (declared === undefined) throw new Error(`no type ${name}`);
    const type = this.#typeOf(declared, library);
    const named = { ...type, names: [name, ...type.names] };
    this.#known.set(name, named);
    return named;
  }

  /** What an expression like `task.Task[]` means by the names of the libraries, or in a file that `uses` them under other names. */
  expression(text: string, uses?: YamlMap): RamlType {
    return this.#expression(text, undefined, uses);
  }

  #expression(text: string, library: string | undefined, uses: YamlMap | undefined): RamlType {
    const trimmed = text.trim();
    const inner = /^\((.*)\)$/.exec(trimmed)?.[1];
    if (inner !== undefined) return this.#expression(inner, library, uses);
    if (trimmed.includes('|')) {
      const of = trimmed.split('|').map((part) => () => this.#expression(part, library, uses));
      return { kind: 'union', of, names: [] };
    }
    if (trimmed.endsWith('[]')) {
      const items = (): RamlType => this.#expression(trimmed.slice(0, -2), library, uses);
      return { kind: 'array', items, isSet: false, names: [] };
    }
    switch (trimmed) {
      case 'string':
      case 'number':
      case 'integer':
      case 'boolean':
      case 'datetime':
      case 'nil':
      case 'any':
        return { kind: trimmed, names: [] };
      case 'object':
        return { kind: 'object', members: new Map(), names: [] };
      case 'array':
        return { kind: 'array', items: () => ({ kind: 'any', names: [] }), isSet: false, names: [] };
    }
    const [first = '', second] = trimmed.split('.');
    if (second === undefined) return this.named(`${library ?? ''}.${first}`);
    if (uses === undefined) return this.named(trimmed);
    // `v2/types/task.raml`
    const name = /([^/]+)\.raml$/.exec(textIn(uses, first) ?? '')?.[1];
    if (name === undefined) throw new Error(`${first} is not used here`);
    return this.named(`${name}.${second}`);
  }

  #typeOf(node: Yaml, library: string): RamlType {
    const uses = mapIn(this.#libraries.get(library), 'uses');
    if (!isMap(node)) return this.#expression(typeof node === 'string' && node !== '' ? node : 'string', library, uses);
    const said = textIn(node, 'type');
    const hasMembers = node.has('properties') || node.has('discriminator');
    const base = this.#expression(said ?? (hasMembers ? 'object' : 'string'), library, uses);
    switch (base.kind) {
      case 'string': {
        const values = node.get('enum');
        const pattern = textIn(node, 'pattern');
        return {
          ...base,
          ...rangesOf(node),
          ...(Array.isArray(values) ? { values: values as readonly string[] } : {}),
          ...(pattern === undefined ? {} : { pattern }),
        };
      }
      case 'number':
      case 'integer': {
        // The code that Marathon generates from a number of an integer format is an integer
        const isInteger = formats[textIn(node, 'format') ?? ''] !== undefined;
        return { ...base, ...rangesOf(node), kind: isInteger ? 'integer' : base.kind };
      }
      case 'array': {
        const items = node.get('items');
        return {
          ...base,
          ...rangesOf(node),
          ...(items === undefined ? {} : { items: () => this.#typeOf(items, library) }),
          isSet: textIn(node, 'uniqueItems') === 'true',
        };
      }
      case 'object':
        return { ...base, ...this.#objectOf(base, node, library) };
      default:
        return base;
    }
  }

  #objectOf(base: ObjectType, node: YamlMap, library: string): ObjectType {
    const members = new Map(base.members);
    let others = base.others;
    const mayBeAbsent = node.has('(pragma.asUpdateType)');
    for (const [name, member] of mapIn(node, 'properties')) {
      const type = (): RamlType => this.#typeOf(member, library);
      const names = patternIn(name);
      // `/^argv$/: nil`: there is no such member
      if (names !== undefined && member === 'nil') continue;
      if (names !== undefined) others = { names, type };
      else members.set(name.replace(/\?$/, ''), { type, isRequired: !mayBeAbsent && !isOptional(name, member) });
    }
    const by = textIn(node, 'discriminator');
    const variants = by === undefined ? {} : { variants: { by, types: () => this.#variantsOf(node, library) } };
    return { kind: 'object', members, ...(others === undefined ? {} : { others }), ...variants };
  }

  #variantsOf(parent: YamlMap, library: string): ReadonlyMap<string, RamlType> {
    const declared = mapIn(this.#libraries.get(library), 'types');
    const name = [...declared].find(([, node]) => node === parent)?.[0];
    return new Map(
      [...declared].flatMap(([child, node]) => {
        const value = textIn(node, 'discriminatorValue');
        const isChild = value !== undefined && textIn(node, 'type') === name;
        return isChild ? [[value, this.named(`${library}.${child}`)] as const] : [];
      }),
    );
  }
}
