import type { PodDraft } from '../../normalize/pods/pod-draft.js';
import type { RuleContext } from '../rules/rule.js';
import type { Problem } from '../violations.js';

/** What a rule may look at besides the pod. */
export interface PodRuleContext extends Pick<RuleContext, 'allowedRoles' | 'features'> {
  /** The pod as it is, when it is changed. */
  readonly current: PodDraft | undefined;
}

/** One rule of Marathon's about pods: yields a problem for each place that breaks it, and nothing otherwise. Pure. */
export type PodRule = (pod: PodDraft, context: PodRuleContext) => Iterable<Problem>;

export function hasRepetition(values: readonly (string | number)[]): boolean {
  return new Set(values).size < values.length;
}
