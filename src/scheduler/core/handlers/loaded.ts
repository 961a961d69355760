import { isActive } from '../recovery/condition-of.js';
import { abandon } from '../recovery/kill.js';
import { awaitUnreachable } from '../recovery/unreachable.js';
import { lookForLeftovers } from '../resident/leftovers.js';
import { isEnding, isParked } from '../resident/phase.js';
import { fromTimestamp } from '../timestamps.js';
import type { Tx } from '../tx.js';

/** After loading: deployments are taken up at their stored step, every app is compared with its instances, timers run again. */
export function handleLoaded(tx: Tx): void {
  tx.setLoaded();
  for (const deployment of tx.state.deployments.values()) {
    tx.startStep(deployment);
    for (const { id } of deployment.affected) tx.dirtyApps.add(id);
  }
  tx.rolesTouched = true;
  for (const id of [...tx.state.apps.keys(), ...tx.state.pods.keys()]) {
    tx.dirtyApps.add(id);
    tx.touchedApps.add(id);
  }
  // Where tasks fetch artifacts may have changed with the options; what is in the artifact store is not downloaded again.
  for (const url of tx.state.storeUrls.keys()) tx.download(url);
  for (const instance of tx.state.instances.values()) {
    tx.dirtyApps.add(instance.appId);
    tx.touchedInstances.add(instance.id);
    if (instance.unreachableSince !== undefined) {
      if (instance.goal === 'Running') awaitUnreachable(tx, instance);
      else if (!isParked(instance)) abandon(tx, instance, { type: 'unreachable', since: instance.unreachableSince });
      continue;
    }
    // What waits for a confirmation gets its whole time again: nobody listened meanwhile.
    if (instance.reservation?.isConfirmed === false) {
      tx.setDeadline(`instance:${instance.id}`, tx.nowMs + tx.settings.taskReservationTimeoutMs);
      continue;
    }
    if (instance.drainUntil !== undefined) {
      tx.setDeadline(`instance:${instance.id}`, Math.max(tx.nowMs, fromTimestamp(instance.drainUntil)));
      continue;
    }
    const waits = isEnding(instance) || (isActive(instance.condition) && instance.condition !== 'Running');
    if (waits) tx.setDeadline(`instance:${instance.id}`, tx.nowMs + tx.settings.taskLaunchTimeoutMs);
  }
  lookForLeftovers(tx, true);
}
