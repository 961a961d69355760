import type { Offer, TaskLaunch } from '../../model/offer.js';
import { isPod } from '../../model/run-spec.js';
import type { RunSpec } from '../../model/run-spec.js';
import type { AppDefinition } from '../../model/app-definition.js';
import { launchInstance } from '../launch/launch-instance.js';
import { matchOffer } from '../match/match-offer.js';
import type { Refusal } from '../match/reject-reason.js';
import { remainingDelayMs } from '../recovery/launch-delay.js';
import { runSpecOf } from '../state.js';
import type { OfferSummary, QueueEntry } from '../state.js';
import type { Tx } from '../tx.js';

/** Of so many agents the last refusal is remembered for each waiting app. */
const maxRememberedAgents = 100;

function remember(tx: Tx, entry: QueueEntry, offer: Offer, refusals: readonly Refusal[]): OfferSummary {
  const lastRefusals = new Map(entry.offers.lastRefusals);
  lastRefusals.delete(offer.agentId);
  lastRefusals.set(offer.agentId, { hostname: offer.hostname, at: tx.now, refusals, offer });
  if (lastRefusals.size > maxRememberedAgents) {
    const oldest = lastRefusals.keys().next();
    if (oldest.done !== true) lastRefusals.delete(oldest.value);
  }
  const { processed, unused, declinedBy } = entry.offers;
  // The filters are asked in the order of the funnel, so the first refusal is the one that Marathon would have stopped at.
  const [first] = refusals;
  const counts = new Map(declinedBy);
  if (first !== undefined) counts.set(first.reason, (counts.get(first.reason) ?? 0) + 1);
  return {
    ...entry.offers,
    declinedBy: counts,
    processed: processed + 1,
    unused: unused + 1,
    lastUnusedAt: tx.now,
    lastRefusals,
  };
}

/** Starting the containers of a pod one by one would be something else than the pod that was asked for. */
const podRefusal: Refusal = {
  reason: 'UnfulfilledConstraint',
  needed: 'a launch of several containers together',
  had: 'this version of Ekiden stores pods and cannot launch them yet',
};

/** An app is not started without its artifacts. */
function artifactRefusals(tx: Tx, { storeUrls }: AppDefinition): Refusal[] {
  return storeUrls
    .filter((url) => !tx.state.artifacts.has(url))
    .map((url) => ({
      reason: 'UnfulfilledConstraint',
      needed: `${url} in the artifact store`,
      had: tx.state.artifactErrors.get(url) ?? 'it has not been downloaded',
    }));
}

/** Places as many instances of one app on what is left of an offer as fit and are wanted. */
function place(
  tx: Tx,
  app: RunSpec,
  offer: Offer,
  limit: number,
): { readonly launches: readonly TaskLaunch[]; readonly rest: Offer } {
  const launches: TaskLaunch[] = [];
  let rest = offer;
  for (
    let entry = tx.state.queue.get(app.id);
    entry !== undefined && launches.length < limit;
    entry = tx.state.queue.get(app.id)
  ) {
    const unready = isPod(app) ? [podRefusal] : artifactRefusals(tx, app);
    if (isPod(app) || unready.length > 0) {
      tx.setQueueEntry(app.id, { ...entry, offers: remember(tx, entry, rest, unready) });
      break;
    }
    const match = matchOffer(app, rest, tx.surroundings.random);
    if (!match.fits) {
      tx.setQueueEntry(app.id, { ...entry, offers: remember(tx, entry, rest, match.refusals) });
      break;
    }
    launches.push(launchInstance(tx, app, rest, match));
    rest = match.rest;
    const offers: OfferSummary = { ...entry.offers, processed: entry.offers.processed + 1, lastUsedAt: tx.now };
    tx.setQueueEntry(app.id, entry.count === 1 ? undefined : { ...entry, count: entry.count - 1, offers });
  }
  return { launches, rest };
}

/** Apps and pods that may be launched now, the longest waiting first. */
function launchableApps(tx: Tx): RunSpec[] {
  return [...tx.state.queue.values()]
    .sort((a, b) => (a.since < b.since ? -1 : a.since > b.since ? 1 : 0))
    .flatMap(({ appId }) => runSpecOf(tx.state, appId) ?? [])
    .filter((app) => remainingDelayMs(app, tx.state.delays.get(app.id), tx.nowMs) === 0);
}

/** Uses offers for what waits, and gives back at once those that nobody needs. */
export function handleOffers(tx: Tx, offers: readonly Offer[]): void {
  const unused: string[] = [];
  const waiting = launchableApps(tx);
  for (const offer of offers) {
    const launches: TaskLaunch[] = [];
    let rest = offer;
    for (const app of waiting) {
      if (launches.length >= tx.settings.maxInstancesPerOffer) break;
      const placed = place(tx, app, rest, tx.settings.maxInstancesPerOffer - launches.length);
      launches.push(...placed.launches);
      rest = placed.rest;
    }
    if (launches.length > 0) tx.call({ type: 'accept', offerId: offer.id, launches });
    else unused.push(offer.id);
  }
  if (unused.length > 0) {
    tx.call({ type: 'decline', offerIds: unused, refuseSeconds: tx.settings.declineOfferDurationMs / 1000 });
  }
}
