import { elementPath } from '../violations.js';
import { pathProblems } from './id.js';
import type { Rule } from './rule.js';

export const dependenciesRule: Rule = function* ({ dependencies }) {
  for (const [i, dependency] of dependencies.entries()) {
    yield* pathProblems(elementPath('/dependencies', i), dependency);
  }
};
