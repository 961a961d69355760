import { constraintProblems } from '../rules/constraints.js';
import { networkProblems } from '../rules/networks.js';
import { unreachableProblems } from '../rules/strategies.js';
import { elementPath, problem } from '../violations.js';
import type { PodRule } from './pod-rule.js';

export const networksRule: PodRule = ({ networks }) =>
  networkProblems(
    networks.map(({ mode, name, labels }) => ({
      mode,
      ...(name === undefined ? {} : { name }),
      ...(Object.keys(labels).length === 0 ? {} : { labels }),
    })),
  );

export const constraintsRule: PodRule = function* ({ constraints }) {
  for (const [i, { fieldName, operator, value }] of constraints.entries()) {
    const path = elementPath('/scheduling/placement/constraints', i);
    if (fieldName === '') yield problem(path, 'Missing field and operator');
    yield* constraintProblems(path, value === undefined ? [fieldName, operator] : [fieldName, operator, value]);
  }
};

export const unreachableRule: PodRule = ({ unreachableStrategy }) =>
  unreachableProblems('/scheduling/unreachableStrategy', unreachableStrategy);

/** `role` is one that the pod's place in the tree of groups allows (marathon.md §6.4); resources are taken from it, or unreserved. */
export const rolesRule: PodRule = function* ({ acceptedResourceRoles = [], role }, { allowedRoles }) {
  if (!allowedRoles.includes(role))
    yield problem('/role', `got ${role}, expected one of: [${allowedRoles.join(', ')}]`);
  if (acceptedResourceRoles.some((accepted) => accepted !== '*' && accepted !== role)) {
    yield problem('/acceptedResourceRoles', `acceptedResourceRoles can only contain * and ${role}`);
  }
};
