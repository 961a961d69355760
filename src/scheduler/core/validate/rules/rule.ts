import type { AppDraft } from '../../normalize/app-draft.js';
import type { CanonicalApp } from '../../normalize/app-json.js';
import type { Problem } from '../violations.js';

/** What a rule may look at besides the app. */
export interface RuleContext {
  /** The roles that the app may have. */
  readonly allowedRoles: readonly string[];
  /** `storeUrls` have somewhere to go. */
  readonly hasArtifactStore: boolean;
  /** `--enable_features`. */
  readonly features: readonly string[];
  /** The definition that this one is to replace; absent: the app is new. */
  readonly current?: AppDraft;
}

/** One rule of Marathon's: yields a problem for each place that breaks it, and nothing otherwise. Pure. */
export type Rule = (app: CanonicalApp, context: RuleContext) => Iterable<Problem>;

/** Marathon's text for a switched-off feature, stray bracket included: clients match on it. */
export function featureDisabled(feature: string): string {
  return `Feature ${feature} is not enabled. Enable with --enable_features ${feature})`;
}
