import type { ExecutorInfo, Task, TaskInfo, TaskState, TaskStatus } from '../../mesos/types.js';
import { isTerminal } from '../../mesos/types.js';
import type { IdentifiedFramework } from '../agent-port.js';
import { taskForm } from '../task-form.js';
import type { Behaviour } from './behaviour.js';

/** A status without what all statuses of a task have in common. */
export type StatusPart = Pick<TaskStatus, 'state'> & Partial<Pick<TaskStatus, 'message' | 'reason' | 'healthy'>>;

/** A task that only pretends to run. */
export interface SimulatedTask {
  readonly key: string;
  readonly framework: IdentifiedFramework;
  readonly info: TaskInfo;
  readonly executor: ExecutorInfo | undefined;
  readonly behaviour: Behaviour;
  readonly containerId: string;
  /** The container of its executor. */
  readonly parentId: string | undefined;
  state: TaskState;
  killed: boolean;
  healthy: boolean | undefined;
  /** Not acknowledged, oldest first; only the first is under way. */
  readonly pending: TaskStatus[];
  /** The last status of each run of equal states, oldest first. */
  readonly statuses: TaskStatus[];
}

export const taskKey = (frameworkId: string, taskId: string): string => `${frameworkId}\n${taskId}`;

/** As an agent that registers brings it along. */
export function asTask({ framework, info, executor, state, statuses }: SimulatedTask): Task {
  return taskForm({ info, frameworkId: framework.id.value, executor, state, statuses });
}

export function hasEnded(task: SimulatedTask): boolean {
  return isTerminal(task.state);
}
