import type { ListedRoute } from '../../api/routing.js';
import type { ShownRule } from '../../api/rules.js';
import { sourceText } from './plan-words.js';

/** An app as the load balancer knows it. */
export interface KnownApp {
  readonly id: string;
  readonly instances: number;
  readonly alive: number;
  readonly servicePorts: readonly number[];
}

export const rowStates = ['inForce', 'shadowed', 'rejected', 'waiting', 'missingApp', 'noRule'] as const;
export type RowState = (typeof rowStates)[number];

/** A line of the list: a rule, or an app that has none. */
export interface RuleRow {
  readonly id: string;
  /** null: an app that has none. */
  readonly rule: ShownRule | null;
  /** null: there is no such app, or nobody knows yet. */
  readonly app: KnownApp | null;
  readonly state: RowState;
  /** In words; null: there is nothing to say. */
  readonly why: string | null;
  /** Place among the rules that are tried, from 1 on; null: it is not tried, or it is no rule. */
  readonly place: number | null;
  /** Routes that it has, of whoever wants them, in their order. */
  readonly routes: readonly ListedRoute[];
  /** Names of the backends that these lead to. */
  readonly backends: readonly string[];
}

function routesBy(routes: readonly ListedRoute[]): {
  readonly ofRule: ReadonlyMap<string, readonly ListedRoute[]>;
  readonly ofApp: ReadonlyMap<string, readonly ListedRoute[]>;
} {
  const ofRule = new Map<string, ListedRoute[]>();
  const ofApp = new Map<string, ListedRoute[]>();
  for (const route of routes) {
    const { source } = route;
    const [map, id] = source.kind === 'rule' ? [ofRule, source.id] : [ofApp, source.app];
    const list = map.get(id);
    if (list === undefined) map.set(id, [route]);
    else list.push(route);
  }
  return { ofRule, ofApp };
}

function backendsOf(routes: readonly ListedRoute[]): string[] {
  return [...new Set(routes.map(({ backend }) => backend))];
}

function withoutRule(app: KnownApp, routes: readonly ListedRoute[]): RuleRow {
  const ports = app.servicePorts.filter((port) => port > 0);
  const byPort = ports.length === 0 ? '' : `, service port${ports.length === 1 ? '' : 's'} ${ports.join(', ')}`;
  const conditions = [...new Set(routes.map(({ condition }) => condition))];
  return {
    id: app.id,
    rule: null,
    app,
    state: 'noRule',
    why: conditions.length === 0 ? `default rules: none${byPort}` : `default rules: ${conditions.join('; ')}`,
    place: null,
    routes,
    backends: backendsOf(routes),
  };
}

/**
 * The list of rules and apps: rules that are not tried first (somebody has to look at them), then the others in the order in which they are
 * tried, then apps without a rule. `apps` undefined: nobody knows yet.
 */
export function ruleRows(
  rules: readonly ShownRule[],
  routes: readonly ListedRoute[],
  apps: readonly KnownApp[] | undefined,
): RuleRow[] {
  const { ofRule, ofApp } = routesBy(routes);
  const known = new Map(apps?.map((app) => [app.id, app]));
  const first = (rule: ShownRule): number => ofRule.get(rule.id)?.[0]?.position ?? Infinity;
  const byId = (a: { readonly id: string }, b: { readonly id: string }): number => (a.id < b.id ? -1 : 1);
  const tried = rules.filter((rule) => ofRule.has(rule.id)).sort((a, b) => first(a) - first(b));
  const rest = rules.filter((rule) => !ofRule.has(rule.id)).sort(byId);
  const sources = new Map(routes.map(({ name, source }) => [name, source]));
  /** Who takes its requests, where the load balancer itself only names routes. */
  const takersText = (own: readonly ListedRoute[]): string | null => {
    const takers = [...new Set(own.flatMap(({ shadowedBy }) => shadowedBy))].map((name) => {
      const source = sources.get(name);
      return source === undefined ? name : `the ${sourceText(source)}`;
    });
    return takers.length === 0 ? null : `its requests are taken by ${takers.join(', ')}`;
  };
  const rowOf = (rule: ShownRule, place: number | null): RuleRow => {
    const own = ofRule.get(rule.id) ?? [];
    const app = known.get(rule.id) ?? null;
    const isMissing = apps !== undefined && app === null && rule.settings?.servers.length === 0;
    return {
      id: rule.id,
      rule,
      app,
      state: isMissing && rule.state !== 'inForce' ? 'missingApp' : rule.state,
      why: (rule.state === 'shadowed' ? takersText(own) : null) ?? rule.reason,
      place,
      routes: own,
      backends: backendsOf(own),
    };
  };
  const ruled = new Set(rules.map(({ id }) => id));
  return [
    ...rest.map((rule) => rowOf(rule, null)),
    ...tried.map((rule, index) => rowOf(rule, index + 1)),
    ...[...known.values()]
      .filter(({ id }) => !ruled.has(id))
      .sort(byId)
      .map((app) => withoutRule(app, ofApp.get(app.id) ?? [])),
  ];
}

/** Lines that have the words of a search in them, and the state that is asked for (empty: any). */
export function filterRows(rows: readonly RuleRow[], search: string, state: string): RuleRow[] {
  const words = search
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  return rows.filter((row) => {
    if (state !== '' && row.state !== state) return false;
    if (words.length === 0) return true;
    const text = [row.id, row.rule?.acl, row.why, ...row.routes.map(({ condition }) => condition)]
      .join(' ')
      .toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

/** How many lines there are of each state. */
export function countStates(rows: readonly RuleRow[]): ReadonlyMap<RowState, number> {
  const counts = new Map<RowState, number>();
  for (const { state } of rows) counts.set(state, (counts.get(state) ?? 0) + 1);
  return counts;
}
