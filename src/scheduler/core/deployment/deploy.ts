import type { PathId } from '../../../common/path-id.js';
import type { Timestamp } from '../../model/app-definition.js';
import type { Deployment } from '../../model/deployment.js';
import type { Rejection } from '../commands.js';
import type { Tx } from '../tx.js';
import { advanceAction, scaleTo } from './actions.js';
import { changedId, planDeployment } from './plan.js';
import type { AppChange } from './plan.js';

/** Why these changes may not be deployed now; undefined = they may. Deployments in the way are no reason with `force`. */
export function refusalToDeploy(tx: Tx, changes: readonly AppChange[], force: boolean): Rejection | undefined {
  const inTheWay = blockingDeployments(tx, changes);
  if (inTheWay.length > 0 && !force) return { kind: 'locked', deploymentIds: inTheWay };
  const limit = tx.settings.maxRunningDeployments;
  if (tx.state.deployments.size - inTheWay.length >= limit) return { kind: 'tooManyDeployments', limit };
  return undefined;
}

function blockingDeployments(tx: Tx, changes: readonly AppChange[]): string[] {
  return [...new Set(changes.flatMap((change) => tx.state.locks.get(changedId(change)) ?? []))];
}

/** Ends a deployment where it stands; what it has done stays done. */
export function cancelDeployment(tx: Tx, deployment: Deployment, reason: string): void {
  tx.removeDeployment(deployment);
  tx.publish({ type: 'deployment_failed', plan: deployment, reason });
}

/**
 * Makes the changes current and starts their deployment, cancelling those in its way. The caller has asked `refusalToDeploy`.
 * Without changes nothing is started; the id is given all the same, as in Marathon.
 */
export function deploy(tx: Tx, version: Timestamp, changes: readonly AppChange[]): { readonly deploymentId: string } {
  const id = tx.surroundings.uuid();
  for (const blocking of blockingDeployments(tx, changes)) {
    const deployment = tx.state.deployments.get(blocking);
    if (deployment !== undefined) cancelDeployment(tx, deployment, 'Another deployment was forced upon its apps');
  }
  for (const change of changes) {
    if (change.kind === 'delete') tx.removeApp(change.from.id);
    else tx.putApp(change.to);
  }
  const plan = planDeployment(id, version, changes);
  if (plan.steps.length === 0) return { deploymentId: id };
  tx.publish({ type: 'group_change_success', groupId: '/', version });
  const deployment: Deployment = { ...plan, currentStep: 0, rollouts: {} };
  tx.putDeployment(deployment);
  tx.startStep(deployment);
  tx.publish({ type: 'deployment_info', plan: deployment });
  return { deploymentId: id };
}

/**
 * Does what a deployment needs done for one of its apps now, goes on to the next step when it was the last one of this step, and
 * says how many instances of the app are to be launched now.
 */
export function advanceApp(tx: Tx, deploymentId: string, appId: PathId): number {
  const deployment = tx.state.deployments.get(deploymentId);
  const action = deployment?.steps[deployment.currentStep]?.actions.find((a) => a.app === appId);
  if (deployment === undefined) return 0;
  if (action === undefined) {
    // Its step is over: it is kept at what was reached. Or still to come: it is left alone.
    const isOver = deployment.steps
      .slice(0, deployment.currentStep)
      .some((step) => step.actions.some((a) => a.app === appId));
    const app = tx.state.apps.get(appId);
    const isScaled = !deployment.steps
      .slice(deployment.currentStep)
      .some((step) => step.actions.some((a) => a.app === appId));
    return isOver && isScaled && app !== undefined ? scaleTo(tx, app, app.instances).launches : 0;
  }
  const { done, launches } = advanceAction(tx, deployment, action);
  if (done) {
    tx.finishAction(deploymentId, appId);
    if (tx.pendingOf(deploymentId).size === 0) finishStep(tx, tx.state.deployments.get(deploymentId) ?? deployment);
  }
  return launches;
}

function finishStep(tx: Tx, deployment: Deployment): void {
  tx.publish({ type: 'deployment_step_success', plan: deployment });
  for (const { action, app } of deployment.steps[deployment.currentStep]?.actions ?? []) {
    if (action === 'StopApplication') tx.publish({ type: 'app_terminated_event', appId: app });
  }
  const next: Deployment = { ...deployment, currentStep: deployment.currentStep + 1, rollouts: {} };
  if (next.currentStep < next.steps.length) {
    tx.putDeployment(next);
    tx.startStep(next);
    tx.publish({ type: 'deployment_info', plan: next });
    return;
  }
  tx.removeDeployment(deployment);
  tx.publish({ type: 'deployment_success', plan: deployment });
}
