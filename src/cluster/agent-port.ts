import type { StopScope } from '../common/role.js';
import type {
  AgentInfo,
  ExecutorInfo,
  FrameworkInfo,
  KillPolicy,
  Task,
  TaskInfo,
  TaskState,
  TaskStatus,
  Value,
} from '../mesos/types.js';
import type { ResourceOperation } from './resource-operations.js';

/** A framework as agents know it: with the id that the master gave it. */
export type IdentifiedFramework = FrameworkInfo & { readonly id: Value };

/** A status update on its way to the framework. The agent sends the oldest unacknowledged one of each task, again every 10 s. */
export interface AgentUpdate {
  readonly frameworkId: string;
  readonly status: TaskStatus;
  /** The newest state of the task, which may be ahead of `status`. */
  readonly latestState: TaskState;
}

/** An executor of a task group has ended, by itself or not: what it took is free again. */
export interface ExecutorEnd {
  readonly frameworkId: string;
  readonly executorId: string;
  /** Its exit status; 0 also when it ended because its tasks had. */
  readonly status: number;
}

/** What an agent brings along when it registers: the tasks that outlived the process, and whose they are. */
export interface AgentRegistration {
  /** `id`, hostname, port, resources (total, with what was reserved and created on it) and attributes are set. */
  readonly info: AgentInfo & { readonly id: { readonly value: string } };
  /** `slave(1)@ip:port` */
  readonly pid: string;
  readonly frameworks: readonly IdentifiedFramework[];
  /** Tasks that have not ended, or whose end has not been acknowledged yet; with their statuses. */
  readonly tasks: readonly Task[];
  /** Executors of task groups that run; none when absent. */
  readonly executors?: readonly { readonly frameworkId: string; readonly info: ExecutorInfo }[];
}

/** The master's view of an agent: the real one of this process, or a simulated one. */
export interface AgentPort {
  /**
   * Recovers what outlived the last process and registers. Updates are delivered to `onUpdate` from then on, the ends of
   * executors to `onExecutorEnd`, after the last update of their tasks.
   */
  start(
    onUpdate: (update: AgentUpdate) => void,
    onExecutorEnd?: (end: ExecutorEnd) => void,
  ): Promise<AgentRegistration>;
  /** Starts a task. Its fate is told by updates only; it is checkpointed before the first one. */
  launch(framework: IdentifiedFramework, task: TaskInfo): void;
  /**
   * Starts the tasks of a group together, in one executor. Their fate is told by updates; when the last one has ended, so has
   * the executor. Each task names the executor.
   */
  launchGroup(framework: IdentifiedFramework, executor: ExecutorInfo, tasks: readonly TaskInfo[]): void;
  /** Ends an executor and all its tasks at once (SHUTDOWN). An agent without it has its tasks killed one by one. */
  shutdownExecutor?(frameworkId: string, executorId: string): void;
  /**
   * Reserves resources or makes volumes, and takes that back again. Resolves when it is written down for good, and the
   * directories of volumes are there or gone; operations and launches are carried out in the order of the calls.
   */
  applyOperation(operation: ResourceOperation): Promise<void>;
  /** Ends a task: SIGTERM, SIGKILL after the grace period. False when the agent does not know the task. */
  kill(frameworkId: string, taskId: string, policy?: KillPolicy): boolean;
  /** The framework has taken over this update; the next one of the task follows. */
  acknowledge(frameworkId: string, taskId: string, uuid: string): void;
  /** Ends all tasks of a framework that is gone, without telling anybody. */
  shutdownFramework(frameworkId: string): void;
  /** `everything`: ends all tasks and waits for their end; `self`: leaves them running. */
  stop(scope: StopScope): Promise<void>;
}
