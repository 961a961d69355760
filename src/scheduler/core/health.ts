import type { AppDefinition, HealthCheckProtocol } from '../model/app-definition.js';
import type { Health, Instance } from '../model/instance.js';
import { isPod } from '../model/run-spec.js';
import type { RunSpec } from '../model/run-spec.js';
import { podHealthOf } from './pod-health.js';
import { definitionOf } from './state.js';
import type { SchedulerState } from './state.js';

const checkedByScheduler: ReadonlySet<HealthCheckProtocol> = new Set(['HTTP', 'HTTPS', 'TCP']);

/** Whether any of the app's checks is run by the scheduler itself (HTTP, HTTPS, TCP). */
export function hasSchedulerChecks(app: AppDefinition): boolean {
  return app.healthChecks.some((check) => checkedByScheduler.has(check.protocol));
}

/** Which of the app's checks the agent runs (COMMAND, MESOS_HTTP …; there is at most one); -1: none. */
export function agentCheckIndexOf(app: AppDefinition): number {
  return app.healthChecks.findIndex((check) => !checkedByScheduler.has(check.protocol));
}

/** true: every check is alive; false: one is not; null: there are no checks, or one has no result yet. */
export function healthOf(app: AppDefinition, results: readonly (Health | undefined)[] | undefined): boolean | null {
  if (app.healthChecks.length === 0) return null;
  let unknown = false;
  for (let i = 0; i < app.healthChecks.length; i++) {
    const result = results?.[i];
    if (result === undefined) unknown = true;
    else if (!result.alive) return false;
  }
  return unknown ? null : true;
}

/** Whether an app or pod (as an instance runs it) has health checks of any kind. */
export function hasHealthChecks(definition: RunSpec | undefined): boolean {
  if (definition === undefined) return false;
  return isPod(definition)
    ? definition.containers.some(({ healthCheck }) => healthCheck !== undefined)
    : definition.healthChecks.length > 0;
}

/** What the health checks of an instance say of it; null: it has none, or one has no result yet. */
export function instanceHealthOf(state: SchedulerState, instance: Instance): boolean | null {
  const definition = definitionOf(state, instance);
  if (definition === undefined) return null;
  return isPod(definition)
    ? podHealthOf(definition, instance.containers ?? [])
    : healthOf(definition, state.health.get(instance.taskId));
}

/**
 * Whether a deployment may count on the instance: it runs, and its health checks, if it has any, all succeed. After a restart of the scheduler
 * what is not known yet is as it was last: else a deployment that begins then would end instances as if none of them were of use.
 */
export function isConsideredHealthy(state: SchedulerState, instance: Instance): boolean {
  if (instance.condition !== 'Running') return false;
  if (!hasHealthChecks(definitionOf(state, instance))) return true;
  return instanceHealthOf(state, instance) ?? instance.lastHealthy === true;
}
