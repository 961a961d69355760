import type { PathId } from '../../../common/path-id.js';
import type { HttpRequest } from '../../../http/server.js';
import { runSpecIdsBelow } from '../../core/groups/tree.js';
import type { AppDefinition } from '../../model/app-definition.js';
import { visibleTo } from '../access/run-spec-access.js';
import { groupNotFound } from '../api-error.js';
import type { ApiContext } from '../context.js';

/**
 * Every app below a group, at any depth, that may be viewed by whoever asks. Throws ApiError 404 when there is no such group (the root is
 * always there), and 403 when neither it nor anything in it may be viewed.
 */
export function appsBelow(context: ApiContext, request: HttpRequest, group: PathId): readonly AppDefinition[] {
  const { access, service } = context;
  const { state } = service;
  const isVisible = visibleTo(context, request);
  const apps = runSpecIdsBelow(state, group).flatMap((id) => (isVisible(id) ? (state.apps.get(id) ?? []) : []));
  if (apps.length === 0) {
    access.demand(request, 'view', { kind: 'group', id: group });
    if (group !== '/' && !state.groups.has(group)) throw groupNotFound(group);
  }
  return apps;
}
