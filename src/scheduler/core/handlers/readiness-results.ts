import type { ReadinessResult } from '../inputs.js';
import { instanceIdOf } from '../launch/task-id.js';
import { pendingReadinessCheck } from '../deployment/readiness-checks.js';
import type { Tx } from '../tx.js';

/** A readiness check was answered. What comes late, when nobody waits for it any more, does not count. */
export function handleReadinessResult(tx: Tx, { taskId, response }: ReadinessResult): void {
  const instance = tx.state.instances.get(instanceIdOf(taskId));
  if (instance?.taskId !== taskId) return;
  const check = pendingReadinessCheck(tx.state, instance);
  if (check === undefined) return;
  tx.setReadiness(instance, {
    name: check.name,
    ready: check.httpStatusCodesForReady.includes(response.status),
    ...(check.preserveLastResponse ? { lastResponse: response } : {}),
  });
}
