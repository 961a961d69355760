import type { Acl } from '../rules/acl.js';

const pathFetches: ReadonlySet<string> = new Set(['path', 'url', 'base']);

function isExact({ method, patterns }: Acl): boolean {
  if (patterns.length === 0) return false;
  return method === undefined || method === 'str' || method === 'ip' || method === 'int';
}

/**
 * Where a rule stands among the others; smaller numbers are tried first. The first rule that fits a request takes it, so the
 * narrow ones go before the wide ones: tests of anything but the path before tests of the path, exact ones before partial
 * ones, and longer paths before shorter ones (of several patterns the shortest counts, as it takes the most).
 */
export function ruleRank(acl: Acl): readonly [group: number, negativeLength: number] {
  const exact = isExact(acl);
  if (!pathFetches.has(acl.fetch)) return [exact ? 0 : 1, 0];
  const shortest = acl.patterns.length === 0 ? 0 : Math.min(...acl.patterns.map((p) => p.length));
  return [exact ? 2 : 3, -shortest];
}

/** Orders rules by rank; equal ranks stay in the order in which they are stored. */
export function orderRules<T extends { readonly acl: Acl }>(rules: readonly T[]): T[] {
  return rules
    .map((rule) => ({ rule, rank: ruleRank(rule.acl) }))
    .sort((a, b) => a.rank[0] - b.rank[0] || a.rank[1] - b.rank[1])
    .map(({ rule }) => rule);
}
