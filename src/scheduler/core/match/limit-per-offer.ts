import type { RunSpec } from '../../model/run-spec.js';
import { constraintsOf } from './spread.js';

/**
 * How many instances are launched on one offer, `limit` at most. What is grouped by what is known of its groups so far (GROUP_BY without a
 * number) goes one by one: on a single offer every further instance would be in the smallest group that is known.
 */
export function limitPerOffer(runSpec: RunSpec, limit: number): number {
  const goesOneByOne = constraintsOf(runSpec).some((c) => c.operator === 'GROUP_BY' && c.value === undefined);
  return goesOneByOne ? Math.min(1, limit) : limit;
}
