import { launchedDefinition } from './deployment/launched-definition.js';
import { remainingDelayMs } from './recovery/launch-delay.js';
import { availableTokens } from './recovery/launch-tokens.js';
import type { OfferConstraints } from '../model/offer-constraints.js';
import type { Tx } from './tx.js';
import { wantedAgents } from './wanted-agents.js';

/**
 * The roles to be subscribed to when one is used that is not yet: all that are used. A role that nothing uses any more stays until then: as in
 * Marathon, the list is to be stable. Undefined: nothing has to change.
 */
function newRoles(tx: Tx): readonly string[] | undefined {
  if (!tx.rolesTouched) return undefined;
  const known = new Set(tx.offerFlow.roles);
  // An app whose turn in a deployment has not come waits under its old role
  const inUse = new Set([...tx.state.roles.keys(), ...tx.state.queuedRoles.keys()]);
  const used = [...new Set([tx.settings.mesosRole, ...[...inUse].sort()])];
  return used.every((role) => known.has(role)) ? undefined : used;
}

/**
 * Which agents are of use now, if Mesos is to be told. Looked at again only after the interval, because all that waits is gone through. Without
 * suppressing, roles ask for offers that they do not want: then no agent is sorted out, as in Marathon.
 */
function newConstraints(tx: Tx): OfferConstraints | undefined {
  const { offerConstraints, suppressOffers, offerConstraintsIntervalMs } = tx.settings;
  if (!offerConstraints || !suppressOffers || tx.state.connectedMaster === undefined) return undefined;
  if (!tx.queueTouched && !tx.offersHoped) return undefined;
  const { text, atMs } = tx.offerFlow.constraints;
  const nextMs = atMs + offerConstraintsIntervalMs;
  if (tx.nowMs < nextMs) {
    tx.setDeadline('constraints', nextMs);
    return undefined;
  }
  const wanted = wantedAgents(tx);
  if (JSON.stringify(wanted) !== text) return wanted;
  if (tx.state.queue.size > 0) tx.setOfferFlow({ ...tx.offerFlow, constraints: { text, atMs: tx.nowMs } });
  return undefined;
}

/** Tells Mesos of roles and of agents that are of use, when either changes. */
function settleSubscription(tx: Tx): void {
  const roles = newRoles(tx);
  const constraints = newConstraints(tx);
  if (roles === undefined && constraints === undefined) return;
  const { offerFlow } = tx;
  const subscribed = roles ?? offerFlow.roles;
  const used = new Set(subscribed);
  const suppressedRoles = [...offerFlow.suppressed].filter((role) => used.has(role));
  // Every such call says all of it: what is not repeated is taken back
  const offerConstraints = constraints ?? (JSON.parse(offerFlow.constraints.text) as OfferConstraints);
  const text = JSON.stringify(offerConstraints);
  const hasConstraints = Object.keys(offerConstraints).length > 0;
  tx.call({
    type: 'subscribeRoles',
    roles: subscribed,
    suppressedRoles,
    ...(hasConstraints ? { offerConstraints } : {}),
  });
  tx.setOfferFlow({
    ...offerFlow,
    roles: subscribed,
    suppressed: new Set(suppressedRoles),
    lastReviveMs: new Map([...offerFlow.lastReviveMs].filter(([role]) => used.has(role))),
    constraints: constraints === undefined ? offerFlow.constraints : { text, atMs: tx.nowMs },
  });
}

/** Roles for which something waits for offers now (not merely for the end of its delay), or has to be given back. */
function wantedRoles(tx: Tx): ReadonlySet<string> {
  const { queue, queuedRoles, delays, leftovers } = tx.state;
  const wanted = new Set<string>();
  for (const { appId, role } of queue.values()) {
    if (wanted.size === queuedRoles.size) break;
    if (wanted.has(role)) continue;
    const runSpec = launchedDefinition(tx.state, appId);
    if (runSpec !== undefined && remainingDelayMs(runSpec, delays.get(appId), tx.nowMs) === 0) wanted.add(role);
  }
  for (const { role, wantedUntilMs } of leftovers.values()) if (wantedUntilMs > tx.nowMs) wanted.add(role);
  return wanted;
}

/** Whether a REVIVE is due for a wanted role; one that comes too soon after the last is put off. */
function isReviveDue(tx: Tx, role: string): boolean {
  const { lastReviveMs, suppressed } = tx.offerFlow;
  if (!tx.hopesForOffers(role) && !suppressed.has(role)) return false;
  // The return of a token is a new reason to hope.
  if (availableTokens(tx) === 0) return false;
  const lastMs = lastReviveMs.get(role);
  const nextMs = lastMs === undefined ? tx.nowMs : lastMs + tx.settings.minReviveOffersIntervalMs;
  const isDue = tx.nowMs >= nextMs;
  tx.setDeadline(`revive:${role}`, isDue ? undefined : nextMs);
  return isDue;
}

/**
 * Asks for offers to those roles for which this turn brought new reasons to hope for some, and tells Mesos to stop where nothing can be
 * launched. The first REVIVE of a role goes out at once, repeats at most every `minReviveOffersIntervalMs`.
 */
export function settleOfferFlow(tx: Tx): void {
  settleSubscription(tx);
  if (tx.state.connectedMaster === undefined || !(tx.queueTouched || tx.offersHoped)) return;
  const { roles, lastReviveMs, suppressed } = tx.offerFlow;
  const wanted = wantedRoles(tx);
  const revived = roles.filter((role) => wanted.has(role) && isReviveDue(tx, role));
  const unwanted = roles.filter((role) => !wanted.has(role));
  for (const role of unwanted) tx.setDeadline(`revive:${role}`, undefined);
  const quieted = tx.settings.suppressOffers ? unwanted.filter((role) => !suppressed.has(role)) : [];
  if (revived.length + quieted.length === 0) return;
  if (quieted.length > 0) tx.call({ type: 'suppress', roles: quieted });
  if (revived.length > 0) tx.call({ type: 'revive', roles: revived });
  tx.setOfferFlow({
    ...tx.offerFlow,
    lastReviveMs: new Map([...lastReviveMs, ...revived.map((role) => [role, tx.nowMs] as const)]),
    suppressed: new Set([...suppressed, ...quieted].filter((role) => !revived.includes(role))),
  });
}
