/** What Mesos can look at in one attribute of an agent, or in its hostname, region or zone; texts are compared with text attributes only. */
export type AgentPredicate =
  | { readonly type: 'exists' }
  | { readonly type: 'textEquals' | 'textNotEquals'; readonly value: string }
  /** The whole text; RE2's syntax. */
  | { readonly type: 'textMatches' | 'textNotMatches'; readonly regex: string };

/** One condition on an agent; `field` as in Marathon's constraints. */
export interface AgentCondition {
  readonly field: string;
  readonly predicate: AgentPredicate;
}

/** Which agents are of use, by role: those for which every condition of at least one group holds. A role that is not named: every agent. */
export type OfferConstraints = Readonly<Record<string, readonly (readonly AgentCondition[])[]>>;
