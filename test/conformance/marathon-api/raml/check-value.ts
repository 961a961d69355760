import { isObject, kindOf } from '../support/json.js';
import type { JsonObject } from '../support/json.js';
import type { RamlType } from './types.js';

/** What a check has come across. */
export interface Seen {
  /** Named types (`task.Task`) that a value was held against. */
  readonly types: Set<string>;
}

/** Marathon's own form of timestamps (marathon.md §1.1). */
const timestamp = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

function range(value: number, what: string, min: number | undefined, max: number | undefined): readonly string[] {
  return [
    ...(min !== undefined && value < min ? [`${what} is ${value}, less than ${min}`] : []),
    ...(max !== undefined && value > max ? [`${what} is ${value}, more than ${max}`] : []),
  ];
}

/** How a value of an answer differs from its RAML type; empty = it is one. Members that the type does not know count, too. */
export function faultsOf(type: RamlType, value: unknown, seen: Seen, at = ''): readonly string[] {
  for (const name of type.names) seen.types.add(name);
  const here = at === '' ? '/' : at;
  const isA = (kind: string, found: boolean, more: () => readonly string[] = () => []): readonly string[] =>
    found ? more() : [`${here} is a ${kindOf(value)}, no ${kind}`];
  switch (type.kind) {
    case 'any':
      return [];
    case 'nil':
      return isA('null', value === null);
    case 'boolean':
      return isA('boolean', typeof value === 'boolean');
    case 'datetime':
      return isA('timestamp', typeof value === 'string' && timestamp.test(value));
    case 'number':
      return isA('number', typeof value === 'number', () => range(Number(value), here, type.minimum, type.maximum));
    case 'integer':
      return isA('integer', Number.isSafeInteger(value), () => range(Number(value), here, type.minimum, type.maximum));
    case 'string':
      return isA('string', typeof value === 'string', () => {
        const text = String(value);
        const { values, pattern } = type;
        return [
          ...range(text.length, `${here}: the length`, type.minLength, type.maxLength),
          ...(values !== undefined && !values.includes(text) ? [`${here} is ${text}, none of ${values.join()}`] : []),
          ...(pattern !== undefined && !new RegExp(pattern).test(text) ? [`${here} is ${text}, not ${pattern}`] : []),
        ];
      });
    case 'array':
      return isA('array', Array.isArray(value), () => {
        const items = value as readonly unknown[];
        return [
          ...range(items.length, `${here}: the length`, type.minItems, type.maxItems),
          ...items.flatMap((item, i) => faultsOf(type.items(), item, seen, `${at}(${i})`)),
        ];
      });
    case 'object':
      return isObject(value) ? memberFaults(type, value, seen, at) : isA('object', false);
    case 'union': {
      // The alternative that fits best is the one that was meant; only that one has been seen
      const tried = type.of.map((alternative) => {
        const types = new Set<string>();
        return { types, faults: faultsOf(alternative(), value, { types }, at) };
      });
      const [best] = tried.sort((a, b) => a.faults.length - b.faults.length);
      for (const name of best?.types ?? []) seen.types.add(name);
      return best?.faults ?? [];
    }
  }
}

function memberFaults(
  type: Extract<RamlType, { kind: 'object' }>,
  value: JsonObject,
  seen: Seen,
  at: string,
): readonly string[] {
  const variant = type.variants?.types().get(String(value[type.variants.by]));
  if (variant !== undefined && variant !== type) return faultsOf(variant, value, seen, at);
  const missing = [...type.members].filter(([name, { isRequired }]) => isRequired && !Object.hasOwn(value, name));
  return [
    ...missing.map(([name]) => `${at}/${name} is missing`),
    ...Object.entries(value).flatMap(([name, member]) => {
      const known = type.members.get(name)?.type;
      const other =
        type.others !== undefined && new RegExp(type.others.names).test(name) ? type.others.type : undefined;
      const found = known ?? other;
      return found === undefined ? [`${at}/${name} is unknown`] : faultsOf(found(), member, seen, `${at}/${name}`);
    }),
  ];
}
