import type { ExecutorInfo, Task, TaskInfo, TaskState, TaskStatus } from '../mesos/types.js';

/** What of `mesos.v1.Task` stays as it is from the launch on. */
export type FixedTaskPart = Omit<Task, 'state' | 'statuses' | 'status_update_state' | 'status_update_uuid'>;

/** What `mesos.v1.Task` takes over from TaskInfo. `executor`: that of its group. */
export function fixedTaskPart(
  info: TaskInfo,
  { frameworkId, executor }: { readonly frameworkId: string; readonly executor: ExecutorInfo | undefined },
): FixedTaskPart {
  const { name, task_id, agent_id, resources, labels, discovery, container, health_check, command } = info;
  return {
    name,
    task_id,
    framework_id: { value: frameworkId },
    ...(executor === undefined ? {} : { executor_id: executor.executor_id }),
    agent_id,
    resources,
    ...(labels === undefined ? {} : { labels }),
    ...(discovery === undefined ? {} : { discovery }),
    ...(container === undefined ? {} : { container }),
    ...(health_check === undefined ? {} : { health_check }),
    ...(command?.user === undefined ? {} : { user: command.user }),
  };
}

/** A task that an agent runs. */
interface KnownTask {
  readonly info: TaskInfo;
  readonly frameworkId: string;
  /** That of its group. */
  readonly executor: ExecutorInfo | undefined;
  readonly state: TaskState;
  /** The last status of each run of equal states, oldest first. */
  readonly statuses: readonly TaskStatus[];
}

/** `mesos.v1.Task`: as an agent that registers brings the task along. */
export function taskForm({ info, frameworkId, executor, state, statuses }: KnownTask): Task {
  const last = statuses.at(-1);
  return {
    ...fixedTaskPart(info, { frameworkId, executor }),
    state,
    statuses: [...statuses],
    ...(last === undefined ? {} : { status_update_state: last.state }),
    ...(last?.uuid === undefined ? {} : { status_update_uuid: last.uuid }),
  };
}
