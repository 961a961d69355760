import type { Route } from '../compile/routing-model.js';
import type { AskedRequest } from './asked-request.js';
import { testRoute } from './route-verdict.js';

/** Which of the routes of the shared frontends take a request. */
export interface FoundRoutes {
  /** The first one that certainly fits; undefined = none does. */
  readonly taker: Route | undefined;
  /** Those before it that may fit, and what that depends on. */
  readonly possible: readonly { readonly route: Route; readonly depends: string }[];
  /** Those behind it that fit as well. */
  readonly shadowed: readonly Route[];
  /** There are more shadowed or possible ones. */
  readonly isCut: boolean;
}

/** So many are told of, of each kind. */
const maxTold = 50;

/** Goes through the routes in their order, as HAProxy goes through the steps made of them: the first that fits takes the request. Pure. */
export function findRoute(routes: Iterable<Route>, request: AskedRequest): FoundRoutes {
  let taker: Route | undefined;
  const possible: { readonly route: Route; readonly depends: string }[] = [];
  const shadowed: Route[] = [];
  for (const route of routes) {
    const verdict = testRoute(route, request);
    if (verdict === false) continue;
    if (taker === undefined) {
      if (verdict === true) taker = route;
      else possible.push({ route, depends: verdict.unknown });
    } else if (verdict === true) {
      shadowed.push(route);
      if (shadowed.length > maxTold) break;
    }
  }
  return {
    taker,
    possible: possible.slice(0, maxTold),
    shadowed: shadowed.slice(0, maxTold),
    isCut: possible.length > maxTold || shadowed.length > maxTold,
  };
}
