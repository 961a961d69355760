import { rejectReasons } from '../../core/match/reject-reason.js';
import type { RejectReason } from '../../core/match/reject-reason.js';
import type { LaunchDelay, OfferSummary, QueueEntry } from '../../core/state.js';
import { isPod } from '../../model/run-spec.js';
import type { RunSpec } from '../../model/run-spec.js';
import { appText, withMembers } from './app.js';
import { renderOffer } from './offer.js';
import { podText } from './pod.js';

/** Marathon's `delay`: whole seconds. */
export function renderDelay(
  delay: LaunchDelay | undefined,
  nowMs: number,
): { timeLeftSeconds: number; overdue: boolean } {
  const leftMs = delay === undefined ? 0 : Math.max(0, delay.untilMs - nowMs);
  return { timeLeftSeconds: Math.ceil(leftMs / 1000), overdue: leftMs === 0 };
}

/** The funnel of reasons: an offer counts where it is refused first, and is not seen by the reasons after it. */
function funnel(offers: number, declinedBy: ReadonlyMap<RejectReason, number>): readonly object[] {
  let processed = offers;
  return rejectReasons.map((reason) => {
    const declined = declinedBy.get(reason) ?? 0;
    const step = { reason, declined, processed };
    processed -= declined;
    return step;
  });
}

function lastOffersFunnel({ lastRefusals }: OfferSummary): readonly object[] {
  const declinedBy = new Map<RejectReason, number>();
  for (const { refusals } of lastRefusals.values()) {
    const reasons = refusals.map(({ reason }) => reason);
    const first = rejectReasons.find((reason) => reasons.includes(reason));
    if (first !== undefined) declinedBy.set(first, (declinedBy.get(first) ?? 0) + 1);
  }
  return funnel(lastRefusals.size, declinedBy);
}

function renderSummary(offers: OfferSummary): object {
  return {
    processedOffersCount: offers.processed,
    unusedOffersCount: offers.unused,
    lastUnusedOfferAt: offers.lastUnusedAt,
    lastUsedOfferAt: offers.lastUsedAt,
    rejectSummaryLastOffers: lastOffersFunnel(offers),
    rejectSummaryLaunchAttempt: funnel(offers.processed, offers.declinedBy),
  };
}

/** The last refused offer of each agent, with every reason, in the order of Marathon's funnel. */
function renderUnusedOffers({ lastRefusals }: OfferSummary): readonly object[] {
  return [...lastRefusals.values()].map(({ at, offer, refusals }) => {
    const reasons = new Set(refusals.map(({ reason }) => reason));
    return { offer: renderOffer(offer), reason: rejectReasons.filter((r) => reasons.has(r)), timestamp: at };
  });
}

/** One entry of GET /v2/queue as JSON text; `withOffers`: the offers that could not be used are shown, too. */
export function queueEntryText(
  entry: QueueEntry,
  runSpec: RunSpec,
  delay: LaunchDelay | undefined,
  options: { readonly nowMs: number; readonly withOffers: boolean },
): string {
  const item = JSON.stringify({
    count: entry.count,
    role: entry.role,
    delay: renderDelay(delay, options.nowMs),
    since: entry.since,
    processedOffersSummary: renderSummary(entry.offers),
    lastUnusedOffers: options.withOffers ? renderUnusedOffers(entry.offers) : undefined,
  });
  return withMembers(item, [isPod(runSpec) ? ['pod', podText(runSpec)] : ['app', appText(runSpec)]]);
}
