import type { FrameworkInfo, MasterInfo, Offer, Task, TaskState, TaskStatus, Value } from '../../mesos/types.js';
import type { AgentPort, AgentRegistration } from '../agent-port.js';
import type { Resources } from '../resources.js';

/** A task of a framework, as the master knows it. */
export interface TaskRecord {
  /** What does not change over its life: everything of `mesos.v1.Task` but the fields below. */
  readonly fixed: Omit<Task, 'state' | 'statuses' | 'status_update_state' | 'status_update_uuid'>;
  readonly role: string;
  readonly resources: Resources;
  /** The newest state the agent told; may be ahead of what the framework has been sent. */
  state: TaskState;
  /** The last status of each run of equal states, oldest first. */
  readonly statuses: TaskStatus[];
  /** The last update with an uuid, on its way to the framework or acknowledged by it. */
  statusUpdate: { readonly state: TaskState; readonly uuid: string } | undefined;
  /** The update that the agent waits to have acknowledged. */
  unacknowledged: TaskStatus | undefined;
}

/** An offer that a framework holds. */
export interface OfferRecord {
  readonly id: string;
  readonly frameworkId: string;
  readonly agentId: string;
  readonly role: string;
  readonly resources: Resources;
  /** As it was sent. */
  readonly offer: Offer;
}

/** What a framework does not want to be offered again for a while: these resources of this agent, or a part of them. */
export interface OfferFilter {
  readonly agentId: string;
  readonly role: string;
  readonly refused: Resources;
  readonly untilMs: number;
}

export interface Framework {
  readonly id: string;
  info: FrameworkInfo & { readonly id: Value };
  capabilities: ReadonlySet<string>;
  roles: readonly string[];
  /** The open stream; undefined = not connected. */
  streamId: string | undefined;
  /** Known from an agent only; it has not subscribed at this master yet. */
  recovered: boolean;
  readonly registeredAtMs: number;
  reregisteredAtMs: number;
  unregisteredAtMs: number | undefined;
  /** When it is removed unless it subscribes before; undefined while connected. */
  removeAtMs: number | undefined;
  suppressedRoles: Set<string>;
  filters: OfferFilter[];
  readonly tasks: Map<string, TaskRecord>;
  /** At most `maxCompletedTasksPerFramework`, oldest first. */
  readonly completedTasks: TaskRecord[];
  readonly offers: Map<string, OfferRecord>;
  /** Used and offered, by role. */
  readonly allocated: Map<string, Resources>;
  /** How often it was given an offer, by role: the tie-break between equal shares, so that equals take turns. */
  readonly allocations: Map<string, number>;
}

export interface Agent {
  readonly id: string;
  readonly registration: AgentRegistration;
  readonly port: AgentPort;
  readonly registeredAtMs: number;
  readonly total: Resources;
  used: Resources;
  offered: Resources;
}

/** All the master knows; the views render it. */
export interface MasterState {
  readonly info: MasterInfo;
  readonly startedAtMs: number;
  readonly frameworks: Map<string, Framework>;
  /** The last `maxCompletedFrameworks`; their ids are burnt. */
  readonly completedFrameworks: Map<string, Framework>;
  readonly agents: Map<string, Agent>;
  /** What all agents have together. */
  total: Resources;
  readonly offers: Map<string, OfferRecord>;
  /** Weights of roles in the allocator; 1 unless given. */
  readonly weights: ReadonlyMap<string, number>;
  /** Calls, updates and ends of tasks since the start, by their name in `/metrics/snapshot` without `master/`. */
  readonly counters: Map<string, number>;
}

/** The defaults of `--max_completed_frameworks` and `--max_completed_tasks_per_framework`. */
export const maxCompletedFrameworks = 50;
export const maxCompletedTasksPerFramework = 1000;
/** Frameworks that may be known at once, connected or not: each costs memory until its failover timeout is over. */
export const maxFrameworks = 1000;
/** Filters kept per framework; beyond that the one that ends first goes. */
export const maxFiltersPerFramework = 64;
