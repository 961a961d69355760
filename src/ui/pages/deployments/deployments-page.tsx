import { useEffect } from 'preact/hooks';
import { Empty, Loading } from '../../components/loading.js';
import { Label } from '../../components/status-label.js';
import { Ago } from '../../components/time.js';
import { links } from '../../router/links.js';
import { deployments, isComplete } from '../../stores/overview.js';
import { DeploymentCard } from './deployment-card.js';
import type { EndedDeployment } from './ended-deployments.js';
import { endedDeployments, followEnds } from './ended-store.js';
import './deployments.css';

/** So many are drawn with their steps: thousands at once nobody reads. */
const maxShown = 50;
const maxApps = 5;
/** The instances of so many apps are shown (and read again as they change) without being asked for. */
const maxOpen = 4;

function Outcome({ outcome, reason }: EndedDeployment) {
  if (outcome === 'success') return <Label level="good">Done</Label>;
  if (outcome === 'failed') return <Label level="warning">Stopped{reason === undefined ? '' : `: ${reason}`}</Label>;
  return <Label level="off">Over; how it ended was not heard</Label>;
}

function Ended() {
  const list = endedDeployments.value;
  if (list.length === 0) return null;
  return (
    <section aria-labelledby="ended-deployments">
      <h2 id="ended-deployments">Ended while this page was open</h2>
      <ul class="ended-list">
        {list.map((one) => (
          <li key={one.id}>
            <span class="wrap">
              {one.apps.slice(0, maxApps).map((id, index) => (
                <span key={id}>
                  {index === 0 ? '' : ', '}
                  <a href={links.app(id)}>{id}</a>
                </span>
              ))}
              {one.apps.length > maxApps ? ` and ${one.apps.length - maxApps} more` : ''}
            </span>
            <Outcome {...one} />
            <span class="muted">
              ended <Ago at={new Date(one.endedAtMs).toISOString()} />
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Deployments as they go on, and those that have ended meanwhile. */
export default function DeploymentsPage() {
  useEffect(() => {
    const stream = followEnds();
    return () => stream.close();
  }, []);
  const all = deployments.value;
  const touched = all.flatMap(({ currentActions }) => currentActions.filter(({ wanted }) => wanted > 0));
  const openApps = new Set(touched.slice(0, maxOpen).map(({ app }) => app));
  return (
    <>
      <h1>Deployments</h1>
      {!isComplete.value ? (
        <Loading what="the deployments" />
      ) : all.length === 0 ? (
        <Empty>
          No deployment is under way. Whatever changes an app (creating, scaling, a new version) is shown here as it
          goes on.
        </Empty>
      ) : (
        all
          .slice(0, maxShown)
          .map((deployment) => <DeploymentCard key={deployment.id} deployment={deployment} openApps={openApps} />)
      )}
      {all.length > maxShown ? <p class="muted">And {all.length - maxShown} more.</p> : null}
      <Ended />
    </>
  );
}
