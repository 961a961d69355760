import { UsageError } from '../common/errors.js';
import type { SchedulerOptions } from '../scheduler/options.js';
import type { Settings } from './flags.js';

/**
 * Whose resources apps use that do not say `acceptedResourceRoles`. Marathon 0.15 named the roles (`--default_accepted_resource_roles`), later
 * ones a behaviour; where roles are given they count. Throws UsageError for a role that is neither `*` nor `--mesos_role`.
 */
export function defaultAcceptedRoles(
  settings: Pick<
    Settings,
    'accepted_resource_roles_default_behavior' | 'default_accepted_resource_roles' | 'mesos_role'
  >,
): SchedulerOptions['defaultAcceptedRoles'] {
  const { default_accepted_resource_roles: roles = [], mesos_role: role } = settings;
  const strange = roles.find((name) => name !== '*' && name !== role);
  if (strange !== undefined) {
    throw new UsageError(
      `--default_accepted_resource_roles: '${strange}' is neither * nor the role of --mesos_role, ${role}`,
    );
  }
  if (roles.length === 0) return settings.accepted_resource_roles_default_behavior;
  if (!roles.includes('*')) return 'reserved';
  return roles.includes(role) ? 'any' : 'unreserved';
}
