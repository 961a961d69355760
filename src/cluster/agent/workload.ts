import type { CommandInfo, TaskInfo } from '../../mesos/types.js';
import type { VolumeFacts } from './containers/mounts.js';
import type { ProcessEnd } from './exit-status.js';
import type { TaskProcesses } from './process-table.js';
import type { ShortEnd } from './run-in-group.js';
import type { EnvironmentFacts } from './task-environment.js';
import type { TaskUser } from './task-user.js';

/** A limit that the task went over, and ended for. */
export interface ExceededLimit {
  readonly reason: 'REASON_CONTAINER_LIMITATION_MEMORY' | 'REASON_CONTAINER_LIMITATION_DISK';
  readonly message: string;
}

export type WorkloadEnd =
  | (ProcessEnd & { readonly limit?: ExceededLimit })
  /** Nobody knows how it ended. */
  | { readonly kind: 'lost'; readonly why: string }
  /** It could not be started after all. */
  | { readonly kind: 'refused'; readonly why: string };

/**
 * What a task runs as: a process of this machine, or a container of its engine. All it knows is on disk, in /proc or with the
 * engine, so that a new agent sees what the old one saw.
 */
export interface Workload {
  /** What messages call it. */
  readonly noun: 'Command' | 'Container';
  /** Gets ready what takes time and may fail; an aborted signal ends it. Throws LaunchError or a system error. */
  prepare(signal: AbortSignal): Promise<void>;
  /** Starts it; from then on it is there whatever becomes of this agent. Throws when no process can be made. */
  start(): void;
  /** Resolves once it runs, or will never run. */
  up(): Promise<void>;
  /** Settles whether it was ever started, after an agent found it in its records; if not, it never will be. */
  wasStarted(): boolean;
  /** How it ended; undefined when it has not, or this is still being found out. */
  end(): WorkloadEnd | undefined;
  /** Asks it to end within a time. False when it cannot be asked yet. */
  terminate(graceMs: number): boolean;
  /** Ends it at once. */
  kill(): void;
  /** Runs a short command where the task runs. Throws what `prepare` throws for a command that cannot be run. */
  execute(command: CommandInfo, options: { timeoutMs: number; signal: AbortSignal }): Promise<ShortEnd>;
  /** Pid of the process that stands for the executor. */
  readonly executorPid: number | undefined;
  /** The session whose processes are the task's; undefined while there is none. */
  readonly sessionId: number | undefined;
  /** What its processes are known by when some are left after its end; undefined when nothing can be left. */
  readonly processes: TaskProcesses | undefined;
  /** IP addresses of its own; none = this machine's. */
  readonly addresses: readonly string[];
  /** What others join to be in its network; undefined when that is the machine's. */
  readonly networkName: string | undefined;
  /** Stops looking after it, and waits for what is being done about its end. */
  close(): Promise<void>;
}

/** What a workload is made from. */
export interface WorkloadContext {
  readonly info: TaskInfo;
  readonly containerId: string;
  readonly sandbox: string;
  /** Where its records are. */
  readonly runDirectory: string;
  /** The machine's boot in which it was started, or is to be. */
  readonly bootId: string;
  readonly supervisorScript: string;
  readonly environment: EnvironmentFacts;
  readonly volumes: VolumeFacts;
  /** Where files with its secrets may be while it runs. */
  readonly secretsDirectory: string;
  /** Directories below are the agent's: those made for the task belong to its user. */
  readonly ownedBelow: string;
  /** The account it runs as; undefined = the agent's own. */
  readonly user: () => Promise<TaskUser | undefined>;
  /** For the tasks of a group: the container whose network this one joins, once that is up; undefined = none. */
  readonly joins: () => Promise<string | undefined>;
  /** Something may be new: its end, above all. */
  readonly onChange: () => void;
}
