import type { ExecutorInfo, Task, TaskInfo, TaskState, TaskStatus } from '../../mesos/types.js';
import { isTerminal } from '../../mesos/types.js';
import type { IdentifiedFramework } from '../agent-port.js';
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
  const last = statuses.at(-1);
  return {
    name: info.name,
    task_id: info.task_id,
    framework_id: framework.id,
    ...(executor === undefined ? {} : { executor_id: executor.executor_id }),
    agent_id: info.agent_id,
    state,
    resources: info.resources,
    ...(statuses.length === 0 ? {} : { statuses: [...statuses] }),
    ...(last?.uuid === undefined ? {} : { status_update_state: last.state, status_update_uuid: last.uuid }),
    ...(info.labels === undefined ? {} : { labels: info.labels }),
    ...(info.discovery === undefined ? {} : { discovery: info.discovery }),
    ...(info.container === undefined ? {} : { container: info.container }),
    ...(info.health_check === undefined ? {} : { health_check: info.health_check }),
  };
}

export function hasEnded(task: SimulatedTask): boolean {
  return isTerminal(task.state);
}
