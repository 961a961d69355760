import { resolvePathId } from '../../../common/path-id.js';
import type { PathId } from '../../../common/path-id.js';
import type { AppUpdate } from '../../core/normalize/app-update.js';
import { wrongShape } from '../api-error.js';

/** One app of a request that sets several: it must name itself. `index`: its place in the request. Throws ApiError 422. */
export function withId(update: AppUpdate, index: number): { readonly id: PathId; readonly update: AppUpdate } {
  const { id, version } = update;
  if (typeof id !== 'string') {
    throw wrongShape([{ path: `(${index})/id`, errors: ['App Update must have app id set'] }]);
  }
  if (version !== undefined) {
    const errors = ["The 'version' field may not be used in an update of several apps."];
    throw wrongShape([{ path: `(${index})/version`, errors }]);
  }
  return { id: resolvePathId(id), update };
}
