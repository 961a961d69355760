import type { Offer, OfferOperation } from '../../model/offer.js';
import { isPod } from '../../model/run-spec.js';
import type { RunSpec } from '../../model/run-spec.js';
import { launchedDefinition } from '../deployment/launched-definition.js';
import { countedInstances } from '../launch/counted-instances.js';
import { placeApp } from '../launch/place-app.js';
import { placePod } from '../launch/place-pod.js';
import { limitPerOffer } from '../match/limit-per-offer.js';
import { Spreads } from '../match/spread.js';
import { remainingDelayMs } from '../recovery/launch-delay.js';
import { availableTokens, spendTokens } from '../recovery/launch-tokens.js';
import { postponeLaunches } from '../recovery/postpone-launches.js';
import { comesBefore } from '../offer-flow.js';
import type { HeldOffers, Turnstile } from '../offer-flow.js';
import { takeStock } from '../resident/leftovers.js';
import type { Tx } from '../tx.js';
import { OfferLog } from './offer-log.js';

/** An offer while it is held against one app after the other. */
interface OpenOffer {
  readonly id: string;
  /** That it was made to. */
  readonly role: string;
  /** What is left of it. */
  rest: Offer;
  readonly operations: OfferOperation[];
  /** How many instances are launched by the operations. */
  launches: number;
}

/** Places as many instances of one app or pod on what is left of an offer as fit, are wanted and may be launched in this turn. */
function place(tx: Tx, runSpec: RunSpec, open: OpenOffer, round: Round, spreads: Spreads): void {
  const { log } = round;
  const limit = limitPerOffer(runSpec, tx.settings.maxInstancesPerOffer - open.launches);
  for (let placed = 0; placed < limit && stopOf(tx, round) === undefined && !isDelayed(tx, runSpec); placed++) {
    const entry = tx.state.queue.get(runSpec.id);
    if (entry === undefined) return;
    const placement = isPod(runSpec)
      ? placePod(tx, runSpec, open.rest, spreads)
      : placeApp(tx, runSpec, open.rest, spreads);
    if (!placement.fits) {
      log.refused(entry, open.rest, placement.refusals);
      return;
    }
    open.operations.push(...placement.operations);
    if (placement.isKnown !== true) spreads.add(open.rest);
    open.rest = placement.rest;
    log.used(entry);
    if (!placement.launched) {
      // Places have been prepared for all that wait: their tasks follow when those are offered
      if ((tx.state.scheduled.get(runSpec.id)?.size ?? 0) >= entry.count) return;
      continue;
    }
    tx.setQueueEntry(runSpec.id, entry.count === 1 ? undefined : { ...entry, count: entry.count - 1 });
    open.launches++;
    round.launches++;
    spendTokens(tx, 1);
    postponeLaunches(tx, { appId: runSpec.id, appVersion: runSpec.version });
  }
}

interface Waiting {
  readonly app: RunSpec;
  readonly place: Turnstile;
}

/** Apps and pods that may be launched now, in the order in which offers are held against them, those after `after`. */
function* launchableApps(tx: Tx, after: Turnstile | undefined): Iterable<Waiting> {
  for (const turnstile of tx.queueOrder) {
    if ((after !== undefined && !comesBefore(after, turnstile)) || !tx.state.queue.has(turnstile.appId)) continue;
    const app = launchedDefinition(tx.state, turnstile.appId);
    if (app !== undefined && !isDelayed(tx, app)) yield { app, place: turnstile };
  }
}

function isDelayed(tx: Tx, app: RunSpec): boolean {
  return remainingDelayMs(app, tx.state.delays.get(app.id), tx.nowMs) > 0;
}

/**
 * In one turn at most so many times an offer is held against an app (unless one app alone is held against more offers): other
 * inputs are not to wait for all apps and all agents.
 */
const maxPairsPerTurn = 20_000;

/** So many instances are launched in one turn at most, for the same reason. */
const maxLaunchesPerTurn = 250;

/** What a turn does with offers. */
interface Round {
  readonly log: OfferLog;
  readonly unused: string[];
  pairs: number;
  launches: number;
}

/** Why offers are kept for another turn. */
type Stop = 'tokens' | 'enough';

