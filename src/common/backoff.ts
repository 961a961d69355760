/** How waits between attempts grow: from `initialMs`, times `factor`, up to `maxMs`. */
export interface BackoffPolicy {
  readonly initialMs: number;
  readonly factor: number;
  readonly maxMs: number;
}

/** The wait before attempt number `attempt` (0 = the first retry), in milliseconds, without jitter. */
export function backoffMs(policy: BackoffPolicy, attempt: number): number {
  return Math.min(policy.maxMs, policy.initialMs * policy.factor ** attempt);
}

/** Spreads `ms` over [ms/2, ms): many clients that lost the same server do not return in step. `random` is in [0, 1). */
export function jittered(ms: number, random: number): number {
  return ms / 2 + (ms / 2) * random;
}
