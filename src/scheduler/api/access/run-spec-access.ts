import type { PathId } from '../../../common/path-id.js';
import type { HttpRequest } from '../../../http/server.js';
import type { SchedulerState } from '../../core/state.js';
import type { AccessResource } from '../access.js';
import type { ApiContext } from '../context.js';

/** An app or pod that is there (or was, for all that is known), as the access control calls it. */
export function runSpecResource(state: Pick<SchedulerState, 'pods'>, id: PathId): AccessResource {
  return { kind: state.pods.has(id) ? 'pod' : 'app', id };
}

/** Tells which apps and pods may be viewed by whoever asks. */
export function visibleTo({ access, service }: ApiContext, request: HttpRequest): (id: PathId) => boolean {
  if (access.isOpen) return () => true;
  return (id) => access.may(request, 'view', runSpecResource(service.state, id));
}

/**
 * Throws ApiError 403 unless the apps may be set as a whole: changed where they are, created where they are not. All or nothing. Tells
 * whether every one of them may be created, and changed: one may have gone or come by the time the command is decided.
 */
export function demandSet(
  { access, service }: ApiContext,
  request: HttpRequest,
  ids: readonly PathId[],
): { readonly mayCreate: boolean; readonly mayUpdate: boolean } {
  for (const id of ids) access.demand(request, service.state.apps.has(id) ? 'update' : 'create', { kind: 'app', id });
  const mayAll = (action: 'create' | 'update'): boolean =>
    ids.every((id) => access.may(request, action, { kind: 'app', id }));
  return { mayCreate: mayAll('create'), mayUpdate: mayAll('update') };
}