/** What keeps anything from being launched; undefined = nothing. */
function stopOf(tx: Tx, round: Round): Stop | undefined {
  if (availableTokens(tx) === 0) return 'tokens';
  return round.launches >= maxLaunchesPerTurn ? 'enough' : undefined;
}

/** What stops this turn before an app is held against `count` offers; undefined = nothing. */
function stopBefore(tx: Tx, round: Round, count: number): Stop | undefined {
  return stopOf(tx, round) ?? (round.pairs > 0 && round.pairs + count > maxPairsPerTurn ? 'enough' : undefined);
}

/**
 * Holds offers that came together against what waits, app by app, so that what is remembered of each app is written once. Offers that are
 * used are accepted in this turn; returns those that are to be kept for another one.
 */
function holdAgainstWaiting(
  tx: Tx,
  round: Round,
  held: HeldOffers,
): { readonly stop: Stop; readonly held: HeldOffers } | undefined {
  const open: OpenOffer[] = held.offers.map((offer) => ({
    id: offer.id,
    role: offer.allocationRole,
    rest: offer,
    operations: [],
    launches: 0,
  }));
  let { after } = held;
  let stop: Stop | undefined;
  for (const { app, place: turnstile } of launchableApps(tx, after)) {
    stop = stopBefore(tx, round, open.length);
    if (stop !== undefined) break;
    const spreads = new Spreads(() => countedInstances(tx.state, app));
    for (const offer of open) if (offer.role === app.role) place(tx, app, offer, round, spreads);
    round.pairs += open.length;
    // The rest of the offers is this app's when it may go on
    stop = tx.state.queue.has(app.id) ? stopOf(tx, round) : undefined;
    if (stop !== undefined) break;
    after = turnstile;
  }
  for (const { id, role, operations } of open) {
    if (operations.length > 0) tx.call({ type: 'accept', offerId: id, role, operations });
  }
  const left = held.offers.filter((_, i) => open[i]?.operations.length === 0);
  const keeps = stop === 'enough' || (stop === 'tokens' && tx.nowMs < held.untilMs);
  if (stop !== undefined && keeps && left.length > 0) return { stop, held: { ...held, offers: left, after } };
  round.unused.push(...left.map(({ id }) => id));
  return undefined;
}

/**
 * Uses the offers that are held for what waits, the oldest first, and gives back those that nobody needs. What this turn cannot do is left
 * to the next one; without launch tokens the offers wait for them, for a while.
 */
export function useHeldOffers(tx: Tx): void {
  const round: Round = { log: new OfferLog(tx.now), unused: [], pairs: 0, launches: 0 };
  const all = tx.offerFlow.held;
  let kept: readonly HeldOffers[] = [];
  for (const [i, held] of all.entries()) {
    const left = holdAgainstWaiting(tx, round, held);
    if (left === undefined) continue;
    kept = [left.held, ...all.slice(i + 1)];
    tx.setDeadline('offers', left.stop === 'enough' ? tx.nowMs : left.held.untilMs);
    break;
  }
  if (kept.length === 0) tx.setDeadline('offers', undefined);
  tx.setOfferFlow({ ...tx.offerFlow, held: kept });
  round.log.writeDown(tx);
  if (round.unused.length === 0) return;
  tx.call({ type: 'decline', offerIds: round.unused, refuseSeconds: tx.settings.declineOfferDurationMs / 1000 });
}

/** Offers have come. */
export function handleOffers(tx: Tx, given: readonly Offer[]): void {
  const offers = takeStock(tx, given);
  const untilMs = tx.nowMs + tx.settings.offerMatchingTimeoutMs;
  tx.setOfferFlow({ ...tx.offerFlow, held: [...tx.offerFlow.held, { offers, after: undefined, untilMs }] });
  useHeldOffers(tx);
}

/** Mesos takes an offer back. */
export function forgetOffer(tx: Tx, offerId: string): void {
  const { held } = tx.offerFlow;
  if (!held.some(({ offers }) => offers.some(({ id }) => id === offerId))) return;
  const left = held.map((some) => ({ ...some, offers: some.offers.filter(({ id }) => id !== offerId) }));
  tx.setOfferFlow({ ...tx.offerFlow, held: left.filter(({ offers }) => offers.length > 0) });
}
