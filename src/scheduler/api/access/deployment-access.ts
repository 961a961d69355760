import type { HttpRequest } from '../../../http/server.js';
import type { AffectedRunSpec, Deployment } from '../../model/deployment.js';
import type { AccessAction } from '../access.js';
import type { ApiContext } from '../context.js';

/**
 * What whoever asks may see of a deployment: the apps and pods that he may view and what is done to them; the steps stay in number.
 * Undefined: nothing.
 */
export function visibleDeployment(
  { access }: ApiContext,
  request: HttpRequest,
  deployment: Deployment,
): Deployment | undefined {
  if (access.isOpen) return deployment;
  const { affected, groups, steps } = deployment;
  const isVisible = ({ kind, id }: Pick<AffectedRunSpec, 'kind' | 'id'>): boolean =>
    access.may(request, 'view', { kind, id });
  const shown = affected.filter(isVisible);
  const isShown =
    affected.length > 0
      ? shown.length > 0
      : groups.some(({ id }) => access.may(request, 'view', { kind: 'group', id }));
  return isShown
    ? { ...deployment, affected: shown, steps: steps.map(({ actions }) => ({ actions: actions.filter(isVisible) })) }
    : undefined;
}

/** What taking back a deployment does to an app or pod. */
function undoing({ from, to }: AffectedRunSpec): AccessAction {
  if (from === undefined) return 'delete';
  return to === undefined ? 'create' : 'update';
}

/** Throws ApiError 403 unless a deployment may be stopped (`force`) or taken back, on all that it affects. */
export function demandCancel(
  { access }: ApiContext,
  request: HttpRequest,
  deployment: Deployment,
  force: boolean,
): void {
  const { affected, groups } = deployment;
  for (const runSpec of affected) {
    const { kind, id } = runSpec;
    access.demand(request, force ? 'update' : undoing(runSpec), { kind, id });
  }
  if (affected.length > 0) return;
  for (const { id } of groups) access.demand(request, 'update', { kind: 'group', id });
}
