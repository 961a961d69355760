import type { PathId } from '../../../common/path-id.js';
import { runSpecIdsBelow } from '../../core/groups/tree.js';
import type { SchedulerState } from '../../core/state.js';
import type { AppDefinition } from '../../model/app-definition.js';
import { groupNotFound } from '../api-error.js';

/** Every app below a group, at any depth. Throws ApiError 404 when there is no such group; the root is always there. */
export function appsBelow(state: SchedulerState, group: PathId): readonly AppDefinition[] {
  if (group === '/') return [...state.apps.values()];
  if (!state.groups.has(group)) throw groupNotFound(group);
  return runSpecIdsBelow(state, group).flatMap((id) => state.apps.get(id) ?? []);
}
