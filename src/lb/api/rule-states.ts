import { messageOf } from '../../common/errors.js';
import type { Report, Routing } from '../compile/routing-model.js';
import { shadowingOf } from '../explain/shadowing.js';
import { readRuleSettings } from '../rules/rule-settings.js';
import { configOf } from '../rules/rule.js';
import type { Rule, RuleSettings } from '../rules/rule.js';
import type { RuleStore } from '../rules/rule-store.js';

/** A rule as `GET /ekiden/v1/rules` shows it. */
export interface ShownRule {
  readonly id: string;
  readonly acl: string;
  readonly config: Readonly<Record<string, string>>;
  /** null: they cannot be read. */
  readonly settings: RuleSettings | null;
  /** `waiting`: nothing was routed yet, so nobody knows; `shadowed`: routes before it take all that it could. */
  readonly state: 'inForce' | 'shadowed' | 'rejected' | 'waiting';
  /** Why it is not as its owner wants it; null when it is. */
  readonly reason: string | null;
}

/** The body of `GET /ekiden/v1/rules`. */
export interface ShownRules {
  readonly store: {
    readonly kind: RuleStore['kind'];
    readonly where: string;
    /** Whether other edges have the same rules. */
    readonly shared: boolean;
    readonly problem: string | null;
  };
  readonly rules: readonly ShownRule[];
  /** What is stored beside them and cannot be used. */
  readonly leftOut: readonly { readonly id: string; readonly reason: string }[];
}

function settingsOf(rule: Rule): { readonly settings: RuleSettings | null; readonly reason: string | null } {
  try {
    return { settings: readRuleSettings(rule), reason: null };
  } catch (error) {
    return { settings: null, reason: messageOf(error) };
  }
}

/** Where the rules are, and what has become of each. */
export function shownRules(store: RuleStore, routing: Routing | undefined, reports: readonly Report[]): ShownRules {
  const { kind, where, rules, problem, leftOut } = store;
  const reasons = new Map(reports.filter((report) => report.kind === 'rule').map(({ id, reason }) => [id, reason]));
  const shadows = routing === undefined ? undefined : shadowingOf(routing.routes);
  const routes = new Map<string, string[]>();
  for (const { name, source } of routing?.routes ?? []) {
    if (source.kind === 'rule') routes.set(source.id, [...(routes.get(source.id) ?? []), name]);
  }
  const stateOf = (id: string): Pick<ShownRule, 'state' | 'reason'> => {
    const reason = reasons.get(id) ?? null;
    const names = routes.get(id);
    if (names === undefined) return { state: reason === null ? 'waiting' : 'rejected', reason };
    const takers = names.map((name) => shadows?.by.get(name) ?? []);
    if (takers.some((list) => list.length === 0)) return { state: 'inForce', reason };
    return {
      state: 'shadowed',
      reason: reason ?? `its requests are taken by ${[...new Set(takers.flat())].join(', ')}`,
    };
  };
  return {
    store: { kind, where, shared: kind === 'zookeeper', problem: problem ?? null },
    rules: [...rules.values()].map((rule): ShownRule => {
      const { settings, reason } = settingsOf(rule);
      const shown = reason === null ? stateOf(rule.id) : { state: 'rejected' as const, reason };
      return { id: rule.id, acl: rule.acl, config: configOf(rule), settings, ...shown };
    }),
    leftOut,
  };
}
