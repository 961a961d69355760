import { isSingleInstance } from '../../normalize/defaults.js';
import { problem } from '../violations.js';
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

export const unreachableStrategyRule: Rule = function* ({ unreachableStrategy }) {
  if (unreachableStrategy === 'disabled') return;
  const { inactiveAfterSeconds, expungeAfterSeconds } = unreachableStrategy;
  if (inactiveAfterSeconds > expungeAfterSeconds) {
    yield problem(
      '/unreachableStrategy',
      `inactiveAfterSeconds (${inactiveAfterSeconds}) must be less or equal to expungeAfterSeconds, which is ${expungeAfterSeconds}`,
    );
  }
};
