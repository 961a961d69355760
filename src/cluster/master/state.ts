import type {
  DomainInfo,
  ExecutorInfo,
  FrameworkInfo,
  InverseOffer,
  MasterInfo,
  Offer,
  OfferOperation,
  OperationStatus,
  TaskState,
  TaskStatus,
  Unavailability,
  Value,
} from '../../mesos/types.js';
import type { AgentPort, AgentRegistration } from '../agent-port.js';
import type { Resources } from '../resources.js';
import type { FixedTaskPart } from '../task-form.js';
import type { FreePool } from './free-pool.js';
import type { MachineBook } from './maintenance/machine-book.js';
import type { OfferConstraints } from './offer-constraints.js';
import type { OfferFilters } from './offer-filters.js';
import type { Quotas } from './quotas.js';
import type { RoleTree } from './role-tree.js';

/** A task of a framework, as the master knows it. */
export interface TaskRecord {
  /** What does not change over its life: everything of `mesos.v1.Task` but the fields below. */
  readonly fixed: FixedTaskPart;
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
  /** Its own `kill_policy.grace_period`. */
  readonly graceNanoseconds: number | undefined;
  /** It is ended because its agent drains: the updates that follow say so. */
  drained: boolean;
}

/** An executor of a task group, which takes resources beside those of its tasks. */
export interface ExecutorRecord {
  readonly frameworkId: string;
  readonly agentId: string;
  readonly info: ExecutorInfo;
  readonly role: string;
  readonly resources: Resources;
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

/** An inverse offer that a framework has not answered yet. */
export interface InverseOfferRecord {
  readonly id: string;
  readonly frameworkId: string;
  readonly agentId: string;
  readonly inverseOffer: InverseOffer;
}

/** An operation on an agent's resources, until its end has been told and taken note of. */
export interface OperationRecord {
  readonly uuid: string;
  readonly frameworkId: string | undefined;
  readonly agentId: string;
  readonly info: OfferOperation;
  /** The newest; `OPERATION_PENDING` while the agent is writing it down. */
  status: OperationStatus;
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
  suppressedRoles: Set<string>;
  /** Which agents it wants offers of (SUBSCRIBE, UPDATE_FRAMEWORK). */
  constraints: OfferConstraints;
  readonly filters: OfferFilters;
  readonly tasks: Map<string, TaskRecord>;
  /** Tasks of agents that stopped answering; at most `maxUnreachableTasksPerFramework`, oldest first. */
  readonly unreachableTasks: Map<string, TaskRecord>;
  /** At most `maxCompletedTasksPerFramework`, oldest first. */
  readonly completedTasks: TaskRecord[];
  readonly offers: Map<string, OfferRecord>;
  readonly inverseOffers: Map<string, InverseOfferRecord>;
  /** Operations with an id of the framework's, by that id. */
  readonly operations: Map<string, OperationRecord>;
  /** Used and offered, by role. */
  readonly allocated: Map<string, Map<string, number>>;
  /** How often it was given an offer, by role: the tie-break between equal shares, so that equals take turns. */
  readonly allocations: Map<string, number>;
}

/** `DrainInfo.state` and its configuration. */
export interface Drain {
  /** `DRAINED`: no task is left, and every end has been acknowledged. */
  state: 'DRAINING' | 'DRAINED';
  readonly maxGraceNanoseconds: number | undefined;
  readonly markGone: boolean;
  readonly startedAtMs: number;
}

export interface Agent {
  readonly id: string;
  readonly registration: AgentRegistration;
  readonly port: AgentPort;
  readonly registeredAtMs: number;
  readonly reregisteredAtMs: number | undefined;
  /** What it has, with its reservations and volumes. */
  total: Resources;
  used: Resources;
  offered: Resources;
  /** Tasks whose end has not been acknowledged, those that have ended included. */
  readonly tasks: Set<TaskRecord>;
  /** By framework and executor id. */
  readonly executors: Map<string, ExecutorRecord>;
  readonly offers: Map<string, OfferRecord>;
  /** Taken out of service by an operator (DEACTIVATE_AGENT, DRAIN_AGENT): nothing of it is offered. */
  deactivated: boolean;
  drain: Drain | undefined;
  readonly maintenance: AgentMaintenance;
}

/** The last answer of a framework to an inverse offer (`InverseOfferStatus`). */
export interface InverseOfferStatus {
  readonly status: 'ACCEPT' | 'DECLINE';
  readonly atMs: number;
}

/** What the maintenance schedule means for one agent. The maps are by framework id. */
export interface AgentMaintenance {
  /** Planned for its machine. */
  unavailability: Unavailability | undefined;
  /** Not answered yet. */
  readonly inverseOffers: Map<string, InverseOfferRecord>;
  /** No inverse offer is made before this time. */
  readonly restUntilMs: Map<string, number>;
  readonly statuses: Map<string, InverseOfferStatus>;
}

/** An agent that stopped answering; it may come back. */
export interface UnreachableAgent {
  readonly id: string;
  readonly hostname: string;
  readonly unreachableAtMs: number;
}

/** All the master knows; the views render it. */
export interface MasterState {
  readonly info: MasterInfo;
  readonly domain: DomainInfo | undefined;
  readonly startedAtMs: number;
  /** Since when it leads; undefined while another one, or none, does. */
  electedAtMs: number | undefined;
  readonly frameworks: Map<string, Framework>;
  /** The last `maxCompletedFrameworks`; their ids are burnt. */
  readonly completedFrameworks: Map<string, Framework>;
  readonly agents: Map<string, Agent>;
  /** Oldest first, at most `maxKnownGoneAgents`; so are the next two. */
  readonly unreachableAgents: Map<string, UnreachableAgent>;
  /** Ids of agents that an operator has given up (MARK_AGENT_GONE): they do not come back. */
  readonly goneAgents: Set<string>;
  /** Agents of machines that are DOWN, as they were: they come back when the machine is UP. */
  readonly downAgents: Map<string, Agent>;
  readonly machines: MachineBook;
  /** What all agents have together. */
  readonly total: Map<string, number>;
  readonly free: FreePool;
  readonly offers: Map<string, OfferRecord>;
  readonly inverseOffers: Map<string, InverseOfferRecord>;
  readonly operations: Map<string, OperationRecord>;
  /** Shares of the roles, and their weights. */
  readonly roles: RoleTree;
  readonly quotas: Quotas;
  /** Calls, updates and ends of tasks since the start, by their name in `/metrics/snapshot` without `master/`. */
  readonly counters: Map<string, number>;
}

/** The defaults of `--max_completed_frameworks` and its relatives. */
export const maxCompletedFrameworks = 50;
export const maxCompletedTasksPerFramework = 1000;
export const maxUnreachableTasksPerFramework = 1000;
/** Frameworks that may be known at once, connected or not: each costs memory until its failover timeout is over. */
export const maxFrameworks = 1000;
/** Agents remembered after they are gone. */
export const maxKnownGoneAgents = 10_000;
/** Operations of one framework that wait for an acknowledgement; beyond that the oldest is forgotten. */
export const maxOperationsPerFramework = 1000;

/** The key of an executor on its agent. */
export const executorKey = (frameworkId: string, executorId: string): string => `${frameworkId}\n${executorId}`;
