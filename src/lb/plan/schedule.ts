import { backoffMs, jittered } from '../../common/backoff.js';

/** How long the first change of a quiet period waits for others that belong to it. */
const settleMs = 2;
/** In a storm of changes each update takes in what has come meanwhile; this bounds how long that is gathered. */
const maxPauseMs = 100;
const failureBackoff = { initialMs: 1_000, factor: 2, maxMs: 60_000 };

/** What has happened so far; times in milliseconds of one clock. */
export interface ScheduleState {
  /** When the oldest change came that no update has seen yet; undefined = there is none. */
  readonly changedAt: number | undefined;
  /** HAProxy has to be replaced for what an update has seen, and could not be yet. */
  readonly isPostponed: boolean;
  /** When the last update ended, and how long it took; undefined = there was none. */
  readonly lastUpdate: { readonly endedAt: number; readonly durationMs: number } | undefined;
  /** When HAProxy was last replaced, and how long that took until it was verified; undefined = never. */
  readonly lastReload: { readonly startedAt: number; readonly durationMs: number } | undefined;
  /** When the replacement before that one began. */
  readonly reloadBefore: { readonly startedAt: number } | undefined;
  /** Updates that came to no end, in a row. */
  readonly failures: number;
  /** Replacements that failed in a row for a reason that may pass, and when the last of them did; undefined = none. */
  readonly failedReload?: { readonly at: number; readonly count: number } | undefined;
}

/**
 * When HAProxy may be replaced next. That costs memory and time, so reloads keep a distance of three times their own duration and,
 * two of them together, at least twice `intervalMs` (a new app mostly comes as two changes: its definition, then its instances).
 * After failures the distance grows; what a running process can be told does not wait for it.
 */
export function nextReloadAt(
  { lastReload, reloadBefore, failedReload }: Pick<ScheduleState, 'lastReload' | 'reloadBefore' | 'failedReload'>,
  intervalMs: number,
): number {
  const again =
    failedReload === undefined ? -Infinity : failedReload.at + backoffMs(failureBackoff, failedReload.count - 1);
  if (lastReload === undefined) return again;
  const distanceMs = 3 * lastReload.durationMs;
  const after = [again, lastReload.startedAt + distanceMs];
  if (reloadBefore !== undefined) after.push(reloadBefore.startedAt + 2 * Math.max(intervalMs, distanceMs));
  return Math.max(...after);
}

/**
 * When the next update may begin; undefined = there is nothing to do. The first change of a quiet period is served at once,
 * what follows is gathered for as long as an update takes. After updates without an end the distance grows; `random` in [0, 1)
 * spreads it.
 */
export function nextUpdateAt(state: ScheduleState, intervalMs: number, random: number): number | undefined {
  const { changedAt, isPostponed, lastUpdate, failures } = state;
  if (failures > 0 && lastUpdate !== undefined) {
    return lastUpdate.endedAt + jittered(backoffMs(failureBackoff, failures - 1), random);
  }
  const reloadAt = isPostponed ? nextReloadAt(state, intervalMs) : undefined;
  if (changedAt === undefined) return reloadAt;
  const paused =
    lastUpdate === undefined ? -Infinity : lastUpdate.endedAt + Math.min(lastUpdate.durationMs, maxPauseMs);
  return Math.max(changedAt + settleMs, paused);
}
