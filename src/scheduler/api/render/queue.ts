import { rejectReasons } from '../../core/match/reject-reason.js';
import type { RejectReason } from '../../core/match/reject-reason.js';
import type { LaunchDelay, OfferSummary, QueueEntry } from '../../core/state.js';
import type { AppDefinition } from '../../model/app-definition.js';
import { appText, withMembers } from './app.js';

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

/** One entry of GET /v2/queue as JSON text. */
export function queueEntryText(
  entry: QueueEntry,
  app: AppDefinition,
  delay: LaunchDelay | undefined,
  nowMs: number,
): string {
  const item = JSON.stringify({
    count: entry.count,
    role: app.role,
    delay: renderDelay(delay, nowMs),
    since: entry.since,
    processedOffersSummary: renderSummary(entry.offers),
  });
  return withMembers(item, [['app', appText(app)]]);
}
