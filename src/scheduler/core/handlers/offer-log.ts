import type { PathId } from '../../../common/path-id.js';
import type { Timestamp } from '../../model/app-definition.js';
import type { Offer } from '../../model/offer.js';
import type { Refusal, RejectReason } from '../match/reject-reason.js';
import type { OfferSummary, QueueEntry } from '../state.js';
import type { Tx } from '../tx.js';

/** Of so many agents the last refusal is remembered for each waiting app. */
const maxRememberedAgents = 100;

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
type LastRefusals = OfferSummary['lastRefusals'];

interface Draft extends Mutable<OfferSummary> {
  readonly declinedBy: Map<RejectReason, number>;
  readonly lastRefusals: Map<string, LastRefusals extends ReadonlyMap<string, infer Last> ? Last : never>;
}

/**
 * What becomes of the offers that come together, for each waiting app: gathered here and written down once, because what an app remembers of
 * a hundred agents is not to be copied for each of them.
 */
export class OfferLog {
  readonly #now: Timestamp;
  readonly #drafts = new Map<PathId, Draft>();

  constructor(now: Timestamp) {
    this.#now = now;
  }

  #draftOf({ appId, offers }: QueueEntry): Draft {
    const known = this.#drafts.get(appId);
    if (known !== undefined) return known;
    const draft = {
      ...offers,
      declinedBy: new Map(offers.declinedBy),
      lastRefusals: new Map(offers.lastRefusals),
    };
    this.#drafts.set(appId, draft);
    return draft;
  }

  used(entry: QueueEntry): void {
    const draft = this.#draftOf(entry);
    draft.processed++;
    draft.lastUsedAt = this.#now;
  }

  refused(entry: QueueEntry, offer: Offer, refusals: readonly Refusal[]): void {
    const draft = this.#draftOf(entry);
    draft.processed++;
    draft.unused++;
    draft.lastUnusedAt = this.#now;
    // The filters are asked in the order of the funnel, so the first refusal is the one that Marathon would have stopped at.
    const [first] = refusals;
    if (first !== undefined) draft.declinedBy.set(first.reason, (draft.declinedBy.get(first.reason) ?? 0) + 1);
    const { lastRefusals } = draft;
    lastRefusals.delete(offer.agentId);
    lastRefusals.set(offer.agentId, { hostname: offer.hostname, at: this.#now, refusals, offer });
    if (lastRefusals.size <= maxRememberedAgents) return;
    const oldest = lastRefusals.keys().next();
    if (oldest.done !== true) lastRefusals.delete(oldest.value);
  }

  /** For those that still wait. */
  writeDown(tx: Tx): void {
    for (const [appId, offers] of this.#drafts) {
      const entry = tx.state.queue.get(appId);
      if (entry !== undefined) tx.setQueueEntry(appId, { ...entry, offers });
    }
  }
}
