import type { PathId } from '../../common/path-id.js';
import { runSpecIdOf } from '../core/handlers/task-status.js';
import { instanceIdOf } from '../core/launch/task-id.js';
import type { SchedulerState } from '../core/state.js';

const taskPattern = /^[\w.-]+\.instance-[\w-]+\.[\w-]+\.\d{1,9}$/;
const maxLength = 1024;

/** The app or pod that a task is of; undefined for what is not the id of a task that this scheduler would launch. */
export function runSpecOfTask(taskId: string): PathId | undefined {
  if (taskId.length > maxLength || !taskPattern.test(taskId)) return undefined;
  return runSpecIdOf(instanceIdOf(taskId));
}

/** The agent of a task. */
export interface TaskPlace {
  readonly agentId: string;
  readonly host: string;
}

type PlacesInState = Pick<SchedulerState, 'instances' | 'ended' | 'failures'>;

/** Where a task runs, or ran, as far as the state still knows it. Every task of an instance is on one agent. */
export function placeInState(state: PlacesInState, appId: PathId, taskId: string): TaskPlace | undefined {
  const instanceId = instanceIdOf(taskId);
  const instance = state.instances.get(instanceId);
  if (instance !== undefined) return { agentId: instance.agentId, host: instance.host };
  const ended = state.ended.get(appId)?.findLast((one) => one.instanceId === instanceId);
  if (ended !== undefined) return { agentId: ended.agentId, host: ended.host };
  const failure = state.failures.get(appId);
  if (failure === undefined || instanceIdOf(failure.taskId) !== instanceId) return undefined;
  return { agentId: failure.slaveId, host: failure.host };
}
