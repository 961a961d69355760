import type { Acl } from '../rules/acl.js';
import type { Route } from './routing-model.js';

const pathFetches: ReadonlySet<string> = new Set(['path', 'url', 'base']);

function isExact({ method, patterns }: Acl): boolean {
  if (patterns.length === 0) return false;
  return method === undefined || method === 'str' || method === 'ip' || method === 'int';
}

type Rank = readonly [group: number, negativeHostLength: number, negativePathLength: number, ignoresCase: number];

function aclRank(acl: Acl): Rank {
  const exact = isExact(acl);
  if (!pathFetches.has(acl.fetch)) return [exact ? 0 : 3, 0, 0, 0];
  const shortest = acl.patterns.length === 0 ? 0 : Math.min(...acl.patterns.map((p) => p.length));
  return [exact ? 4 : 5, 0, -shortest, acl.ignoreCase ? 1 : 0];
}

/**
 * Where a route stands among those of its priority; the smaller goes first, and the first that fits a request takes it. So the
 * narrow ones go before the wide ones: exact tests of anything but host and path, hosts, `*.` hosts (the longest first), other
 * tests of anything but the path, exact paths, and what a path begins with. Where all else is equal the longest path goes
 * first; of several patterns the shortest counts, as it takes the most.
 */
function rankOf({ acl, host, path, ignoreCase }: Route): Rank {
  if (acl !== null) return aclRank(acl);
  const last = ignoreCase ? 1 : 0;
  // As long as the pattern of a `path_beg` that takes the same.
  const length = path?.length ?? 0;
  if (host === null) return [5, 0, -length, last];
  return host.startsWith('*.') ? [2, -host.length, -length, last] : [1, 0, -length, last];
}

/** Puts routes in the order in which they are tried: priority, rank, then as they were given. */
export function orderRoutes(routes: readonly Route[]): Route[] {
  return routes
    .map((route) => ({ route, rank: rankOf(route) }))
    .sort(
      (a, b) =>
        b.route.priority - a.route.priority ||
        a.rank[0] - b.rank[0] ||
        a.rank[1] - b.rank[1] ||
        a.rank[2] - b.rank[2] ||
        a.rank[3] - b.rank[3],
    )
    .map(({ route }) => route);
}
