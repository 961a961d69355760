import type { Route } from '../compile/routing-model.js';
import { conditionsOf, covers } from './conditions.js';
import type { Condition } from './conditions.js';

/** By route names: who takes all that a route could take, and from whom it takes all. In their order; at most `maxNames` each. */
export interface Shadowing {
  readonly by: ReadonlyMap<string, readonly string[]>;
  readonly over: ReadonlyMap<string, readonly string[]>;
  /** There were too many routes to hold all of them against each other. */
  readonly isCut: boolean;
}

const maxNames = 20;
/** So many pairs of conditions are looked at: it is done at one go. */
const maxPairs = 4_000_000;

interface Earlier {
  readonly name: string;
  readonly condition: Condition;
}

/** The hosts under which routes that take this one's requests may be found: its own, those of `*.…` above it, and any. */
function* hostsAbove(host: string | null): Iterable<string | null> {
  yield null;
  if (host === null) return;
  yield host;
  for (let dot = host.indexOf('.', host.startsWith('*.') ? 2 : 0); dot >= 0; dot = host.indexOf('.', dot + 1)) {
    yield `*${host.slice(dot)}`;
  }
}

function note(lists: Map<string, string[]>, key: string, name: string): void {
  const names = lists.get(key) ?? [];
  if (names.length < maxNames && !names.includes(name)) names.push(name);
  lists.set(key, names);
}

/**
 * Finds routes that can never be reached: an earlier one has the same or a wider condition. It errs on the side of silence: where the two
 * cannot be compared nothing is said.
 */
function findShadowing(routes: readonly Route[]): Shadowing {
  const byHost = new Map<string | null, Earlier[]>();
  const by = new Map<string, string[]>();
  const over = new Map<string, string[]>();
  let pairs = 0;
  for (const route of routes) {
    const conditions = conditionsOf(route);
    /** Earlier routes that take the requests of each condition; who takes those of all takes those of the route. */
    let takers: ReadonlySet<string> | undefined;
    for (const condition of conditions) {
      const found = new Set<string>();
      for (const host of hostsAbove(condition.host)) {
        const earlier = byHost.get(host) ?? [];
        pairs += earlier.length;
        if (pairs > maxPairs) return { by, over, isCut: true };
        for (const one of earlier) if (covers(one.condition, condition)) found.add(one.name);
      }
      takers = takers === undefined ? found : new Set([...takers].filter((name) => found.has(name)));
      if (takers.size === 0) break;
    }
    for (const name of takers ?? []) {
      note(by, route.name, name);
      note(over, name, route.name);
    }
    for (const condition of conditions) {
      const sameHost = byHost.get(condition.host) ?? [];
      sameHost.push({ name: route.name, condition });
      byHost.set(condition.host, sameHost);
    }
  }
  return { by, over, isCut: false };
}

const known = new WeakMap<readonly Route[], Shadowing>();

/** Which routes stand in whose shadow; costs once for each list of routes. */
export function shadowingOf(routes: readonly Route[]): Shadowing {
  const shadowing = known.get(routes) ?? findShadowing(routes);
  known.set(routes, shadowing);
  return shadowing;
}
