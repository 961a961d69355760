import { confirm } from '../../components/ask.js';
import { countText } from '../../components/text.js';
import { say, trying } from '../../components/toast.js';
import { request } from '../../http/request.js';
import type { OverviewDeployment } from '../../api/overview.js';

function whatOf({ affectedApps, more }: OverviewDeployment): string {
  const count = affectedApps.length + (more?.apps ?? 0);
  return count === 1 ? (affectedApps[0] ?? '') : countText(count, 'app');
}

/** Starts the deployment that undoes this one, after asking. */
export async function rollBack(deployment: OverviewDeployment): Promise<void> {
  const go = await confirm({
    title: 'Roll back this deployment?',
    text: (
      <>
        <p>
          Another deployment begins that takes <strong>{whatOf(deployment)}</strong> back to what was there before this
          one.
        </p>
        <p>Instances that were replaced already are replaced again; apps that are new are removed.</p>
      </>
    ),
    action: 'Roll back',
    danger: true,
  });
  if (!go) return;
  await trying('The deployment was not rolled back', async () => {
    await request(`v2/deployments/${encodeURIComponent(deployment.id)}`, { method: 'DELETE' });
    say('good', `${whatOf(deployment)}: the way back has begun, as another deployment`);
  });
}

/** Ends a deployment where it is, after asking. */
export async function stopByForce(deployment: OverviewDeployment): Promise<void> {
  const go = await confirm({
    title: 'Stop this deployment where it is?',
    text: (
      <>
        <p>
          Nothing is undone, and no further step is taken. <strong>{whatOf(deployment)}</strong> can be changed again at
          once.
        </p>
        <p>Instances of the version before and of the new one may run side by side until the next change.</p>
      </>
    ),
    action: 'Stop by force',
    danger: true,
  });
  if (!go) return;
  await trying('The deployment was not stopped', async () => {
    const path = `v2/deployments/${encodeURIComponent(deployment.id)}`;
    await request(path, { method: 'DELETE', query: { force: true } });
    say('good', `${whatOf(deployment)}: the deployment is stopped where it was`);
  });
}
