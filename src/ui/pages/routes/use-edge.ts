import type { EdgeStatus } from '../../api/edge-status.js';
import type { LbReloads } from '../../api/edge-live.js';
import type { ListedRoute, RouteList } from '../../api/routing.js';
import type { BambooState, RuleChanges, ShownRules } from '../../api/rules.js';
import { edgeRequest } from '../../http/edge-request.js';
import type { EdgeName } from '../../http/edge-request.js';
import { useLoaded } from '../../live/use-loaded.js';
import type { Loaded } from '../../live/use-loaded.js';
import { usePaced } from '../../live/use-paced.js';
import { useEdgeView } from './edge-view.js';
import type { KnownApp } from './rule-rows.js';

/** Reads something of the load balancer, again whenever one of the revisions has grown. */
function useOfEdge<T>(
  load: (edge: EdgeName, signal: AbortSignal) => Promise<T>,
  revision: 'rules' | 'routing' | 'status',
): Loaded<T> {
  const { edge, live } = useEdgeView();
  const revisions = live.revisions.value;
  return useLoaded(
    (signal) => load(edge, signal),
    [edge ?? null],
    // The first revision tells nothing that was not read
    [
      revisions?.process ?? null,
      revisions?.rules ?? null,
      revision === 'rules' ? null : (revisions?.[revision] ?? null),
    ],
  );
}

/** Rules, and what has become of them: that is up to apps as well. */
export function useRules(): Loaded<ShownRules> {
  return useOfEdge((edge, signal) => edgeRequest<ShownRules>(edge, 'ekiden/v1/rules', { signal }), 'routing');
}

export function useHistory(): Loaded<RuleChanges> {
  return useOfEdge((edge, signal) => edgeRequest<RuleChanges>(edge, 'ekiden/v1/rules/history', { signal }), 'rules');
}

export function useStatus(): Loaded<EdgeStatus> {
  return useOfEdge((edge, signal) => edgeRequest<EdgeStatus>(edge, 'ekiden/v1/status', { signal }), 'status');
}

export function useReloads(): Loaded<LbReloads> {
  return useOfEdge((edge, signal) => edgeRequest<LbReloads>(edge, 'ekiden/v1/reloads', { signal }), 'status');
}

/** So many routes are read at a time, and so many at most. */
const routesPart = 5_000;
const maxRoutes = 20_000;

async function allRoutes(edge: EdgeName, signal: AbortSignal): Promise<RouteList> {
  const routes: ListedRoute[] = [];
  for (;;) {
    const part = await edgeRequest<RouteList>(edge, 'ekiden/v1/routes', {
      signal,
      query: { offset: routes.length, limit: routesPart },
    });
    routes.push(...part.routes);
    if (part.routes.length < routesPart || routes.length >= maxRoutes) return { ...part, routes };
  }
}

/** All routes, as long as there are no more than 20,000. */
export function useRoutes(): Loaded<RouteList> {
  return useOfEdge(allRoutes, 'routing');
}

/** Bamboo's model of the apps is large. */
const appsEveryMs = 3_000;

/** The apps that the load balancer knows; null: no scheduler has told of any yet. */
export function useKnownApps(): Loaded<readonly KnownApp[] | null> {
  const { edge, live } = useEdgeView();
  const revisions = live.revisions.value;
  const revision = usePaced(`${revisions?.process ?? ''}:${revisions?.routing ?? ''}`, appsEveryMs);
  return useLoaded(
    async (signal) => {
      const state = await edgeRequest<BambooState>(edge, 'api/state', { signal });
      return (
        state?.Apps.map(({ Id, ServicePorts, Tasks }) => ({
          id: Id,
          servicePorts: ServicePorts,
          instances: Tasks.length,
          alive: Tasks.filter(({ Alive }) => Alive).length,
        })) ?? null
      );
    },
    [edge ?? null],
    [revision],
  );
}
