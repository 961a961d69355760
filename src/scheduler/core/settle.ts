import type { PathId } from '../../common/path-id.js';
import { scaleTo } from './deployment/actions.js';
import { advanceApp } from './deployment/deploy.js';
import { launchedDefinition } from './deployment/launched-definition.js';
import { remainingDelayMs } from './recovery/launch-delay.js';
import { availableTokens } from './recovery/launch-tokens.js';
import { runSpecOf } from './state.js';
import type { Tx } from './tx.js';

/** Writes down how many instances of an app are to be launched: its launch queue entry. */
function setDemand(tx: Tx, appId: PathId, count: number): void {
  const entry = tx.state.queue.get(appId);
  if ((entry?.count ?? 0) === count) return;
  if (count === 0) {
    tx.setQueueEntry(appId, undefined);
    return;
  }
  if (count > (entry?.count ?? 0)) tx.hopeForOffers();
  const offers = entry?.offers ?? { processed: 0, unused: 0, declinedBy: new Map(), lastRefusals: new Map() };
  tx.setQueueEntry(appId, { appId, count, since: entry?.since ?? tx.now, offers });
}

/** After so many rounds it is counted how many more there can be. */
const manyRounds = 1000;

/**
 * The steps of deployments that are not done. Those of which nothing has to be waited for (apps without instances in a long chain of
 * dependencies) are all done in one turn.
 */
function stepsLeft(tx: Tx): number {
  let left = 0;
  for (const { steps, currentStep } of tx.state.deployments.values()) left += steps.length - currentStep;
  return left;
}

/**
 * Brings each app that this turn touched one step nearer to what it should be: its deployment goes on, or, when there is none,
 * missing instances are queued and surplus ones killed. What this changes is settled again, until nothing changes.
 */
export function settleApps(tx: Tx): void {
  let maxRounds = Infinity;
  for (let round = 0; tx.dirtyApps.size > 0; round++) {
    // Each round does less than the one before (a deployment advances by a step, instances end); an endless loop is a defect.
    if (round === manyRounds) maxRounds = 2 * manyRounds + stepsLeft(tx);
    if (round > maxRounds) {
      throw new Error(`settling does not end: ${[...tx.dirtyApps].slice(0, 100).join(', ')}`);
    }
    const dirty = [...tx.dirtyApps];
    tx.dirtyApps.clear();
    for (const appId of dirty) {
      const deploymentId = tx.state.locks.get(appId);
      const app = runSpecOf(tx.state, appId);
      if (deploymentId !== undefined) setDemand(tx, appId, advanceApp(tx, deploymentId, appId));
      else setDemand(tx, appId, app === undefined ? 0 : scaleTo(tx, app, app.instances).launches);
    }
  }
}

/** Whether any app waits for offers now (not merely for the end of its delay). */
function wantsOffers(tx: Tx): boolean {
  // More apps wait than have a delay: there is no need to find out which.
  if (tx.state.queue.size > tx.state.delays.size) return true;
  for (const { appId } of tx.state.queue.values()) {
    const app = launchedDefinition(tx.state, appId);
    if (app !== undefined && remainingDelayMs(app, tx.state.delays.get(appId), tx.nowMs) === 0) return true;
  }
  return false;
}

/**
 * Asks for offers when this turn brought new reasons to hope for some, and tells Mesos to stop when nothing can be launched. The first
 * REVIVE goes out at once, repeats at most every `minReviveOffersIntervalMs`.
 */
export function settleOfferFlow(tx: Tx): void {
  if (tx.state.connectedMaster === undefined || !(tx.queueTouched || tx.offersHoped)) return;
  const { lastReviveMs, suppressed } = tx.offerFlow;
  if (!wantsOffers(tx)) {
    tx.setDeadline('revive', undefined);
    if (suppressed || !tx.settings.suppressOffers) return;
    tx.call({ type: 'suppress' });
    tx.setOfferFlow({ ...tx.offerFlow, suppressed: true });
    return;
  }
  if (!tx.offersHoped && !suppressed) return;
  // The return of a token is a new reason to hope.
  if (availableTokens(tx) === 0) return;
  const nextMs = lastReviveMs === undefined ? tx.nowMs : lastReviveMs + tx.settings.minReviveOffersIntervalMs;
  if (tx.nowMs < nextMs) {
    tx.setDeadline('revive', nextMs);
    return;
  }
  tx.setDeadline('revive', undefined);
  tx.call({ type: 'revive' });
  tx.setOfferFlow({ ...tx.offerFlow, lastReviveMs: tx.nowMs, suppressed: false });
}
