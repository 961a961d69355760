import type { PathId } from '../../../common/path-id.js';
import type { Instance } from '../../model/instance.js';
import type { Offer, TaskLaunch } from '../../model/offer.js';
import { isPod } from '../../model/run-spec.js';
import type { RunSpec } from '../../model/run-spec.js';
import type { AppDefinition } from '../../model/app-definition.js';
import { isOld } from '../deployment/actions.js';
import { launchedDefinition } from '../deployment/launched-definition.js';
import { launchInstance } from '../launch/launch-instance.js';
import { matchOffer } from '../match/match-offer.js';
import { constraintsOf, Spreads } from '../match/spread.js';
import type { Refusal } from '../match/reject-reason.js';
import { remainingDelayMs } from '../recovery/launch-delay.js';
import { instancesOf } from '../state.js';
import type { Tx } from '../tx.js';
import { OfferLog } from './offer-log.js';

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

/**
 * An app that is grouped by what is known of its groups so far (GROUP_BY without a number) goes one by one: on a single offer every
 * further instance would be in the smallest group that is known.
 */
function limitPerOffer(app: RunSpec, limit: number): number {
  const goesOneByOne =
    !isPod(app) && constraintsOf(app).some((c) => c.operator === 'GROUP_BY' && c.value === undefined);
  return goesOneByOne ? Math.min(1, limit) : limit;
}

/** Instances that constraints count: those of the present configuration, so that an upgrade is free of the old ones (marathon.md §10). */
function countedInstances(tx: Tx, app: RunSpec): readonly Instance[] {
  return instancesOf(tx.state, app.id).filter((instance) => !isOld(app, instance));
}

/** Places as many instances of one app on what is left of an offer as fit and are wanted. */
function place(
  tx: Tx,
  app: RunSpec,
  offer: Offer,
  limit: number,
  log: OfferLog,
  spreads: Spreads,
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
      log.refused(entry, rest, unready);
      break;
    }
    const match = matchOffer(app, rest, spreads, tx.surroundings.random);
    if (!match.fits) {
      log.refused(entry, rest, match.refusals);
      break;
    }
    tx.keepDefinition(app);
    launches.push(launchInstance(tx, app, rest, match));
    spreads.add(offer);
    rest = match.rest;
    log.used(entry);
    tx.setQueueEntry(app.id, entry.count === 1 ? undefined : { ...entry, count: entry.count - 1 });
  }
  return { launches, rest };
}

/** Apps and pods that may be launched now, the longest waiting first. */
function launchableApps(tx: Tx): RunSpec[] {
  return [...tx.state.queue.values()]
    .sort((a, b) => (a.since < b.since ? -1 : a.since > b.since ? 1 : 0))
    .flatMap(({ appId }) => launchedDefinition(tx.state, appId) ?? [])
    .filter((app) => remainingDelayMs(app, tx.state.delays.get(app.id), tx.nowMs) === 0);
}

/** Uses offers for what waits, and gives back at once those that nobody needs. */
export function handleOffers(tx: Tx, offers: readonly Offer[]): void {
  const unused: string[] = [];
  const waiting = launchableApps(tx);
  const log = new OfferLog(tx.now);
  const spreadsOf = new Map<PathId, Spreads>();
  const spreads = (app: RunSpec): Spreads => {
    const known = spreadsOf.get(app.id) ?? new Spreads(() => countedInstances(tx, app));
    spreadsOf.set(app.id, known);
    return known;
  };
  for (const offer of offers) {
    const launches: TaskLaunch[] = [];
    let rest = offer;
    for (const app of waiting) {
      if (launches.length >= tx.settings.maxInstancesPerOffer) break;
      const placed = place(
        tx,
        app,
        rest,
        limitPerOffer(app, tx.settings.maxInstancesPerOffer - launches.length),
        log,
        spreads(app),
      );
      launches.push(...placed.launches);
      rest = placed.rest;
    }
    if (launches.length > 0) tx.call({ type: 'accept', offerId: offer.id, launches });
    else unused.push(offer.id);
  }
  log.writeDown(tx);
  if (unused.length > 0) {
    tx.call({ type: 'decline', offerIds: unused, refuseSeconds: tx.settings.declineOfferDurationMs / 1000 });
  }
}
