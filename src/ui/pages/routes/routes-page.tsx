import { useEffect, useMemo, useState } from 'preact/hooks';
import type { Edge } from '../../api/edges.js';
import { Button } from '../../components/button.js';
import { Empty } from '../../components/loading.js';
import { Notice } from '../../components/notice.js';
import { Label } from '../../components/status-label.js';
import { Tabs } from '../../components/tabs.js';
import { useEdges } from '../../live/use-edges.js';
import { links } from '../../router/links.js';
import type { PageProps } from '../../router/page-view.js';
import { place, setQuery } from '../../router/place.js';
import { ConnectionState } from '../../shell/connection.js';
import { followEdge } from '../../stores/edge-live.js';
import type { EdgeLive } from '../../stores/edge-live.js';
import { EdgeViews } from './edge-views.js';
import { viewHref, views } from './edge-view.js';
import type { EdgeView, View } from './edge-view.js';
import { Reading } from './problem.js';
import { viewTabs } from './view-tabs.js';

/** Follows the load balancer of that name as long as it is looked at. */
function useEdgeLive(edge: string): EdgeLive | undefined {
  const [live, setLive] = useState<{ readonly edge: string; readonly live: EdgeLive }>();
  useEffect(() => {
    const opened = followEdge(edge);
    setLive({ edge, live: opened });
    return () => opened.close();
  }, [edge]);
  return live?.edge === edge ? live.live : undefined;
}

function OneEdge({ edge, view }: { readonly edge: Edge; readonly view: View }) {
  const live = useEdgeLive(edge.edge);
  const name = edge.edge;
  const context = useMemo(
    (): EdgeView | undefined =>
      live === undefined
        ? undefined
        : { edge: name, name, live, href: viewHref(['routes'], name), appHref: (id) => links.app(id) },
    [name, live],
  );
  if (context === undefined) return null;
  return (
    <>
      <div class="row edge-state">
        <strong>{name}</strong>
        <ConnectionState stream={context.live} />
        {edge.live ? null : <Label level="warning">It has not said anything for a while</Label>}
        {edge.behind === null || edge.behind === 0 ? null : (
          <Label level="info">{edge.behind} changes of apps behind</Label>
        )}
      </div>
      <Tabs
        label="Views of the load balancer"
        tabs={viewTabs(context.href)}
        current={view === 'rule' ? 'main' : view}
      />
      <EdgeViews context={context} view={view} />
    </>
  );
}

/** Rules and routes of the load balancers that follow this scheduler. */
export default function RoutesPage({ params }: PageProps) {
  const view = views.find((one) => one === params['view']) ?? 'main';
  const loaded = useEdges('lb');
  const edges = loaded.data;
  const wanted = place.value.query['edge'];
  const chosen = edges?.find(({ edge }) => edge === wanted) ?? (wanted === undefined ? edges?.[0] : undefined);
  return (
    <>
      <div class="row spread">
        <h1>Routes</h1>
        {edges === undefined || edges.length < 2 ? null : (
          <div class="row">
            <label for="edge">Load balancer</label>
            <select
              id="edge"
              value={chosen?.edge ?? ''}
              onChange={(event) => setQuery({ edge: event.currentTarget.value })}
            >
              {chosen === undefined ? <option value="">choose one</option> : null}
              {edges.map(({ edge, live, reachable }) => (
                <option key={edge} value={edge}>
                  {edge}
                  {!live ? ' (silent)' : reachable ? '' : ' (not reachable)'}
                </option>
              ))}
            </select>
          </div>
        )}
      </div>
      <Reading loaded={loaded} what="the load balancers" />
      {edges?.length === 0 ? (
        <Empty>
          No load balancer follows this scheduler. <code>ekiden lb</code> is one; it introduces itself here.{' '}
          <Button small onClick={loaded.reload}>
            Look again
          </Button>
        </Empty>
      ) : null}
      {edges !== undefined && edges.length > 0 && chosen === undefined ? (
        <Notice level="warning" title={`${wanted ?? ''} is not among the load balancers that follow this scheduler`}>
          <Button small onClick={loaded.reload}>
            Look again
          </Button>
        </Notice>
      ) : null}
      {chosen === undefined ? null : chosen.reachable ? (
        <OneEdge key={chosen.edge} edge={chosen} view={view} />
      ) : (
        <Notice level="warning" title={`${chosen.edge} cannot be asked from here`}>
          It has not said where its API is: it is of an earlier version, or has just begun.{' '}
          <Button small onClick={loaded.reload}>
            Look again
          </Button>
        </Notice>
      )}
    </>
  );
}
