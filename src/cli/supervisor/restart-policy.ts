import { backoffMs } from '../../common/backoff.js';
import { exitStatus } from '../../scheduler/exit-status.js';

const policy = { initialMs: 1_000, factor: 2, maxMs: 30_000 };
const goodLifeMs = 60_000;
const goodTermMs = 5_000;

/**
 * Why a scheduler ends in order to be started again, by its exit status: that is its way of giving up the leadership. Undefined for
 * every other status.
 */
export function stepDownOf(status: number | null): string | undefined {
  switch (status) {
    case exitStatus.leadership:
      return 'does not lead any more';
    case exitStatus.storeOrFramework:
      return 'cannot go on with what it knows';
    default:
      return undefined;
  }
}

/**
 * When a role that ended is started again. The first restart is immediate; while it keeps dying, the waits grow from 1 s to 30 s;
 * a life of at least 60 s makes the next death a first one again. So do 5 s of a scheduler that ends by stepping down: the others
 * need it as a candidate. `restarts` counts those since the last good life.
 */
export function nextRestart(
  restarts: number,
  { livedMs, status }: { readonly livedMs: number; readonly status: number | null },
): { readonly delayMs: number; readonly restarts: number } {
  const goodMs = stepDownOf(status) === undefined ? goodLifeMs : goodTermMs;
  const before = livedMs >= goodMs ? 0 : restarts;
  return { delayMs: before === 0 ? 0 : backoffMs(policy, before - 1), restarts: before + 1 };
}
