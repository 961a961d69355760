import type { PathId } from '../../../common/path-id.js';
import type { Origin } from '../../core/commands.js';
import type { AppUpdate } from '../../core/normalize/app-update.js';
import type { PlannableCommand } from '../../core/plan/plan-command.js';
import { appNotFound, notValid } from '../api-error.js';
import type { ApiContext } from '../context.js';
import { parseTimestamp } from '../parse/timestamp.js';

type UpdateApps = Extract<PlannableCommand, { type: 'updateApps' }>;
type RollbackApp = Extract<PlannableCommand, { type: 'rollbackApp' }>;

/** How a PUT or PATCH of an app is meant, and where it comes from. */
export interface AppUpdateOptions extends Pick<UpdateApps, 'mayCreate' | 'mayUpdate' | 'partial'> {
  readonly force: boolean;
  readonly origin: Origin;
}

/**
 * The version to return to, if that is what an update asks for: `version`, alone or with the id. Throws ApiError 422 when
 * `version` stands with anything else.
 */
function versionToRestore(update: AppUpdate): string | undefined {
  const { id, version, ...others } = update;
  if (typeof version !== 'string') return undefined;
  if (Object.keys(others).length > 0) {
    throw notValid([{ path: '/', errors: ["The 'version' field may only be combined with the 'id' field."] }]);
  }
  return parseTimestamp(version);
}

/** What a PUT or PATCH of an app asks for: that it is set, or one of its versions again. Throws ApiError for a version that is not known. */
export async function appCommandOf(
  { service }: Pick<ApiContext, 'service'>,
  id: PathId,
  update: AppUpdate,
  { force, origin, ...options }: AppUpdateOptions,
): Promise<UpdateApps | RollbackApp> {
  const version = versionToRestore(update);
  if (version === undefined) return { type: 'updateApps', updates: [{ id, update }], ...options, force, origin };
  const definition = await service.definition(id, version);
  if (definition === undefined) throw appNotFound(id, version);
  return { type: 'rollbackApp', id, definition, force, origin };
}
