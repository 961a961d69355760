import type { Route } from '../compile/routing-model.js';
import type { AskedRequest } from '../explain/asked-request.js';
import type { ExplainedRoute } from '../explain/explanation.js';
import { findRoute } from '../explain/find-route.js';
import { explainedRoute, sourceText } from '../explain/route-words.js';
import { shadowingOf } from '../explain/shadowing.js';

/** A route that would come, go, or lead elsewhere, with a request that it is about. */
export interface ChangedRoute extends ExplainedRoute {
  readonly effect: 'gained' | 'lost' | 'moved';
  /** null: a test that no example can be made for. */
  readonly example: {
    readonly host: string | null;
    readonly path: string;
    /** Who takes it, in words; null = nobody. */
    readonly before: string | null;
    readonly after: string | null;
  } | null;
}

/** A route that would never get a request, because of an earlier one. */
export interface NewShadow {
  readonly route: string;
  readonly by: string;
  readonly text: string;
}

export interface RouteChanges {
  readonly routes: readonly ChangedRoute[];
  readonly shadows: readonly NewShadow[];
  /** How many there are; not all are shown. */
  readonly totalRoutes: number;
  readonly totalShadows: number;
}

const maxShown = 50;

/** A request that fits a route, if its conditions name one. */
function exampleOf({ host, path, acl }: Route): AskedRequest | undefined {
  if (acl !== null) {
    const [pattern = ''] = acl.patterns;
    const isPath = acl.fetch === 'path' && acl.converters.length === 0 && acl.method !== 'reg';
    const isHost = /^(?:req\.)?hdr$/.test(acl.fetch) && acl.args.toLowerCase() === 'host';
    const isPlain = acl.method === undefined || acl.method === 'str' || acl.method === 'beg';
    if (!isPlain || pattern === '') return undefined;
    if (isPath && pattern.startsWith('/')) return request(host ?? null, pattern);
    return isHost ? request(pattern, path ?? '/') : undefined;
  }
  return request(host?.startsWith('*.') === true ? `www${host.slice(1)}` : host, path ?? '/');
}

function request(host: string | null, path: string): AskedRequest {
  return {
    host,
    path,
    query: null,
    method: 'GET',
    headers: new Map(),
    port: 80,
    isSecure: false,
    sni: null,
    source: null,
  };
}

function takerText(routes: readonly Route[], asked: AskedRequest): string | null {
  const { taker } = findRoute(routes, asked);
  return taker === undefined ? null : `${sourceText(taker.source)} (${taker.backend})`;
}

function isSame(a: Route, b: Route): boolean {
  return a === b || (a.backend === b.backend && JSON.stringify(a) === JSON.stringify(b));
}

/** What a change does to the routes of the shared frontends. Pure. */
export function routeChanges(before: readonly Route[], after: readonly Route[]): RouteChanges {
  const [old, now] = [before, after].map((routes) => new Map(routes.map((route) => [route.name, route])));
  const changed: { readonly route: Route; readonly effect: ChangedRoute['effect'] }[] = [];
  for (const route of before === after ? [] : after) {
    const known = old?.get(route.name);
    if (known === undefined) changed.push({ route, effect: 'gained' });
    else if (!isSame(known, route)) changed.push({ route, effect: 'moved' });
  }
  for (const route of before === after ? [] : before) {
    if (now?.has(route.name) !== true) changed.push({ route, effect: 'lost' });
  }
  const shadows: NewShadow[] = [];
  if (before !== after) {
    const earlier = shadowingOf(before).by;
    for (const [name, takers] of shadowingOf(after).by) {
      const known = new Set(earlier.get(name));
      for (const by of takers) {
        const [route, other] = [now?.get(name), now?.get(by)];
        if (known.has(by) || route === undefined || other === undefined) continue;
        const text = `${sourceText(other.source)} takes all that ${sourceText(route.source)} could`;
        shadows.push({ route: name, by, text });
      }
    }
  }
  return {
    routes: changed.slice(0, maxShown).map(({ route, effect }): ChangedRoute => {
      const example = exampleOf(route);
      return {
        ...explainedRoute(route),
        effect,
        example:
          example === undefined
            ? null
            : {
                host: example.host,
                path: example.path,
                before: takerText(before, example),
                after: takerText(after, example),
              },
      };
    }),
    shadows: shadows.slice(0, maxShown),
    totalRoutes: changed.length,
    totalShadows: shadows.length,
  };
}
