import type { Tx } from '../tx.js';

/** How many instances may be launched now (marathon.md §9.1). */
export function availableTokens(tx: Tx): number {
  return Math.max(0, tx.settings.launchTokens - tx.offerFlow.spentTokens);
}

function setSpent(tx: Tx, spentTokens: number): void {
  const none = availableTokens(tx) === 0;
  tx.setOfferFlow({ ...tx.offerFlow, spentTokens });
  if (!none || availableTokens(tx) === 0) return;
  // Launches may go on: with the offers that are held, and with those that were given back
  if (tx.offerFlow.held.length > 0) tx.setDeadline('offers', tx.nowMs);
  tx.hopeForOffers();
}

/** Takes the tokens of launches; they come back one by one, and all together after the refresh interval. */
export function spendTokens(tx: Tx, count: number): void {
  const { spentTokens } = tx.offerFlow;
  if (spentTokens <= 0) tx.setDeadline('tokens', tx.nowMs + tx.settings.launchTokenRefreshMs);
  setSpent(tx, spentTokens + count);
}

/** An instance has become running and healthy: another one may be launched. */
export function returnToken(tx: Tx): void {
  setSpent(tx, tx.offerFlow.spentTokens - 1);
}

/** The interval is over. */
export function refreshTokens(tx: Tx): void {
  setSpent(tx, 0);
}
