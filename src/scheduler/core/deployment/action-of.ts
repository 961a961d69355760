import type { PathId } from '../../../common/path-id.js';
import type { DeploymentAction, DeploymentStep } from '../../model/deployment.js';

const actions = new WeakMap<DeploymentStep, ReadonlyMap<PathId, DeploymentAction>>();

/** What a step does to an app or pod; undefined: nothing. Steps never change and may have thousands of actions: each is sorted once. */
export function actionOf(step: DeploymentStep, id: PathId): DeploymentAction | undefined {
  let byId = actions.get(step);
  if (byId === undefined) actions.set(step, (byId = new Map(step.actions.map((action) => [action.id, action]))));
  return byId.get(id);
}
