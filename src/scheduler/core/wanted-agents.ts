import type { AgentCondition, OfferConstraints } from '../model/offer-constraints.js';
import { launchedDefinition } from './deployment/launched-definition.js';
import { countedInstances } from './launch/counted-instances.js';
import { offerConditionsOf } from './match/offer-conditions.js';
import { constraintsOf, Spreads } from './match/spread.js';
import type { Tx } from './tx.js';

/** A role with more groups or conditions takes every agent: Mesos holds each of them against each agent. */
const maxGroups = 100;
const maxConditions = 1_000;

/** What an agent must be like for an app or pod that waits; nothing = any agent will do. */
function conditionsOf(tx: Tx, appId: string): readonly AgentCondition[] {
  const runSpec = launchedDefinition(tx.state, appId);
  if (runSpec === undefined) return [];
  const spreads = new Spreads(() => countedInstances(tx.state, runSpec));
  return constraintsOf(runSpec).flatMap((constraint) => offerConditionsOf(constraint, spreads));
}

/**
 * Which agents are of use to what waits, for Mesos to sort out the others (`--mesos_offer_constraints`). A role takes every agent when something in
 * it has no condition, waits for an agent on which it has a place, or has left one there.
 */
export function wantedAgents(tx: Tx): OfferConstraints {
  const { queue, leftovers, scheduled } = tx.state;
  const open = new Set([...leftovers.values()].map(({ role }) => role));
  const byRole = new Map<string, Map<string, readonly AgentCondition[]>>();
  const sizes = new Map<string, number>();
  for (const { appId, role } of queue.values()) {
    if (open.has(role)) continue;
    const conditions = scheduled.has(appId) ? [] : conditionsOf(tx, appId);
    const groups = byRole.get(role) ?? new Map<string, readonly AgentCondition[]>();
    byRole.set(role, groups.set(JSON.stringify(conditions), conditions));
    const size = (sizes.get(role) ?? 0) + conditions.length;
    sizes.set(role, size);
    if (conditions.length === 0 || groups.size > maxGroups || size > maxConditions) open.add(role);
  }
  const entries = [...byRole].filter(([role]) => !open.has(role));
  return Object.fromEntries(entries.map(([role, groups]) => [role, [...groups.values()]]));
}
