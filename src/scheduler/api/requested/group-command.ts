import { resolvePathId } from '../../../common/path-id.js';
import type { PathId } from '../../../common/path-id.js';
import type { GroupUpdate } from '../../core/normalize/group-update.js';
import type { PlannableCommand } from '../../core/plan/plan-command.js';
import type { ApiError } from '../api-error.js';
import { groupNotFound, notValid } from '../api-error.js';
import type { ApiContext } from '../context.js';
import { parseTimestamp } from '../parse/timestamp.js';

/** The group that a body sets: its id, relative to the group of the URL, or the latter. */
export function setIdOf(id: PathId, update: GroupUpdate): PathId {
  return update.id === undefined ? id : resolvePathId(update.id, id);
}

function noSuchVersion(id: PathId, version: string): ApiError {
  return notValid([{ path: '/version', errors: [`Group ${id} not available in version ${version}`] }]);
}

/**
 * What a PUT of a group asks for; `id` is the URL's. With `version` it is the content of that version again. Throws ApiError for a version that
 * is not known.
 */
export async function groupCommandOf(
  { service }: Pick<ApiContext, 'service'>,
  id: PathId,
  body: GroupUpdate,
  force: boolean,
): Promise<Extract<PlannableCommand, { type: 'updateGroup' | 'rollbackGroup' }>> {
  const { id: _, version, ...others } = body;
  if (version === undefined || Object.keys(others).length > 0) return { type: 'updateGroup', id, update: body, force };
  const groupId = setIdOf(id, body);
  const snapshot = await service.groupAt(groupId, parseTimestamp(version));
  if (snapshot === undefined) {
    throw service.state.groups.has(groupId) ? noSuchVersion(groupId, version) : groupNotFound(groupId);
  }
  return { type: 'rollbackGroup', id: groupId, snapshot, force };
}
