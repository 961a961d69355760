import { segmentsOf } from '../../../../common/path-id.js';
import { problem } from '../violations.js';
import type { Rule } from './rule.js';

/** `role` is Marathon's own, the name of the top-level group, or what the app already has (marathon.md §6.4). */
export const roleRule: Rule = function* ({ id, role }, { mesosRole, currentRole }) {
  const segments = segmentsOf(id);
  const group = segments.length > 1 ? segments[0] : undefined;
  const allowed = new Set([mesosRole, ...[group, currentRole].filter((r) => r !== undefined)]);
  if (!allowed.has(role)) yield problem('/role', `got ${role}, expected one of: [${[...allowed].join(', ')}]`);
};

export const acceptedResourceRolesRule: Rule = function* ({ acceptedResourceRoles, role }) {
  if (acceptedResourceRoles === undefined) return;
  if (acceptedResourceRoles.length === 0) yield problem('/acceptedResourceRoles', 'must not be empty');
  if (acceptedResourceRoles.some((accepted) => accepted !== '*' && accepted !== role)) {
    yield problem('/acceptedResourceRoles', `acceptedResourceRoles can only contain * and ${role}`);
  }
};
