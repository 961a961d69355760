import { backoffMs } from '../../common/backoff.js';

const policy = { initialMs: 1_000, factor: 2, maxMs: 30_000 };
const goodLifeMs = 60_000;

/**
 * When a role that died is started again. The first restart is immediate; while it keeps dying, the waits grow from 1 s to 30 s;
 * a life of at least 60 s makes the next death a first one again. `restarts` counts those since the last good life.
 */
export function nextRestart(
  restarts: number,
  livedMs: number,
): { readonly delayMs: number; readonly restarts: number } {
  const before = livedMs >= goodLifeMs ? 0 : restarts;
  return { delayMs: before === 0 ? 0 : backoffMs(policy, before - 1), restarts: before + 1 };
}
