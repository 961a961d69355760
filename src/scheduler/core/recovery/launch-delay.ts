import type { RunSpec } from '../../model/run-spec.js';
import type { LaunchDelay } from '../state.js';

/**
 * The delay after an instance of `app` ended by itself (marathon.md §11.1): `backoffSeconds` at first, then times
 * `backoffFactor`, at most `maxLaunchDelaySeconds`; forgotten after that time without another end. Undefined = no delay
 * (`backoffSeconds` 0).
 */
export function delayAfterFailure(
  app: Pick<RunSpec, 'maxLaunchDelaySeconds' | 'versionInfo' | 'backoffFactor' | 'backoffSeconds'>,
  current: LaunchDelay | undefined,
  nowMs: number,
): LaunchDelay | undefined {
  const maxMs = app.maxLaunchDelaySeconds * 1000;
  const configVersion = app.versionInfo.lastConfigChangeAt;
  const known = current !== undefined && current.configVersion === configVersion && nowMs < current.forgetAtMs;
  const delayMs = Math.min(maxMs, known ? current.delayMs * app.backoffFactor : app.backoffSeconds * 1000);
  return delayMs <= 0
    ? undefined
    : { configVersion, delayMs, untilMs: nowMs + delayMs, forgetAtMs: nowMs + delayMs + maxMs };
}

/** Milliseconds until the app may be launched again; 0 = at once. */
export function remainingDelayMs(
  app: Pick<RunSpec, 'versionInfo'>,
  delay: LaunchDelay | undefined,
  nowMs: number,
): number {
  if (delay === undefined || delay.configVersion !== app.versionInfo.lastConfigChangeAt) return 0;
  return Math.max(0, delay.untilMs - nowMs);
}
