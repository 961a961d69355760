import type { AppDefinition } from '../../model/app-definition.js';
import type { CoreSettings } from '../settings.js';

/**
 * Roles whose resources an app may use: its own list, else what `--accepted_resource_roles_default_behavior` says (marathon.md §9.2):
 * unreserved ones (`*`), those reserved for its role, or any of both.
 */
export function acceptedRolesOf(
  app: Pick<AppDefinition, 'acceptedResourceRoles' | 'role'>,
  behaviour: CoreSettings['defaultAcceptedRoles'],
): readonly string[] {
  if (app.acceptedResourceRoles !== undefined) return app.acceptedResourceRoles;
  if (app.role === '*' || behaviour === 'unreserved') return ['*'];
  return behaviour === 'reserved' ? [app.role] : [app.role, '*'];
}
