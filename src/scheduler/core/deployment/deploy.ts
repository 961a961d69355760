import type { PathId } from '../../../common/path-id.js';
import type { Timestamp } from '../../model/app-definition.js';
import type { Deployment, DeploymentStep } from '../../model/deployment.js';
import { isPod } from '../../model/run-spec.js';
import type { Rejection } from '../commands.js';
import { carryOut } from '../groups/carry-out.js';
import { changedId } from '../groups/changes.js';
import type { RootUpdate, RunSpecChange } from '../groups/changes.js';
import { runSpecOf } from '../state.js';
import type { Tx } from '../tx.js';
import { actionOf } from './action-of.js';
import { advanceAction, downloadArtifacts, scaleTo } from './actions.js';
import { definitionUntilItsTurn, touchesInstances } from './launched-definition.js';
import { endPredecessors } from './leftovers.js';
import { planDeployment } from './plan.js';
import { reconsiderReadiness } from './readiness-checks.js';

/**
 * Why these changes may not be deployed now; undefined = they may. Deployments in the way are no reason with `force`; the limit of
 * running deployments is, and it comes first (marathon.md §1.3).
 */
export function refusalToDeploy(tx: Tx, changes: readonly RunSpecChange[], force: boolean): Rejection | undefined {
  // Groups alone are changed at once, without a deployment
  if (changes.length === 0) return undefined;
  const limit = tx.settings.maxRunningDeployments;
  // Also a deployment that would take the place of another is refused, as by Marathon: cancelling is what makes room
  if (tx.state.deployments.size >= limit) return { kind: 'tooManyDeployments', limit };
  const inTheWay = blockingDeployments(tx, changes);
  return inTheWay.length > 0 && !force ? { kind: 'locked', deploymentIds: inTheWay } : undefined;
}

function blockingDeployments(tx: Tx, changes: readonly RunSpecChange[]): string[] {
  return [...new Set(changes.flatMap((change) => tx.state.locks.get(changedId(change)) ?? []))];
}

/** Ends a deployment where it stands; what it has done stays done. */
export function cancelDeployment(tx: Tx, deployment: Deployment, reason: string): void {
  tx.removeDeployment(deployment);
  reconsiderReadiness(tx, deployment);
  tx.publish({ type: 'deployment_failed', plan: deployment, reason });
}

/** Tells which health checks come and go with a change. */
function publishHealthChecks(tx: Tx, change: RunSpecChange): void {
  const from = change.kind === 'create' || isPod(change.from) ? undefined : change.from;
  const to = change.kind === 'delete' || isPod(change.to) ? undefined : change.to;
  if (change.kind === 'scale') return;
  from?.healthChecks.forEach(() => tx.publish({ type: 'remove_health_check_event', appId: from.id }));
  to?.healthChecks.forEach((healthCheck) =>
    tx.publish({ type: 'add_health_check_event', appId: to.id, version: to.version, healthCheck }),
  );
}

/**
 * Makes an update current and starts its deployment, cancelling those in its way. The caller has asked `refusalToDeploy`. `groupId` is
 * the group that the request was about, for `group_change_success`. Without an update nothing is started; the id is given all the
 * same, as in Marathon.
 */
