import type { ListedRoute, RouteList } from '../../api/routing.js';
import { Button } from '../../components/button.js';
import { Empty } from '../../components/loading.js';
import { Notice } from '../../components/notice.js';
import { Label } from '../../components/status-label.js';
import { edgeRequest } from '../../http/edge-request.js';
import { useLoaded } from '../../live/use-loaded.js';
import { place, setQuery } from '../../router/place.js';
import { useEdgeView } from './edge-view.js';
import { sourceText } from './plan-words.js';
import { Reading } from './problem.js';

const pageSize = 100;

function Servers({ servers: { live, all } }: { readonly servers: ListedRoute['servers'] }) {
  if (live === null) return <span class="muted">{all}, not asked</span>;
  return (
    <Label level={all === 0 ? 'warning' : live === 0 ? 'bad' : live < all ? 'warning' : 'good'}>
      {live} of {all} live
    </Label>
  );
}

function RouteLine({
  route,
  nameOf,
}: {
  readonly route: ListedRoute;
  /** Who wants another route, by its name. */
  readonly nameOf: (route: string) => string;
}) {
  const { appHref } = useEdgeView();
  const { position, condition, source, priority, backend, app, servers, shadowedBy } = route;
  const href = app === null ? undefined : appHref(app);
  return (
    <tr>
      <td class="number">{position}</td>
      <td>
        <code class="wrap">{condition}</code>
        {shadowedBy.length === 0 ? null : (
          <div class="lb-row-why">
            <Label level="warning">shadowed</Label> by {shadowedBy.map(nameOf).join(', ')}
          </div>
        )}
      </td>
      <td class="wrap">{sourceText(source)}</td>
      <td class="number">{priority}</td>
      <td class="wrap">
        {backend}
        {href === undefined || app === null ? null : (
          <div class="muted">
            <a href={href}>{app}</a>
          </div>
        )}
      </td>
      <td>
        <Servers servers={servers} />
      </td>
    </tr>
  );
}

/** All routes of the HTTP and HTTPS ports in the order in which they are tried, a page of them at a time. */
export function AllRoutesView() {
  const { edge, live } = useEdgeView();
  const first = Math.max(0, Number.parseInt(place.value.query['from'] ?? '0', 10) || 0);
  const revisions = live.revisions.value;
  const loaded = useLoaded(
    (signal) => edgeRequest<RouteList>(edge, 'ekiden/v1/routes', { signal, query: { offset: first, limit: pageSize } }),
    [edge ?? null, first],
    [revisions?.process ?? null, revisions?.routing ?? null],
  );
  const { data } = loaded;
  const sources = new Map(data?.routes.map(({ name, source }) => [name, source]));
  const nameOf = (name: string): string => {
    const source = sources.get(name);
    return source === undefined ? name : `the ${sourceText(source)}`;
  };
  const go = (from: number): void => setQuery({ from: from <= 0 ? undefined : String(from) });
  return (
    <>
      <h2>All routes</h2>
      <p class="muted">In the order in which they are tried: the first that fits a request takes it.</p>
      <Reading loaded={loaded} what="the routes" />
      {data === undefined ? null : data.total === 0 ? (
        <Empty>There are no routes yet: neither rules nor labels nor default rules.</Empty>
      ) : (
        <>
          {data.isShadowingCut ? (
            <Notice level="info">There are too many routes to hold each against all others.</Notice>
          ) : null}
          <div class="scroll-x" tabIndex={0} role="region" aria-label="Routes">
            <table class="routes-table">
              <thead>
                <tr>
                  <th scope="col" class="number">
                    #
                  </th>
                  <th scope="col">Condition</th>
                  <th scope="col">Wanted by</th>
                  <th scope="col" class="number">
                    Priority
                  </th>
                  <th scope="col">Backend</th>
                  <th scope="col">Servers</th>
                </tr>
              </thead>
              <tbody>
                {data.routes.map((route) => (
                  <RouteLine key={route.name} route={route} nameOf={nameOf} />
                ))}
              </tbody>
            </table>
          </div>
          <p class="row spread">
            <span class="muted">
              {first + 1}–{first + data.routes.length} of {data.total}
            </span>
            {data.total <= pageSize && first === 0 ? null : (
              <span class="row">
                <Button small disabled={first === 0} onClick={() => go(Math.max(0, first - pageSize))}>
                  Before
                </Button>
                <Button small disabled={first + pageSize >= data.total} onClick={() => go(first + pageSize)}>
                  Next
                </Button>
              </span>
            )}
          </p>
        </>
      )}
    </>
  );
}
