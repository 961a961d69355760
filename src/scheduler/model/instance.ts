import type { PathId } from '../../common/path-id.js';
import type { Timestamp } from './app-definition.js';
import type { CheckResult } from './check.js';

/**
 * Marathon's instance conditions. An instance that has ended is not kept, so the terminal ones are seen in events only. Scheduled are those
 * that have a place (a reservation) and no task there now.
 */
export type Condition =
  | 'Scheduled'
  | 'Provisioned'
  | 'Staging'
  | 'Starting'
  | 'Running'
  | 'Killing'
  | 'Killed'
  | 'Finished'
  | 'Failed'
  | 'Error'
  | 'Dropped'
  | 'Gone'
  | 'GoneByOperator'
  | 'Unreachable'
  | 'UnreachableInactive'
  | 'Unknown';

/** What Marathon wants of an instance: run, end and keep its reservation (residents only), or end for good. */
export type Goal = 'Running' | 'Stopped' | 'Decommissioned';

export interface IpAddress {
  readonly ipAddress: string;
  readonly protocol: 'IPv4' | 'IPv6';
  /** Of the container network that it is in, if Mesos names one. */
  readonly network?: string;
}

/** One container of a pod's instance: a task of its own in the instance's task group. */
export interface ContainerTask {
  /** Of the pod's container. */
  readonly name: string;
  /** `<instance id>.<container name>.<incarnation>` */
  readonly taskId: string;
  readonly condition: Condition;
  /** Host ports of its endpoints, in their order; endpoints that have none contribute nothing. */
  readonly ports: readonly number[];
  /** When the condition became known. */
  readonly since: Timestamp;
  /** When it was first seen running. */
  readonly startedAt?: Timestamp;
  /** What its health check said last; absent = nothing yet, or it has none. */
  readonly healthy?: boolean;
  /** When its health check first succeeded. */
  readonly firstHealthyAt?: Timestamp;
  /** What its check said last. */
  readonly checkResult?: CheckResult;
  /** The last word of Mesos about it, and how it ended. */
  readonly message?: string;
  /** Of the process, once it has ended and if Mesos told. */
  readonly exitCode?: number;
}

/** A persistent volume of an instance: disk space of its agent that outlives its tasks. */
export interface LocalVolume {
  /** Where the task finds it in its sandbox, as the app's volume says; of a pod the name of the volume. */
  readonly containerPath: string;
  readonly uuid: string;
  /** `<safe path>#<containerPath>#<uuid>`: how Mesos knows it. */
  readonly persistenceId: string;
}

/** The place of a resident instance: resources of its agent that are reserved under the instance's id, volumes among them. */
export interface Reservation {
  readonly volumes: readonly LocalVolume[];
  /** Whether it has been offered since it was asked for, so that it is known to be there. */
  readonly isConfirmed: boolean;
  /** How many tasks have been launched there: the incarnation of the last one. */
  readonly launches: number;
  /** How the last of them ended, while none runs. */
  readonly lastEnd?: Condition;
}

/**
 * One instance of an app with its one task, or of a pod with a task for each container. Stored as Provisioned before its ACCEPT is sent, removed when its end is known.
 * Immutable: a change replaces the record.
 */
export interface Instance {
  /** `<safe path>.instance-<uuid>` */
  readonly id: string;
  /** `<instance id>._app.<incarnation>`; of a pod that of its first container. */
  readonly taskId: string;
  /** Of a pod, in the order of its containers. */
  readonly containers?: readonly ContainerTask[];
  readonly appId: PathId;
  /** Version of the app that it runs. */
  readonly appVersion: Timestamp;
  readonly goal: Goal;
  readonly condition: Condition;
  readonly agentId: string;
  readonly host: string;
  readonly region?: string;
  readonly zone?: string;
  readonly role: string;
  /** The agent's attributes that its app's constraints look at, as text. */
  readonly attributes?: Readonly<Record<string, string>>;
  /** Host ports, in the order of the app's ports. Ports that have none contribute nothing. */
  readonly ports: readonly number[];
  /** Ports inside a container with a network of its own, one for each of its port mappings. */
  readonly containerPorts?: readonly number[];
  readonly ipAddresses: readonly IpAddress[];
  /** When the ACCEPT was decided. */
  readonly stagedAt: Timestamp;
  /** When TASK_RUNNING was first seen. */
  readonly startedAt?: Timestamp;
  /**
   * What the health checks said last, kept through restarts for those who route to the instance: until a new leader has checked
   * it itself, the last known health stands. Marathon's API shows results of this leadership only.
   */
  readonly lastHealthy?: boolean;
  /** What the agent's check of the task said last. */
  readonly checkResult?: CheckResult;
  /** When the agent was lost, while condition is Unreachable or UnreachableInactive. */
  readonly unreachableSince?: Timestamp;
  /**
   * It is to end, and edges (name servers, load balancers) are asked to send nothing more to it: the KILL waits until they have done so, at
   * most until then. Absent once the KILL was decided.
   */
  readonly drainUntil?: Timestamp;
  /** When a KILL was last decided; it is repeated until the end is known. */
  readonly killRequestedAt?: Timestamp;
  /** Of an app or pod with persistent volumes: its instances stay where they are. */
  readonly reservation?: Reservation;
}

/** The last result of one health check of one task; kept in memory only, as in Marathon. */
export interface Health {
  readonly alive: boolean;
  readonly consecutiveFailures: number;
  readonly firstSuccess?: Timestamp;
  readonly lastSuccess?: Timestamp;
  readonly lastFailure?: Timestamp;
  readonly lastFailureCause?: string;
}

/** How one instance of a pod ended: an entry of its `terminationHistory`. */
export interface PodTermination {
  readonly instanceId: string;
  readonly startedAt: Timestamp;
  readonly terminatedAt: Timestamp;
  /** The last word about the container that brought the others down, or of that which ended last. */
  readonly message?: string;
  readonly containers: readonly ContainerTask[];
}

/** `lastTaskFailure` of an app. */
export interface TaskFailure {
  readonly appId: PathId;
  readonly taskId: string;
  /** `TASK_FAILED` … */
  readonly state: string;
  readonly message: string;
  readonly host: string;
  readonly slaveId: string;
  readonly version: Timestamp;
  readonly timestamp: Timestamp;
}
