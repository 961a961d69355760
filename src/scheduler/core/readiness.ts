import type { Instance } from '../model/instance.js';
import type { ReadinessCheck } from '../model/readiness.js';
import { appOf } from './state.js';
import type { SchedulerState } from './state.js';

/** The check that makes an instance ready; undefined: it is ready as soon as it runs. Marathon has at most one. */
export function readinessCheckOf(
  state: SchedulerState,
  instance: Pick<Instance, 'appId' | 'appVersion'>,
): ReadinessCheck | undefined {
  return appOf(state, instance)?.readinessChecks[0];
}

/** Whether a deployment need not wait for the instance's readiness check (any longer). */
export function isReady(state: SchedulerState, instance: Instance): boolean {
  return readinessCheckOf(state, instance) === undefined || state.readiness.get(instance.taskId)?.ready === true;
}
