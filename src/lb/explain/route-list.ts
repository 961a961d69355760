import type { Routing } from '../compile/routing-model.js';
import type { ExplainedRoute } from './explanation.js';
import { explainedRoute } from './route-words.js';
import type { ServerState } from './server-states.js';
import { shadowingOf } from './shadowing.js';

/** A route as `GET /ekiden/v1/routes` tells of it. */
export interface ListedRoute extends ExplainedRoute {
  /** From 1 on; the first that fits takes a request. */
  readonly position: number;
  /** Servers that take requests, and all that there are; live ones are null when HAProxy was not asked. */
  readonly servers: { readonly live: number | null; readonly all: number };
  /** Earlier routes that take all that this one could: it never gets anything. */
  readonly shadowedBy: readonly string[];
  /** Later ones that never get anything because of this one. */
  readonly shadows: readonly string[];
}

export interface RouteList {
  /** All of the shared frontends, in the order in which they are tried. */
  readonly routes: readonly ListedRoute[];
  readonly total: number;
  /** Not all pairs of routes were held against each other. */
  readonly isShadowingCut: boolean;
}

const isLive = ({ status }: ServerState): boolean => /^(?:UP|no check)/.test(status);

/** Routes from `offset` on, at most `limit`. `states`: by `backend/server`; undefined when HAProxy was not asked. Pure. */
export function listRoutes(
  { model, routes }: Routing,
  states: ReadonlyMap<string, ServerState> | undefined,
  { offset, limit }: { readonly offset: number; readonly limit: number },
): RouteList {
  const shadowing = shadowingOf(routes);
  const backends = new Map(model.backends.map((backend) => [backend.name, backend]));
  return {
    routes: routes.slice(offset, offset + limit).map((route, i): ListedRoute => {
      const servers = backends.get(route.backend)?.servers ?? [];
      const live = servers.filter(({ name }) => {
        const state = states?.get(`${route.backend}/${name}`);
        return state !== undefined && isLive(state);
      });
      return {
        position: offset + i + 1,
        ...explainedRoute(route),
        servers: { live: states === undefined ? null : live.length, all: servers.length },
        shadowedBy: shadowing.by.get(route.name) ?? [],
        shadows: shadowing.over.get(route.name) ?? [],
      };
    }),
    total: routes.length,
    isShadowingCut: shadowing.isCut,
  };
}
