import { isSingleInstance } from '../../normalize/defaults.js';
import type { CanonicalApp } from '../../normalize/app-json.js';
import { problem } from '../violations.js';
import type { Problem } from '../violations.js';
import type { Rule } from './rule.js';

export const singleInstanceRule: Rule = function* ({ labels, instances, upgradeStrategy }) {
  if (!isSingleInstance(labels)) return;
  if (instances > 1) yield problem('', 'Single instance app may only have one instance');
  if (upgradeStrategy.minimumHealthCapacity !== 0 || upgradeStrategy.maximumOverCapacity !== 0) {
    yield problem(
      '/upgradeStrategy',
      'minimumHealthCapacity and maximumOverCapacity must be 0 for a single instance app',
    );
  }
};

/** An instance is not given up before it is replaced. */
export function* unreachableProblems(
  path: string,
  unreachableStrategy: CanonicalApp['unreachableStrategy'],
): Iterable<Problem> {
  if (unreachableStrategy === 'disabled') return;
  const { inactiveAfterSeconds, expungeAfterSeconds } = unreachableStrategy;
  if (inactiveAfterSeconds > expungeAfterSeconds) {
    yield problem(
      path,
      `inactiveAfterSeconds (${inactiveAfterSeconds}) must be less or equal to expungeAfterSeconds, which is ${expungeAfterSeconds}`,
    );
  }
}

export const unreachableStrategyRule: Rule = ({ unreachableStrategy }) =>
  unreachableProblems('/unreachableStrategy', unreachableStrategy);
