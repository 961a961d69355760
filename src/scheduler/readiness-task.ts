import { checkedTaskOf } from './checked-task.js';
import { pendingReadinessCheck } from './core/deployment/readiness-checks.js';
import { appOf } from './core/state.js';
import type { SchedulerState } from './core/state.js';
import { wantedPortsOf } from './core/wanted-ports.js';
import type { Instance } from './model/instance.js';
import type { ReadinessTask } from './ports/checker.js';

/**
 * What the checker is to know of an instance whose readiness is waited for. Undefined: it is not to be checked, or its own address is
 * needed for that and not known yet.
 */
export function readinessTaskOf(state: SchedulerState, instance: Instance): ReadinessTask | undefined {
  const check = pendingReadinessCheck(state, instance);
  if (check === undefined) return undefined;
  const app = appOf(state, instance);
  const task = app === undefined ? undefined : checkedTaskOf(app, instance);
  if (app === undefined || task === undefined) return undefined;
  const index = wantedPortsOf(app).findIndex(({ name }) => name === check.portName);
  return { taskId: task.taskId, host: task.portHosts?.[index] ?? task.host, port: task.ports[index], check };
}
