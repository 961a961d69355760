import type { StopScope } from '../common/role.js';
import type { AgentInfo, FrameworkInfo, KillPolicy, Task, TaskInfo, TaskState, TaskStatus } from '../mesos/types.js';

/** A status update on its way to the framework. The agent sends the oldest unacknowledged one of each task, again every 10 s. */
export interface AgentUpdate {
  readonly frameworkId: string;
  readonly status: TaskStatus;
  /** The newest state of the task, which may be ahead of `status`. */
  readonly latestState: TaskState;
}

/** What an agent brings along when it registers: the tasks that outlived the process, and whose they are. */
export interface AgentRegistration {
  /** `id`, hostname, port, resources (total) and attributes are set. */
  readonly info: AgentInfo & { readonly id: { readonly value: string } };
  /** `slave(1)@ip:port` */
  readonly pid: string;
  readonly frameworks: readonly (FrameworkInfo & { readonly id: { readonly value: string } })[];
  /** Tasks that have not ended, or whose end has not been acknowledged yet; with their statuses. */
  readonly tasks: readonly Task[];
}

/** The master's view of an agent: the real one of this process, or a simulated one. */
export interface AgentPort {
  /** Recovers what outlived the last process and registers. Updates are delivered to `onUpdate` from then on. */
  start(onUpdate: (update: AgentUpdate) => void): Promise<AgentRegistration>;
  /** Starts a task. Its fate is told by updates only; it is checkpointed before the first one. */
  launch(framework: FrameworkInfo & { readonly id: { readonly value: string } }, task: TaskInfo): void;
  /** Ends a task: SIGTERM, SIGKILL after the grace period. False when the agent does not know the task. */
  kill(frameworkId: string, taskId: string, policy?: KillPolicy): boolean;
  /** The framework has taken over this update; the next one of the task follows. */
  acknowledge(frameworkId: string, taskId: string, uuid: string): void;
  /** Ends all tasks of a framework that is gone, without telling anybody. */
  shutdownFramework(frameworkId: string): void;
  /** `everything`: ends all tasks and waits for their end; `self`: leaves them running. */
  stop(scope: StopScope): Promise<void>;
}
