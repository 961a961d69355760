import type { PageProps } from '../../router/page-view.js';
import { place } from '../../router/place.js';
import { EdgeViews } from './edge-views.js';
import { views } from './edge-view.js';
import { ownEdge } from './own-edge.js';

/** The views of the load balancer that this page came from. */
export default function OwnEdgePage(_props: PageProps) {
  const [first] = place.value.segments;
  const view = views.find((one) => one === first) ?? 'main';
  return (
    <>
      <h1>Routes of {location.host}</h1>
      <EdgeViews context={ownEdge()} view={view} />
    </>
  );
}
