import type { Timestamp } from '../../model/app-definition.js';
import type { Health, Instance } from '../../model/instance.js';
import type { TaskStatusUpdate } from '../../model/task-status.js';
import { agentCheckIndexOf } from '../health.js';
import { noteHealth } from '../health-change.js';
import { appOf } from '../state.js';
import { toTimestamp } from '../timestamps.js';
import type { Tx } from '../tx.js';

/** Agents before 1.2 give no reason with the result of a health check. */
const tellsResult: ReadonlySet<string | undefined> = new Set([undefined, 'REASON_TASK_HEALTH_CHECK_STATUS_UPDATED']);

/** What comes again because it was not acknowledged is as old as what it told the first time. */
function isKnown(health: Health, at: Timestamp): boolean {
  return [health.lastSuccess, health.lastFailure].some((known) => known !== undefined && at <= known);
}

function nextHealth(old: Health | undefined, healthy: boolean, message: string, at: Timestamp): Health {
  if (healthy) {
    const firstSuccess = old?.firstSuccess ?? at;
    return { ...old, alive: true, consecutiveFailures: 0, firstSuccess, lastSuccess: at };
  }
  const { lastFailureCause, ...known } = old ?? { lastFailureCause: undefined, consecutiveFailures: 0 };
  return {
    ...known,
    alive: false,
    consecutiveFailures: known.consecutiveFailures + 1,
    lastFailure: at,
    ...(message === '' ? {} : { lastFailureCause: message }),
  };
}

/**
 * Takes what a status update of a running task says of the app's health check that the agent runs (marathon.md §13.1). The agent
 * heeds the grace period and ends the task by itself; here its results are counted and told. Updates that have another reason repeat the last
 * result: they bring only news when they say something else.
 */
export function takeAgentHealth(tx: Tx, instance: Instance, status: TaskStatusUpdate): void {
  const { healthy, reason, message, timestampMs } = status;
  const app = appOf(tx.state, instance);
  if (healthy === undefined || app === undefined) return;
  const checkIndex = agentCheckIndexOf(app);
  if (checkIndex < 0) return;
  const old = tx.state.health.get(instance.taskId)?.[checkIndex];
  const at = timestampMs === undefined ? tx.now : toTimestamp(timestampMs);
  const isResult = tellsResult.has(reason);
  if (old !== undefined && (isResult ? timestampMs !== undefined && isKnown(old, at) : old.alive === healthy)) return;
  // After success the agent keeps silent: to hear it again is to hear the same
  if (old?.alive === true && healthy) return;
  const isRecalled = !isResult && old === undefined;
  noteHealth(tx, app, instance, checkIndex, nextHealth(old, healthy, isResult ? message : '', at), isRecalled);
}
