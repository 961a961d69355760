import type { Filters } from '../../mesos/types.js';
import type { Resources } from '../resources.js';
import type { Framework, OfferRecord } from './state.js';
import { maxFiltersPerFramework } from './state.js';

/** `Filters.refuse_seconds` when a framework names none. */
const defaultRefuseSeconds = 5;
/** Mesos caps a filter at 365 days. */
const maxRefuseSeconds = 365 * 86_400;
/**
 * A refusal for 0 seconds still rests this long, or a framework that refuses everything at once would be offered the same
 * resources as fast as the network allows. (Mesos makes no offers between its allocation rounds, one per second.)
 */
export const minRefuseMs = 100;

/** How long `filters` want the refused resources to rest, in milliseconds; a negative time counts as none given. */
export function refuseMs(filters: Filters | undefined): number {
  const seconds = filters?.refuse_seconds ?? defaultRefuseSeconds;
  const valid = seconds < 0 ? defaultRefuseSeconds : Math.min(seconds, maxRefuseSeconds);
  return Math.max(valid * 1000, minRefuseMs);
}

/** Keeps `refused`, or a part of it, from being offered to this framework in the role of `offer` for `restMs`. */
export function refuse(
  framework: Framework,
  offer: OfferRecord,
  refused: Resources,
  restMs: number,
  nowMs: number,
): void {
  if (refused.size === 0) return;
  framework.filters.push({ agentId: offer.agentId, role: offer.role, refused, untilMs: nowMs + restMs });
  if (framework.filters.length > maxFiltersPerFramework) {
    framework.filters.sort((a, b) => a.untilMs - b.untilMs).shift();
  }
}
