import { isArray } from './json-value.js';
import type { Json } from './json-value.js';

/** An operator of constraints (marathon.md §10). */
export interface Operator {
  readonly name: string;
  /** What it demands. */
  readonly text: string;
  readonly value: 'none' | 'optional' | 'required';
}

export const operators: readonly Operator[] = [
  { name: 'UNIQUE', value: 'none', text: 'No two instances share a value: with hostname, at most one on each agent.' },
  {
    name: 'CLUSTER',
    value: 'optional',
    text: 'All instances share one value: the given one, or without one that of the first instance.',
  },
  {
    name: 'GROUP_BY',
    value: 'optional',
    text: 'Instances are spread evenly over the values. A number says how many different values there are.',
  },
  { name: 'MAX_PER', value: 'required', text: 'At most so many instances with each value.' },
  { name: 'LIKE', value: 'required', text: 'Only agents of whom the whole value fits the regular expression.' },
  {
    name: 'UNLIKE',
    value: 'required',
    text: 'Only agents of whom the value does not fit the regular expression, or who have none.',
  },
  { name: 'IS', value: 'required', text: 'Only agents with exactly this value.' },
];

/** A constraint with another field (0), operator (1) or value (2). An empty value is none; operators that take none lose it. */
export function withConstraintPart(constraint: Json | undefined, index: number, text: string): Json {
  const [field = '', operator = 'UNIQUE', value, ...rest] = isArray(constraint) ? constraint : [];
  const parts: Json[] = [field, operator, value ?? ''];
  parts[index] = text;
  const [nextField = '', nextOperator = '', nextValue = ''] = parts;
  const takesNone = operators.find(({ name }) => name === nextOperator)?.value === 'none';
  // What the operator does not take goes when the operator is chosen; what is typed stays to be seen
  if (nextValue === '' || (takesNone && index === 1)) return [nextField, nextOperator];
  return [nextField, nextOperator, nextValue, ...rest];
}