export function deploy(
  tx: Tx,
  version: Timestamp,
  groupId: PathId,
  update: RootUpdate,
  steps: readonly DeploymentStep[],
): { readonly deploymentId: string } {
  const id = tx.surroundings.uuid();
  const changes = update.runSpecs;
  if (changes.length === 0 && update.groups.size === 0) return { deploymentId: id };
  for (const blocking of blockingDeployments(tx, changes)) {
    const deployment = tx.state.deployments.get(blocking);
    if (deployment !== undefined) cancelDeployment(tx, deployment, 'Another deployment was forced upon its apps');
  }
  const groups = carryOut(tx, version, update);
  const stopped = new Set(changes.flatMap((change) => (change.kind === 'delete' ? [change.from.id] : [])));
  for (const change of changes) {
    // An app that becomes a pod has its stop among the steps
    if (change.kind === 'create' && !stopped.has(change.to.id)) endPredecessors(tx, change.to);
  }
  tx.publish({ type: 'group_change_success', groupId, version });
  if (steps.length === 0) return { deploymentId: id };
  const changedGroups = groups.map(({ id: groupId, from }) => {
    const to = tx.state.groups.get(groupId);
    return { id: groupId, ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
  });
  const plan = planDeployment({ id, version }, steps, changes, changedGroups);
  const deployment: Deployment = { ...plan, currentStep: 0, rollouts: {} };
  tx.putDeployment(deployment);
  tx.startStep(deployment);
  reconsiderReadiness(tx, deployment);
  for (const { action, id: appId } of steps[0]?.actions ?? []) {
    const app = runSpecOf(tx.state, appId);
    // What has failed in a former deployment is tried again.
    if (action === 'ResolveArtifacts' && app !== undefined) downloadArtifacts(tx, app);
  }
  tx.publish({ type: 'deployment_info', plan: deployment });
  for (const change of changes) publishHealthChecks(tx, change);
  return { deploymentId: id };
}

/**
 * Does what a deployment needs done for one of its apps or pods now, goes on to the next step when it was the last one of this step,
 * and says how many instances of it are to be launched now.
 */
export function advanceApp(tx: Tx, deploymentId: string, appId: PathId): number {
  const deployment = tx.state.deployments.get(deploymentId);
  if (deployment === undefined) return 0;
  const step = deployment.steps[deployment.currentStep];
  const action = step === undefined ? undefined : actionOf(step, appId);
  if (action === undefined) return keepReached(tx, deployment, appId);
  const { done, launches, failure } = advanceAction(tx, deployment, action);
  if (failure !== undefined) {
    tx.publish({ type: 'deployment_step_failure', plan: deployment });
    cancelDeployment(tx, deployment, failure);
    return 0;
  }
  if (done) {
    const isFirst = tx.pendingOf(deploymentId).has(appId);
    if (isFirst && action.action === 'StopApplication') tx.publish({ type: 'app_terminated_event', appId });
    tx.finishAction(deploymentId, appId);
    if (tx.pendingOf(deploymentId).size === 0) finishStep(tx, tx.state.deployments.get(deploymentId) ?? deployment);
  }
  return touchesInstances(action) ? launches : keepReached(tx, deployment, appId);
}

/** An app that has no action in the current step: when its turn is over it is kept at what was reached, before that at what was there. */
function keepReached(tx: Tx, deployment: Deployment, appId: PathId): number {
  const runSpec = runSpecOf(tx.state, appId);
  if (runSpec === undefined) return 0;
  const before = definitionUntilItsTurn(deployment, appId);
  if (before !== undefined) {
    // What is too much (of a deployment that was cancelled in favour of this one) is no concern before its turn: it may be needed then
    return Math.max(0, before.instances - tx.state.tallies.of(appId).kept);
  }
  const { steps, currentStep } = deployment;
  const isToCome = steps.slice(currentStep).some((step) => actionOf(step, appId) !== undefined);
  return isToCome ? 0 : scaleTo(tx, runSpec, runSpec.instances).launches;
}

function finishStep(tx: Tx, deployment: Deployment): void {
  tx.publish({ type: 'deployment_step_success', plan: deployment });
  const next: Deployment = { ...deployment, currentStep: deployment.currentStep + 1, rollouts: {} };
  if (next.currentStep < next.steps.length) {
    tx.putDeployment(next);
    tx.startStep(next);
    tx.publish({ type: 'deployment_info', plan: next });
    return;
  }
  tx.removeDeployment(deployment);
  reconsiderReadiness(tx, deployment);
  tx.publish({ type: 'deployment_success', plan: deployment });
}
