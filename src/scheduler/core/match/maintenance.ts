import type { Offer } from '../../model/offer.js';
import type { CoreSettings } from '../settings.js';
import { toTimestamp } from '../timestamps.js';
import type { Refusal } from './reject-reason.js';

/**
 * Refuses offers of agents under maintenance, from `drainingMs` before its beginning (marathon.md §9.8); without a duration it lasts
 * for ever. What runs there already is left alone.
 */
export function maintenanceRefusal(
  { unavailability }: Pick<Offer, 'unavailability'>,
  settings: Pick<CoreSettings, 'maintenanceMode' | 'drainingMs'>,
  nowMs: number,
): Refusal | undefined {
  if (unavailability === undefined || !settings.maintenanceMode) return undefined;
  const { startMs, durationMs = Infinity } = unavailability;
  if (nowMs < startMs - settings.drainingMs || nowMs > startMs + durationMs) return undefined;
  const end = durationMs === Infinity ? 'without an end' : `until ${toTimestamp(startMs + durationMs)}`;
  return {
    reason: 'AgentMaintenance',
    needed: 'an agent that is not under maintenance',
    had: `maintenance from ${toTimestamp(startMs)} ${end}`,
  };
}
