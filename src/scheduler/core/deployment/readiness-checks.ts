import type { Deployment } from '../../model/deployment.js';
import type { Instance } from '../../model/instance.js';
import type { Readiness, ReadinessCheck } from '../../model/readiness.js';
import { isReady, readinessCheckOf } from '../readiness.js';
import { instancesOf } from '../state.js';
import type { SchedulerState } from '../state.js';
import type { Tx } from '../tx.js';
import { isOld } from './actions.js';

/**
 * The readiness check that is to be run for an instance now; undefined: none. Only while a deployment of its app is under way, only for
 * instances of the configuration that it is to end with, and only until the first success (marathon.md §8.8).
 */
export function pendingReadinessCheck(state: SchedulerState, instance: Instance): ReadinessCheck | undefined {
  if (instance.condition !== 'Running' || instance.goal !== 'Running') return undefined;
  const app = state.apps.get(instance.appId);
  const isAwaited = app !== undefined && state.locks.has(app.id) && !isOld(app, instance) && !isReady(state, instance);
  return isAwaited ? readinessCheckOf(state, instance) : undefined;
}

/**
 * Whether nothing is to be sent to an instance yet, because its readiness check has not succeeded. One that ran when this leader began, and
 * of which nothing is known since, goes on as it was: results do not outlive a leader.
 */
export function awaitsReadiness(state: SchedulerState, instance: Instance): boolean {
  if (pendingReadinessCheck(state, instance) === undefined) return false;
  return state.readiness.has(instance.taskId) || (instance.startedAt ?? instance.stagedAt) >= state.loadedAt;
}

/** What is known of the readiness of an app's tasks while a deployment of it is under way, in the order of their creation. */
export function readinessResultsOf(state: SchedulerState, appId: string): (Readiness & { readonly taskId: string })[] {
  if (state.readiness.size === 0 || !state.locks.has(appId)) return [];
  return instancesOf(state, appId).flatMap(({ taskId }) => {
    const readiness = state.readiness.get(taskId);
    return readiness === undefined ? [] : [{ ...readiness, taskId }];
  });
}

/** Whether any instance of the app has a readiness check. */
function mayHaveReadinessCheck(state: SchedulerState, appId: string): boolean {
  return state.tallies
    .versionsOf(appId)
    .some((appVersion) => readinessCheckOf(state, { appId, appVersion }) !== undefined);
}

/** A deployment begins or ends: the readiness checks of its apps may have to begin or end, too. */
export function reconsiderReadiness(tx: Tx, { affected }: Pick<Deployment, 'affected'>): void {
  for (const { id, kind } of affected) {
    if (kind === 'pod' || !mayHaveReadinessCheck(tx.state, id)) continue;
    for (const instance of instancesOf(tx.state, id)) {
      if (readinessCheckOf(tx.state, instance) !== undefined) tx.touchedInstances.add(instance.id);
    }
  }
}
