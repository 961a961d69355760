import { elementPath } from '../violations.js';
import { referenceProblems } from './id.js';
import type { Rule } from './rule.js';

export const dependenciesRule: Rule = function* ({ dependencies }) {
  for (const [i, dependency] of dependencies.entries()) {
    yield* referenceProblems(elementPath('/dependencies', i), dependency);
  }
};
