import { backoffMs, jittered } from '../../common/backoff.js';

/** How long the first change of a quiet period waits for others that belong to it. */
const settleMs = 5;
const minReloadDistanceMs = 1_000;
const failureBackoff = { initialMs: 1_000, factor: 2, maxMs: 60_000 };

/** What has happened so far; times in milliseconds of one clock. */
export interface ScheduleState {
  /** When the oldest change came that no update has seen yet; undefined = there is none. */
  readonly changedAt: number | undefined;
  /** When the last update ended, and how long it took; undefined = there was none. */
  readonly lastUpdate: { readonly endedAt: number; readonly durationMs: number } | undefined;
  /** When HAProxy was last replaced, and how long that took until it was verified; undefined = never. */
  readonly lastReload: { readonly startedAt: number; readonly durationMs: number } | undefined;
  /** When the replacement before that one began. */
  readonly reloadBefore: { readonly startedAt: number } | undefined;
  /** Updates that failed in a row for a reason that may pass. */
  readonly failures: number;
}

/**
 * When the next update may begin; undefined = there is nothing to do. The first change of a quiet period is served at once,
 * what follows is gathered: replacing HAProxy costs memory and time, so reloads keep a distance of three times their own
 * duration and, two of them together, at least 2 s (a new app mostly comes as two changes: its definition, then its instances).
 * After failures the distance grows; `random` in [0, 1) spreads it.
 */
export function nextUpdateAt(state: ScheduleState, random: number): number | undefined {
  const { changedAt, lastUpdate, lastReload, reloadBefore, failures } = state;
  const after = [];
  if (failures > 0 && lastUpdate !== undefined) {
    after.push(lastUpdate.endedAt + jittered(backoffMs(failureBackoff, failures - 1), random));
  } else if (changedAt === undefined) {
    return undefined;
  }
  if (changedAt !== undefined) after.push(changedAt + settleMs);
  if (lastUpdate !== undefined) after.push(lastUpdate.endedAt + 2 * Math.min(lastUpdate.durationMs, 1_000));
  if (lastReload !== undefined) {
    const distanceMs = 3 * lastReload.durationMs;
    after.push(lastReload.startedAt + distanceMs);
    if (reloadBefore !== undefined) after.push(reloadBefore.startedAt + 2 * Math.max(minReloadDistanceMs, distanceMs));
  }
  return Math.max(...after);
}
