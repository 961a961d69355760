import type { AgentCondition } from '../../model/offer-constraints.js';
import type { Constraint } from './constraints.js';
import type { Spreads } from './spread.js';
import { compileUserRegex } from './user-regex.js';

/** Expressions that need more steps for one character are not left to Mesos: it would refuse all constraints for one that it finds too complex. */
const maxRegexSteps = 40;

function isSimple(regex: string): boolean {
  const compiled = compileUserRegex(regex);
  return compiled.ok && compiled.regex.programSize() <= maxRegexSteps;
}

/** Every agent has one of these. */
const given: ReadonlySet<string> = new Set(['hostname', '@hostname']);

function exists(field: string): AgentCondition[] {
  return given.has(field) ? [] : [{ field, predicate: { type: 'exists' } }];
}

function without(field: string, values: readonly string[]): AgentCondition[] {
  return values.map((value) => ({ field, predicate: { type: 'textNotEquals', value } }));
}

/**
 * What an agent must be like to meet a constraint, as far as Mesos can tell; where it cannot, it is left to the filters here. `spreads`: where
 * instances of the present configuration are.
 */
export function offerConditionsOf({ field, operator, value }: Constraint, spreads: Spreads): AgentCondition[] {
  switch (operator) {
    case 'LIKE':
      if (value === undefined || !isSimple(value)) return exists(field);
      return [{ field, predicate: { type: 'textMatches', regex: value } }];
    case 'UNLIKE':
      if (value === undefined || !isSimple(value)) return [];
      return [{ field, predicate: { type: 'textNotMatches', regex: value } }];
    case 'CLUSTER': {
      const [used] = spreads.of(field).keys();
      const wanted = value ?? used;
      return wanted === undefined ? exists(field) : [{ field, predicate: { type: 'textEquals', value: wanted } }];
    }
    case 'UNIQUE':
      return [...exists(field), ...without(field, [...spreads.of(field).keys()])];
    case 'MAX_PER': {
      const full = [...spreads.of(field)].filter(([, count]) => count >= Number(value)).map(([text]) => text);
      return [...exists(field), ...without(field, full)];
    }
    case 'GROUP_BY':
      return exists(field);
    case 'IS':
      // Numbers are equal in many forms
      if (value === undefined || Number.isFinite(Number(value))) return exists(field);
      return [{ field, predicate: { type: 'textEquals', value } }];
  }
}
