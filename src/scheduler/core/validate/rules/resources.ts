import { problem } from '../violations.js';
import type { Problem } from '../violations.js';
import { featureDisabled } from './rule.js';
import type { Rule } from './rule.js';

/** A number as Scala prints a Double: with a fraction, always. */
export function scalaDouble(value: number): string {
  return Number.isInteger(value) ? value.toFixed(1) : String(value);
}

/** A limit is at least what is requested. */
export function* limitProblems(
  path: string,
  limit: number | 'unlimited' | undefined,
  requested: number,
): Iterable<Problem> {
  if (typeof limit === 'number' && limit < requested) {
    yield problem(
      path,
      `resource limit must be greater than or equal to requested resource (${scalaDouble(requested)})`,
    );
  }
}

export const resourcesRule: Rule = function* ({ gpus, cpus, mem, resourceLimits }, { features }) {
  if (gpus > 0 && !features.includes('gpu_resources')) yield problem('', featureDisabled('gpu_resources'));
  yield* limitProblems('/resourceLimits/cpus', resourceLimits?.cpus, cpus);
  yield* limitProblems('/resourceLimits/mem', resourceLimits?.mem, mem);
};
