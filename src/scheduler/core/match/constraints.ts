import { scalarText } from './attribute-text.js';
import { compileUserRegex } from './user-regex.js';

/** `[field, operator, value]` of an app, the value `undefined` if there is none (marathon.md §10). */
export interface Constraint {
  readonly field: string;
  readonly operator: 'UNIQUE' | 'CLUSTER' | 'GROUP_BY' | 'LIKE' | 'UNLIKE' | 'MAX_PER' | 'IS';
  readonly value?: string;
}

/** How a constraint is met, or what it needs and what there is. */
export type Verdict = { readonly ok: true } | { readonly ok: false; readonly needed: string; readonly had: string };

const met: Verdict = { ok: true };

/** How many placed instances have each value of a field. */
export type Spread = ReadonlyMap<string, number>;

const described = (field: string): string => (field === 'hostname' ? 'a host' : `a value of ${field}`);

function refuse(needed: string, had: string): Verdict {
  return { ok: false, needed, had };
}

function spreadText(field: string, spread: Spread): string {
  const shown = [...spread].slice(0, 10).map(([value, count]) => `${value}: ${count}`);
  const more = spread.size > shown.length ? `, and ${spread.size - shown.length} more` : '';
  return `instances by ${field}: ${shown.length === 0 ? 'none' : shown.join(', ')}${more}`;
}

/** The number of instances may differ by one between groups; without a number of groups every known group counts (the rule up to 1.9). */
function groupBy(field: string, groups: number | undefined, value: string, spread: Spread, instances: number): Verdict {
  const here = spread.get(value) ?? 0;
  const had = `${value}; ${spreadText(field, spread)}`;
  if (groups === undefined) {
    const least = Math.min(...spread.values());
    return here === 0 || here === least ? met : refuse(`${described(field)} with the fewest instances`, had);
  }
  if (!spread.has(value) && spread.size >= groups) {
    return refuse(`one of the ${groups} values of ${field} that are used already`, had);
  }
  const base = Math.floor(instances / groups);
  const remainder = instances % groups;
  const above = [...spread.values()].filter((count) => count > base).length;
  return here < base || (here === base && above < remainder)
    ? met
    : refuse(`${described(field)} with fewer than its share of ${instances} instances in ${groups} groups`, had);
}

function isEqual(wanted: string, value: string): boolean {
  if (wanted === value) return true;
  const [a, b] = [Number(wanted), Number(value)];
  return wanted.trim() !== '' && Number.isFinite(a) && Number.isFinite(b) && scalarText(a) === scalarText(b);
}

/**
 * Holds one constraint of an app against an agent. `value` is what the agent has in the constraint's field (undefined: it has no such
 * attribute, which only UNLIKE takes); `spread` counts the app's instances of the present configuration by that field; `instances` is how
 * many there are to be.
 */
export function checkConstraint(
  { field, operator, value: given }: Constraint,
  value: string | undefined,
  spread: Spread,
  instances: number,
): Verdict {
  if (value === undefined) {
    return operator === 'UNLIKE' ? met : refuse(`an agent with the attribute ${field}`, 'an agent without it');
  }
  const here = spread.get(value) ?? 0;
  switch (operator) {
    case 'UNIQUE':
      return here === 0 ? met : refuse(`${described(field)} without an instance`, `${value}, which has one`);
    case 'CLUSTER': {
      const [used] = spread.keys();
      const wanted = given ?? used;
      return wanted === undefined || wanted === value ? met : refuse(`${field} ${wanted}`, value);
    }
    case 'GROUP_BY':
      return groupBy(field, given === undefined ? undefined : Math.max(1, Number(given)), value, spread, instances);
    case 'MAX_PER': {
      const limit = Number(given);
      return here < limit
        ? met
        : refuse(`${described(field)} with fewer than ${limit} instances`, `${value} with ${here}`);
    }
    case 'LIKE':
    case 'UNLIKE': {
      const compiled = compileUserRegex(given ?? '');
      const matches = compiled.ok && compiled.regex.matches(value);
      if (matches === (operator === 'LIKE')) return met;
      return refuse(`${field} ${operator === 'LIKE' ? 'like' : 'unlike'} ${given ?? ''}`, value);
    }
    case 'IS':
      return isEqual(given ?? '', value) ? met : refuse(`${field} ${given ?? ''}`, value);
  }
}
