import type { Condition, Instance } from '../../model/instance.js';
import { isPod } from '../../model/run-spec.js';
import type { TaskStatusUpdate } from '../../model/task-status.js';
import { publishInstanceChanged, publishStatus } from '../instance-events.js';
import { runSpecOf } from '../state.js';
import type { Tx } from '../tx.js';
import { delayAfterFailure } from './launch-delay.js';

/** Ends that slow down the next launch (marathon.md §11.1): everything that the task did by itself. */
const limitWorthy: ReadonlySet<Condition> = new Set(['Dropped', 'Error', 'Failed', 'Gone', 'Finished']);

/** Ends that are shown as `lastTaskFailure`. */
const failures: ReadonlySet<Condition> = new Set(['Failed', 'Error', 'Dropped', 'Gone', 'Unreachable']);

/** The instance has ended: it is forgotten, and its app or pod learns from it. `status` is the update that told of it. */
export function endInstance(tx: Tx, instance: Instance, condition: Condition, status: TaskStatusUpdate): void {
  const ended: Instance = { ...instance, condition };
  tx.removeInstance(instance);
  const runSpec = runSpecOf(tx.state, instance.appId);
  if (runSpec !== undefined && !isPod(runSpec) && failures.has(condition)) {
    tx.setFailure(runSpec.id, {
      appId: runSpec.id,
      taskId: status.taskId,
      state: status.state,
      message: status.message,
      host: instance.host,
      slaveId: instance.agentId,
      version: instance.appVersion,
      timestamp: tx.now,
    });
  }
  // An end that was asked for is no failure, and one of an old configuration says nothing about the new one.
  if (
    runSpec !== undefined &&
    instance.goal === 'Running' &&
    limitWorthy.has(condition) &&
    // The agent ended it because its health check failed: starting it again is the remedy
    status.healthy !== false &&
    instance.appVersion >= runSpec.versionInfo.lastConfigChangeAt
  ) {
    tx.setDelay(runSpec.id, delayAfterFailure(runSpec, tx.state.delays.get(runSpec.id), tx.nowMs));
  }
  publishStatus(tx, ended, status);
  publishInstanceChanged(tx, ended);
}
