import { launchedDefinition } from './deployment/launched-definition.js';
import { remainingDelayMs } from './recovery/launch-delay.js';
import { availableTokens } from './recovery/launch-tokens.js';
import type { Tx } from './tx.js';

/**
 * Subscribes to a role that is used and not subscribed to yet, beside all others that are used. A role that nothing uses any more stays until
 * then: as in Marathon, the list is to be stable.
 */
function settleRoles(tx: Tx): void {
  if (!tx.rolesTouched) return;
  const { mesosRole } = tx.settings;
  const { roles, suppressed, lastReviveMs } = tx.offerFlow;
  const known = new Set(roles);
  const used = new Set([mesosRole, ...[...tx.state.roles.keys()].sort()]);
  if ([...used].every((role) => known.has(role))) return;
  const stillSuppressed = [...suppressed].filter((role) => used.has(role));
  tx.call({ type: 'subscribeRoles', roles: [...used], suppressedRoles: stillSuppressed });
  tx.setOfferFlow({
    ...tx.offerFlow,
    roles: [...used],
    suppressed: new Set(stillSuppressed),
    lastReviveMs: new Map([...lastReviveMs].filter(([role]) => used.has(role))),
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
  settleRoles(tx);
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
