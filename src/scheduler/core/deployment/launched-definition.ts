import type { PathId } from '../../../common/path-id.js';
import type { AffectedRunSpec, Deployment, DeploymentAction } from '../../model/deployment.js';
import type { RunSpec } from '../../model/run-spec.js';
import { runSpecOf } from '../state.js';
import type { SchedulerState } from '../state.js';
import { actionOf } from './action-of.js';

const affectedById = new WeakMap<Deployment['affected'], ReadonlyMap<PathId, AffectedRunSpec>>();

/** What a deployment does to an app or pod. The list never changes and may have thousands of entries: it is sorted once. */
export function affectedOf({ affected }: Deployment, id: PathId): AffectedRunSpec | undefined {
  let byId = affectedById.get(affected);
  if (byId === undefined) affectedById.set(affected, (byId = new Map(affected.map((entry) => [entry.id, entry]))));
  return byId.get(id);
}

/** Whether an action touches the instances of its app or pod; one that only brings its artifacts, or announces it, does not. */
export function touchesInstances({ action }: DeploymentAction): boolean {
  return action !== 'ResolveArtifacts' && action !== 'StartApplication';
}

/**
 * The definition from before the deployment, while the app's or pod's turn in it has not come: until then its instances are kept as they
 * were. Undefined when its turn has come, or when there was no such app.
 */
export function definitionUntilItsTurn(deployment: Deployment, id: PathId): RunSpec | undefined {
  const hasBegun = deployment.steps.slice(0, deployment.currentStep + 1).some((step) => {
    const action = actionOf(step, id);
    return action !== undefined && touchesInstances(action);
  });
  return hasBegun ? undefined : affectedOf(deployment, id)?.from;
}

/** The definition that new instances of an app or pod are launched with now: the current one, unless a deployment has yet to come to it. */
export function launchedDefinition(state: SchedulerState, id: PathId): RunSpec | undefined {
  const runSpec = runSpecOf(state, id);
  const deployment = state.deployments.get(state.locks.get(id) ?? '');
  if (runSpec === undefined || deployment === undefined) return runSpec;
  return definitionUntilItsTurn(deployment, id) ?? runSpec;
}
