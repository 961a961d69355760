import type { HttpRequest } from '../../../http/server.js';
import type { ActionType, DeploymentStep } from '../../model/deployment.js';
import type { AccessAction } from '../access.js';
import type { ApiContext } from '../context.js';

/** The right that an action of a plan needs to what it is about. */
const rights: Readonly<Record<ActionType, AccessAction>> = {
  ResolveArtifacts: 'update',
  StartApplication: 'create',
  ScaleApplication: 'update',
  RestartApplication: 'update',
  StopApplication: 'delete',
};

/**
 * Throws ApiError 403 unless everything that a body of a group makes of its apps and pods is allowed one by one. What is created is scaled
 * in the same plan: the right to create it is enough.
 */
export function demandSteps(
  { access }: Pick<ApiContext, 'access'>,
  request: HttpRequest,
  steps: readonly DeploymentStep[],
): void {
  const actions = steps.flatMap((step) => step.actions);
  const created = new Set(actions.filter(({ action }) => action === 'StartApplication').map(({ id }) => id));
  for (const { action, id, kind } of actions) {
    access.demand(request, created.has(id) ? 'create' : rights[action], { kind, id });
  }
}
