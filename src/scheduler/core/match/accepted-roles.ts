import type { RunSpec } from '../../model/run-spec.js';
import type { CoreSettings } from '../settings.js';

/**
 * Roles whose resources an app or pod may use: its own list, else what `--accepted_resource_roles_default_behavior` says (marathon.md §9.2):
 * unreserved ones (`*`), those reserved for its role, or any of both.
 */
export function acceptedRolesOf(
  runSpec: Pick<RunSpec, 'acceptedResourceRoles' | 'role'>,
  behaviour: CoreSettings['defaultAcceptedRoles'],
): readonly string[] {
  if (runSpec.acceptedResourceRoles !== undefined) return runSpec.acceptedResourceRoles;
  if (runSpec.role === '*' || behaviour === 'unreserved') return ['*'];
  return behaviour === 'reserved' ? [runSpec.role] : [runSpec.role, '*'];
}
