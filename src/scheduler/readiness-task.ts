import { pendingReadinessCheck } from './core/deployment/readiness-checks.js';
import { definitionOf } from './core/state.js';
import type { SchedulerState } from './core/state.js';
import type { Instance } from './model/instance.js';
import type { ReadinessTask } from './ports/checker.js';

/** What the checker is to know of an instance whose readiness is waited for; undefined: it is not to be checked. */
export function readinessTaskOf(state: SchedulerState, instance: Instance): ReadinessTask | undefined {
  const check = pendingReadinessCheck(state, instance);
  if (check === undefined) return undefined;
  const index = definitionOf(state, instance)?.portDefinitions.findIndex(({ name }) => name === check.portName) ?? -1;
  return { taskId: instance.taskId, host: instance.host, port: instance.ports[index], check };
}
