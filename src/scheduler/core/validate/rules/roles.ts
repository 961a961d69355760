import { problem } from '../violations.js';
import type { Rule } from './rule.js';

/** `role` is one that the app's place in the tree of groups allows (marathon.md §6.4). */
export const roleRule: Rule = function* ({ role }, { allowedRoles }) {
  if (!allowedRoles.includes(role))
    yield problem('/role', `got ${role}, expected one of: [${allowedRoles.join(', ')}]`);
};

export const acceptedResourceRolesRule: Rule = function* ({ acceptedResourceRoles, role }) {
  if (acceptedResourceRoles === undefined) return;
  if (acceptedResourceRoles.length === 0) yield problem('/acceptedResourceRoles', 'must not be empty');
  if (acceptedResourceRoles.some((accepted) => accepted !== '*' && accepted !== role)) {
    yield problem('/acceptedResourceRoles', `acceptedResourceRoles can only contain * and ${role}`);
  }
};
