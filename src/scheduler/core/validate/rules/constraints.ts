import { compileUserRegex } from '../../match/user-regex.js';
import { elementPath, problem } from '../violations.js';
import type { Problem } from '../violations.js';
import type { Rule } from './rule.js';

const isInteger = (value: string): boolean => /^-?\d{1,10}$/.test(value);
/** Values of Mesos' text attributes, which include its scalars. */
const isTextOrFloat = (value: string): boolean => /^[\w/.+-]+$/.test(value);

function regexProblem(value: string): string | undefined {
  const compiled = compileUserRegex(value);
  return compiled.ok ? undefined : `'${value}' is not a valid regular expression: ${compiled.reason}`;
}

/** `[field, operator]` or `[field, operator, value]` (marathon.md §10). */
export function* constraintProblems(path: string, constraint: readonly string[]): Iterable<Problem> {
  const [, operator, given] = constraint;
  // Older clients write "no value" as an empty one
  const value = given === '' ? undefined : given;
  if (constraint.length < 2 || constraint.length > 3) {
    yield problem(path, 'Each constraint must have either 2 or 3 fields');
    return;
  }
  switch (operator) {
    case 'UNIQUE':
      if (value !== undefined) yield problem(path, 'UNIQUE does not accept a value');
      return;
    case 'CLUSTER':
      return;
    case 'GROUP_BY':
      if (value !== undefined && !isInteger(value)) {
        yield problem(path, 'GROUP BY must define an integer value or else no value at all');
      }
      return;
    case 'MAX_PER':
      if (value === undefined || !isInteger(value)) yield problem(path, 'MAX_PER requires an integer value');
      return;
    case 'LIKE':
    case 'UNLIKE': {
      if (value === undefined) {
        yield problem(path, 'LIKE and UNLIKE require a non-empty, regular expression value');
        return;
      }
      const error = regexProblem(value);
      if (error !== undefined) yield problem(path, error);
      return;
    }
    case 'IS':
      if (value === undefined || !isTextOrFloat(value)) {
        yield problem(
          path,
          'IS only supports Mesos text and float values (see http://mesos.apache.org/documentation/latest/attributes-resources/)',
        );
      }
      return;
    default:
      yield problem(
        path,
        'operator must be one of the following UNIQUE, CLUSTER, GROUP_BY, LIKE, MAX_PER, UNLIKE or IS',
      );
  }
}

export const constraintsRule: Rule = function* ({ constraints }) {
  for (const [i, constraint] of constraints.entries()) {
    yield* constraintProblems(elementPath('/constraints', i), constraint);
  }
};
