import type { AppDefinition } from '../model/app-definition.js';
import type { Health, Instance } from '../model/instance.js';
import { healthOf } from './health.js';
import { returnToken } from './recovery/launch-tokens.js';
import type { Tx } from './tx.js';

/**
 * Notes what one of the app's health checks says of an instance now, and tells of what this changes. `isRecalled`: it was said earlier
 * and is known again after a restart, which is not told again.
 */
export function noteHealth(
  tx: Tx,
  app: AppDefinition,
  instance: Instance,
  checkIndex: number,
  health: Health,
  isRecalled = false,
): void {
  const check = app.healthChecks[checkIndex];
  if (check === undefined) return;
  const before = tx.state.health.get(instance.taskId) ?? [];
  const old = before[checkIndex];
  const after = app.healthChecks.map((_, i) => (i === checkIndex ? health : before[i]));
  const healthy = healthOf(app, after);
  const changed = healthy !== healthOf(app, before);
  tx.setHealth(instance, after, changed);

  if (!health.alive && !isRecalled) {
    tx.publish({ type: 'failed_health_check_event', appId: app.id, instanceId: instance.id, healthCheck: check });
  }
  // Before its first result a check counts as not alive: a first failure changes nothing
  if ((old?.alive ?? false) !== health.alive && !isRecalled) {
    tx.publish({
      type: 'health_status_changed_event',
      appId: app.id,
      instanceId: instance.id,
      version: instance.appVersion,
      alive: health.alive,
    });
  }
  const wasHealthyBefore =
    instance.lastHealthy === true || after.every((_, i) => before[i]?.firstSuccess !== undefined);
  if (healthy === true && !wasHealthyBefore) returnToken(tx);
  const isNews = changed && !(isRecalled && healthy === (instance.lastHealthy ?? null));
  if (healthy !== null && healthy !== instance.lastHealthy) tx.putInstance({ ...instance, lastHealthy: healthy });
  if (isNews) {
    tx.publish({
      type: 'instance_health_changed_event',
      instanceId: instance.id,
      runSpecId: app.id,
      healthy,
      runSpecVersion: instance.appVersion,
    });
  }
}
