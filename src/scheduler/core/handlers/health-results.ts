import type { HealthCheck } from '../../model/app-definition.js';
import type { Health, Instance } from '../../model/instance.js';
import { noteHealth } from '../health-change.js';
import type { HealthResult } from '../inputs.js';
import { instanceIdOf } from '../launch/task-id.js';
import { retire } from '../recovery/kill.js';
import { appOf } from '../state.js';
import { fromTimestamp } from '../timestamps.js';
import type { Tx } from '../tx.js';

/** The health after one more result (marathon.md §13.1). Undefined: the result does not count. */
function nextHealth(
  tx: Tx,
  check: HealthCheck,
  instance: Instance,
  old: Health | undefined,
  result: HealthResult,
): Health | undefined {
  if (result.result === 'ignored') return undefined;
  if (result.result === 'healthy') {
    return {
      ...old,
      alive: true,
      consecutiveFailures: 0,
      firstSuccess: old?.firstSuccess ?? tx.now,
      lastSuccess: tx.now,
    };
  }
  const startedMs = fromTimestamp(instance.startedAt ?? instance.stagedAt);
  const inGrace = old?.firstSuccess === undefined && tx.nowMs - startedMs < check.gracePeriodSeconds * 1000;
  if (inGrace) return undefined;
  return {
    ...old,
    alive: false,
    consecutiveFailures: (old?.consecutiveFailures ?? 0) + 1,
    lastFailure: tx.now,
    ...(result.cause === undefined ? {} : { lastFailureCause: result.cause }),
  };
}

function killUnhealthy(tx: Tx, instance: Instance, health: Health): void {
  if (instance.goal !== 'Running') return;
  tx.publish({
    type: 'unhealthy_instance_kill_event',
    appId: instance.appId,
    taskId: instance.taskId,
    instanceId: instance.id,
    version: instance.appVersion,
    reason: health.lastFailureCause ?? 'unknown',
    host: instance.host,
    slaveId: instance.agentId,
  });
  retire(tx, instance, {
    type: 'unhealthy',
    failures: health.consecutiveFailures,
    ...(health.lastFailureCause === undefined ? {} : { message: health.lastFailureCause }),
  });
}

export function handleHealthResult(tx: Tx, result: HealthResult): void {
  const instance = tx.state.instances.get(instanceIdOf(result.taskId));
  if (instance?.taskId !== result.taskId || instance.condition !== 'Running') return;
  const app = appOf(tx.state, instance);
  const check = app?.healthChecks[result.checkIndex];
  if (app === undefined || check === undefined) return;

  const old = tx.state.health.get(instance.taskId)?.[result.checkIndex];
  const health = nextHealth(tx, check, instance, old, result);
  if (health === undefined) return;
  noteHealth(tx, app, instance, result.checkIndex, health);
  // The kill comes when the failures *before* this one have reached the limit: with 3, on the fourth.
  const reached =
    !health.alive && check.maxConsecutiveFailures > 0 && health.consecutiveFailures > check.maxConsecutiveFailures;
  if (reached) killUnhealthy(tx, tx.state.instances.get(instance.id) ?? instance, health);
}
