import type { Timestamp } from '../../model/app-definition.js';
import type { RunSpec } from '../../model/run-spec.js';
import type { LaunchDelay } from '../state.js';

/**
 * Marathon looks every 10 s for delays to be forgotten. So much longer than `maxLaunchDelaySeconds` they are kept here: a delay that has
 * grown to its limit is over before it is forgotten, and the launch that it held back renews it.
 */
const forgettingPeriodMs = 10_000;

/**
 * The delay after an instance of `app` ended by itself (marathon.md §11.1): `backoffSeconds` at first, then times
 * `backoffFactor`, at most `maxLaunchDelaySeconds`; forgotten after that time without another end or launch. Undefined = no delay
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
  return delayMs <= 0 ? undefined : delayFrom(nowMs, configVersion, delayMs, maxMs);
}

/** A delay that counts from now. */
function delayFrom(nowMs: number, configVersion: Timestamp, delayMs: number, maxMs: number): LaunchDelay {
  return { configVersion, delayMs, untilMs: nowMs + delayMs, forgetAtMs: nowMs + maxMs + forgettingPeriodMs };
}

/**
 * The delay after an instance of `app` was launched or made a step towards running: as long as before, but counted from now. Undefined
 * = there is none for this configuration.
 */
export function delayAfterLaunch(
  app: Pick<RunSpec, 'maxLaunchDelaySeconds' | 'versionInfo'>,
  current: LaunchDelay | undefined,
  nowMs: number,
): LaunchDelay | undefined {
  const configVersion = app.versionInfo.lastConfigChangeAt;
  if (current === undefined || current.configVersion !== configVersion || current.forgetAtMs <= nowMs) return undefined;
  return delayFrom(nowMs, configVersion, current.delayMs, app.maxLaunchDelaySeconds * 1000);
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
