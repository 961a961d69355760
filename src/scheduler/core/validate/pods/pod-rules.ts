import type { PodDraft } from '../../normalize/pods/pod-draft.js';
import type { Problem } from '../violations.js';
import {
  checksRule,
  endpointsRule,
  environmentRule,
  imagesRule,
  linuxInfoRule,
  resourceLimitsRule,
  uniqueNamesRule,
} from './containers.js';
import { constraintsRule, networksRule, rolesRule, unreachableRule } from './placing.js';
import type { PodRule, PodRuleContext } from './pod-rule.js';
import { residentRule, residentUpdateRule } from './resident.js';
import { secretsRule, volumesRule } from './volumes.js';

/** Every rule that a pod must keep by itself, whatever else exists (marathon.md §7). */
const rules: readonly PodRule[] = [
  uniqueNamesRule,
  endpointsRule,
  networksRule,
  environmentRule,
  secretsRule,
  imagesRule,
  volumesRule,
  checksRule,
  resourceLimitsRule,
  linuxInfoRule,
  constraintsRule,
  unreachableRule,
  rolesRule,
  residentRule,
  residentUpdateRule,
];

/** All problems of a pod, one rule after the other. */
export function* podProblems(pod: PodDraft, context: PodRuleContext): Iterable<Problem> {
  for (const rule of rules) yield* rule(pod, context);
}
