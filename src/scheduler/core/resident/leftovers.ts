import type { Timestamp } from '../../model/app-definition.js';
import type { Instance } from '../../model/instance.js';
import type { Offer, OfferedReservation, OfferOperation } from '../../model/offer.js';
import { fromTimestamp } from '../timestamps.js';
import type { Tx } from '../tx.js';

/**
 * A place that nobody has any more: its reservation is to be given back as soon as it is offered. Any reservation of this framework for
 * an instance that is not known is given back when it turns up; this record is the reason to ask for offers until then.
 */
export interface Leftover {
  readonly instanceId: string;
  readonly agentId: string;
  readonly role: string;
  readonly since: Timestamp;
  /** Offers are wanted for its sake until then. */
  readonly wantedUntilMs: number;
  /** How often it was offered, and Mesos was asked to take it back. If that has come to nothing, it is offered again. */
  readonly timesGivenBack: number;
}

/** So long offers are asked for when a place was left, or when the scheduler was away. */
const firstLookMs = 600_000;
/** So long again at each reconciliation: the agent may have been away. */
const laterLookMs = 60_000;
/** So often a place is given back without a pause: what Mesos refuses (it does not say so) must not keep the agent from all others. */
const maxTimesAtOnce = 3;
/** After so long the agent is not expected to come back. */
const forgottenAfterMs = 7 * 24 * 3_600_000;

/** The record of the place that an instance has left just now. */
export function leftoverOf({ id, agentId, role }: Instance, now: Timestamp, nowMs: number): Leftover {
  const wantedUntilMs = nowMs + firstLookMs;
  return { instanceId: id, agentId, role, since: now, wantedUntilMs, timesGivenBack: 0 };
}

/**
 * Offers are asked for again for the sake of every leftover, those of agents that never came back are forgotten. `isLoaded`: after a restart,
 * when nobody knows whether what was stored as given back has been said to Mesos: it counts as not given back.
 */
export function lookForLeftovers(tx: Tx, isLoaded = false): void {
  for (const leftover of tx.state.leftovers.values()) {
    if (tx.nowMs - fromTimestamp(leftover.since) > forgottenAfterMs) {
      tx.removeLeftover(leftover.instanceId);
      continue;
    }
    if (!isLoaded && leftover.wantedUntilMs > tx.nowMs) continue;
    const wantedUntilMs = tx.nowMs + (isLoaded ? firstLookMs : laterLookMs);
    tx.putLeftover({ ...leftover, wantedUntilMs, timesGivenBack: isLoaded ? 0 : leftover.timesGivenBack });
    tx.hopeForOffers(leftover.role);
  }
}

/** The time in which offers were wanted for a leftover is over: what was given back and not offered again is gone. */
export function leftoverDue(tx: Tx, leftover: Leftover): void {
  if (leftover.timesGivenBack > 0) tx.removeLeftover(leftover.instanceId);
  // Whether offers are still wanted is to be looked at
  else tx.putLeftover(leftover);
}

function giveBack(tx: Tx, reservation: OfferedReservation, offer: Offer): OfferOperation[] {
  const { instanceId, role, persistenceIds } = reservation;
  const { agentId } = offer;
  const known = tx.state.leftovers.get(instanceId);
  const times = known?.timesGivenBack ?? 0;
  if (known !== undefined && times >= maxTimesAtOnce && tx.nowMs < known.wantedUntilMs) return [];
  const wantedUntilMs = tx.nowMs + tx.settings.taskReservationTimeoutMs;
  const since = known?.since ?? tx.now;
  tx.putLeftover({ instanceId, agentId, role, since, wantedUntilMs, timesGivenBack: times + 1 });
  const unreserve: OfferOperation = { type: 'unreserve', reservation };
  return persistenceIds.length === 0 ? [unreserve] : [{ type: 'destroy', reservation }, unreserve];
}

/** The reservation of a known instance is there: what was asked for has been done. */
function confirm(tx: Tx, instance: Instance, { persistenceIds }: OfferedReservation): void {
  const { reservation } = instance;
  if (reservation === undefined || reservation.isConfirmed) return;
  if (!reservation.volumes.every(({ persistenceId }) => persistenceIds.includes(persistenceId))) return;
  tx.putInstance({ ...instance, reservation: { ...reservation, isConfirmed: true } });
  tx.setDeadline(`instance:${instance.id}`, undefined);
}

/**
 * Looks through what is reserved for this framework in offers that have just come: the places of instances are confirmed, those of nobody are
 * given back. What others have reserved is left alone. Returns the offers that are still to be used; the rest of one of which something is
 * given back comes in another offer.
 */
export function takeStock(tx: Tx, offers: readonly Offer[]): readonly Offer[] {
  return offers.filter((offer) => {
    const operations = (offer.reservations ?? []).flatMap((reservation) => {
      if (reservation.frameworkId !== tx.state.frameworkId) return [];
      const instance = tx.state.instances.get(reservation.instanceId);
      if (instance === undefined) return giveBack(tx, reservation, offer);
      confirm(tx, instance, reservation);
      return [];
    });
    if (operations.length === 0) return true;
    tx.call({ type: 'accept', offerId: offer.id, role: offer.allocationRole, operations });
    return false;
  });
}
