import type { PathId } from '../../common/path-id.js';
import type { HostClaim, Report, Route } from './routing-model.js';

/** A route that an app's labels ask for. Those of the oldest app come first. */
export interface WantedHost {
  readonly app: PathId;
  readonly portIndex: number;
  readonly route: Route;
  /** The app is left out for another reason; what it has is kept for it. */
  readonly isRejected: boolean;
}

const isIn = (id: PathId, group: PathId): boolean => group === '/' || id === group || id.startsWith(`${group}/`);

const covers = (pattern: string, host: string): boolean =>
  pattern === host || (pattern.startsWith('*.') && host.endsWith(pattern.slice(1)));

/** The claim that decides about a host: of those that fit the longest name. */
function claimOf(host: string, claims: readonly HostClaim[]): HostClaim | undefined {
  let found: HostClaim | undefined;
  for (const claim of claims) {
    if (covers(claim.host, host) && (found === undefined || claim.host.length > found.host.length)) found = claim;
  }
  return found;
}

const keyOf = ({ host, path }: Route): string => `${host ?? ''}${(path ?? '').toLowerCase()}`;

/**
 * Who has which host and path. An operator's claims and rules go first; of several apps the one that has it already keeps it,
 * else it is the first in `wanted`. The others are left out, and told who has it. What is written in another case is the same.
 */
export function grantHosts(
  wanted: readonly WantedHost[],
  {
    claims,
    rules,
    before,
  }: {
    readonly claims: readonly HostClaim[];
    /** The rules that have a whole host. */
    readonly rules: ReadonlyMap<string, string>;
    readonly before: ReadonlyMap<string, PathId>;
  },
): { routes: Route[]; reports: Report[]; owners: Map<string, PathId> } {
  const reports: Report[] = [];
  const refuse = ({ app, isRejected, route }: WantedHost, why: string): void => {
    if (isRejected) return;
    reports.push({ kind: 'app', id: app, reason: `host ${route.host ?? ''}${route.path ?? ''}: ${why}` });
  };
  const allowed = wanted.filter((want) => {
    const host = want.route.host ?? '';
    const claim = claims.length === 0 ? undefined : claimOf(host, claims);
    const rule = want.route.path === null ? rules.get(host) : undefined;
    if (claim !== undefined && !isIn(want.app, claim.group)) {
      refuse(want, `is kept for apps of ${claim.group} (${claim.host})`);
      return false;
    }
    if (rule !== undefined) refuse(want, `belongs to the rule for ${rule}`);
    return rule === undefined;
  });

  const owners = new Map<string, PathId>();
  const keys = allowed.map(({ route }) => keyOf(route));
  for (const [index, { app }] of allowed.entries()) {
    const key = keys[index] ?? '';
    if (!owners.has(key) || before.get(key) === app) owners.set(key, app);
  }
  const ports = new Map<string, number>();
  const routes: Route[] = [];
  for (const [index, want] of allowed.entries()) {
    const key = keys[index] ?? '';
    const owner = owners.get(key);
    const port = ports.get(key) ?? want.portIndex;
    if (owner !== want.app) {
      refuse(want, `belongs to ${owner ?? ''}`);
    } else if (port !== want.portIndex) {
      refuse(want, `is that of port ${port} already`);
    } else {
      ports.set(key, port);
      if (!want.isRejected) routes.push(want.route);
    }
  }
  return { routes, reports, owners };
}
