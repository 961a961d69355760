/**
 * Messages of the Mesos v1 HTTP APIs as JSON (mesos/v1/mesos.proto, scheduler.proto, master.proto), as far as Ekiden speaks
 * them. Unknown fields are ignored; durations in nanoseconds are JSON numbers; bytes are base64.
 */

export interface Value {
  readonly value: string;
}

export type TaskState =
  | 'TASK_STAGING'
  | 'TASK_STARTING'
  | 'TASK_RUNNING'
  | 'TASK_KILLING'
  | 'TASK_FINISHED'
  | 'TASK_FAILED'
  | 'TASK_KILLED'
  | 'TASK_ERROR'
  | 'TASK_LOST'
  | 'TASK_DROPPED'
  | 'TASK_UNREACHABLE'
  | 'TASK_GONE'
  | 'TASK_GONE_BY_OPERATOR'
  | 'TASK_UNKNOWN';

const terminal: ReadonlySet<string> = new Set<TaskState>([
  'TASK_FINISHED',
  'TASK_FAILED',
  'TASK_KILLED',
  'TASK_ERROR',
  'TASK_LOST',
  'TASK_DROPPED',
  'TASK_GONE',
  'TASK_GONE_BY_OPERATOR',
]);

/** Whether a task in this state has ended for good. */
export function isTerminal(state: TaskState): boolean {
  return terminal.has(state);
}

export interface Range {
  readonly begin: number;
  readonly end: number;
}

export interface ResourceReservation {
  /** `STATIC` or `DYNAMIC`. */
  readonly type?: string;
  readonly role?: string;
  readonly principal?: string;
  readonly labels?: Labels;
}

/** What a disk resource is made of, when it is not simply space of the agent's root disk. */
export interface DiskInfo {
  /** Present = a persistent volume. */
  readonly persistence?: { readonly id: string; readonly principal?: string };
  readonly volume?: { readonly container_path: string; readonly host_path?: string; readonly mode?: string };
  readonly source?: {
    /** `PATH`, `MOUNT`, `BLOCK` or `RAW`. */
    readonly type?: string;
    readonly path?: { readonly root?: string };
    readonly mount?: { readonly root?: string };
    readonly profile?: string;
  };
}

export interface Resource {
  readonly name: string;
  readonly type: 'SCALAR' | 'RANGES' | 'SET';
  readonly scalar?: { readonly value: number };
  readonly ranges?: { readonly range: readonly Range[] };
  readonly set?: { readonly item: readonly string[] };
  /** Present only towards frameworks without RESERVATION_REFINEMENT and in some operator answers. */
  readonly role?: string;
  readonly allocation_info?: { readonly role: string };
  /** The form before RESERVATION_REFINEMENT: present on a resource with `role` = that role reserves it dynamically. */
  readonly reservation?: { readonly principal?: string; readonly labels?: Labels };
  /** A stack: the last one names the role that holds the resource now. Absent or empty = unreserved. */
  readonly reservations?: readonly ResourceReservation[];
  /** Persistent volume, host volume or a disk of its own; absent for the agent's root disk. */
  readonly disk?: DiskInfo;
  /** Present = may be taken back at any time. */
  readonly revocable?: object;
  /** Present = may be used by several tasks at once. */
  readonly shared?: object;
  /** Present = given by a resource provider, not by the agent itself. */
  readonly provider_id?: Value;
}

export interface Attribute {
  readonly name: string;
  readonly type: 'SCALAR' | 'RANGES' | 'TEXT' | 'SET';
  readonly scalar?: { readonly value: number };
  readonly ranges?: { readonly range: readonly Range[] };
  readonly text?: { readonly value: string };
  readonly set?: { readonly item: readonly string[] };
}

export interface Label {
  readonly key: string;
  readonly value?: string;
}
export interface Labels {
  readonly labels: readonly Label[];
}

export interface CommandUri {
  readonly value: string;
  readonly extract?: boolean;
  readonly executable?: boolean;
  readonly cache?: boolean;
  readonly output_file?: string;
}

/** A value that is told (`value`), or found under a name where the agent looks for secrets. */
export interface Secret {
  /** `REFERENCE` or `VALUE`. */
  readonly type?: string;
  readonly reference?: { readonly name: string; readonly key?: string };
  /** Base64. */
  readonly value?: { readonly data: string };
}

export interface EnvironmentVariable {
  readonly name: string;
  readonly value?: string;
  /** Of type `SECRET`. */
  readonly secret?: Secret;
  readonly type?: 'VALUE' | 'SECRET' | 'UNKNOWN';
}

export interface CommandInfo {
  /** Default true: `value` runs as `/bin/sh -c value`; false: `value` is the program, `arguments` its whole argv. */
  readonly shell?: boolean;
  readonly value?: string;
  readonly arguments?: readonly string[];
  readonly user?: string;
  readonly uris?: readonly CommandUri[];
  readonly environment?: { readonly variables: readonly EnvironmentVariable[] };
}

export interface DiscoveryPort {
  readonly number: number;
  readonly name?: string;
  readonly protocol?: string;
  readonly visibility?: string;
  readonly labels?: Labels;
}

export interface DiscoveryInfo {
  readonly visibility: 'FRAMEWORK' | 'CLUSTER' | 'EXTERNAL';
  readonly name?: string;
  readonly environment?: string;
  readonly location?: string;
  readonly version?: string;
  readonly ports?: { readonly ports: readonly DiscoveryPort[] };
  readonly labels?: Labels;
}

export interface KillPolicy {
  readonly grace_period?: { readonly nanoseconds: number };
}

/** What runs the tasks of a group; of type `DEFAULT` it is the agent's own. */
export interface ExecutorInfo {
  readonly type?: string;
  readonly executor_id: Value;
  readonly framework_id?: Value;
  readonly name?: string;
  readonly source?: string;
  readonly command?: CommandInfo;
  readonly container?: object;
  readonly resources?: readonly Resource[];
  readonly labels?: Labels;
  readonly shutdown_grace_period?: { readonly nanoseconds: number };
}

export interface TaskInfo {
  readonly name: string;
  readonly task_id: Value;
  readonly agent_id: Value;
  readonly resources: readonly Resource[];
  readonly executor?: ExecutorInfo;
  readonly command?: CommandInfo;
  readonly container?: object;
  readonly health_check?: object;
  readonly check?: object;
  /** What it may use beyond its resources (since Mesos 1.10); infinity is written as a word. */
  readonly limits?: Readonly<Record<string, { readonly value: number | 'Infinity' }>>;
  readonly kill_policy?: KillPolicy;
  readonly labels?: Labels;
  readonly discovery?: DiscoveryInfo;
  readonly data?: string;
}

export interface NetworkInfo {
  readonly ip_addresses?: readonly { readonly protocol?: 'IPv4' | 'IPv6'; readonly ip_address?: string }[];
  readonly name?: string;
  readonly labels?: Labels;
}

export interface ContainerStatus {
  readonly container_id?: { readonly value: string; readonly parent?: Value };
  readonly network_infos?: readonly NetworkInfo[];
  readonly executor_pid?: number;
}

/** What a check of a task said last; the member of its kind is empty before the first result. */
export interface CheckStatusInfo {
  /** `COMMAND`, `HTTP` or `TCP`. */
  readonly type?: string;
  readonly command?: { readonly exit_code?: number };
  readonly http?: { readonly status_code?: number };
  readonly tcp?: { readonly succeeded?: boolean };
}

export interface TaskStatus {
  readonly task_id: Value;
  readonly state: TaskState;
  readonly message?: string;
  readonly source?: 'SOURCE_MASTER' | 'SOURCE_AGENT' | 'SOURCE_EXECUTOR';
  readonly reason?: string;
  readonly agent_id?: Value;
  readonly executor_id?: Value;
  /** Seconds since 1970, with fractions. */
  readonly timestamp?: number;
  /** Base64 of 16 bytes; absent = must not be acknowledged. */
  readonly uuid?: string;
  readonly healthy?: boolean;
  readonly labels?: Labels;
  readonly container_status?: ContainerStatus;
  readonly unreachable_time?: { readonly nanoseconds: number };
  readonly check_status?: CheckStatusInfo;
}

export interface FrameworkInfo {
  readonly user: string;
  readonly name: string;
  readonly id?: Value;
  readonly failover_timeout?: number;
  readonly checkpoint?: boolean;
  readonly hostname?: string;
  readonly principal?: string;
  readonly webui_url?: string;
  readonly role?: string;
  readonly roles?: readonly string[];
  readonly capabilities?: readonly { readonly type: string }[];
  readonly labels?: Labels;
}

export interface MasterInfo {
  readonly id: string;
  readonly ip: number;
  readonly port: number;
  readonly pid?: string;
  readonly hostname?: string;
  readonly version?: string;
  readonly address?: { readonly hostname?: string; readonly ip?: string; readonly port: number };
  readonly capabilities?: readonly { readonly type: string }[];
  readonly domain?: DomainInfo;
}

export interface DomainInfo {
  readonly fault_domain?: { readonly region: { readonly name: string }; readonly zone: { readonly name: string } };
}

/** When a machine is planned to be away; without `duration` for good. */
export interface Unavailability {
  readonly start: { readonly nanoseconds: number };
  readonly duration?: { readonly nanoseconds: number };
}

export interface Offer {
  readonly id: Value;
  readonly framework_id: Value;
  readonly agent_id: Value;
  readonly hostname: string;
  readonly url?: { readonly scheme: string; readonly address: object; readonly path?: string };
  readonly resources: readonly Resource[];
  readonly attributes?: readonly Attribute[];
  readonly allocation_info?: { readonly role: string };
  readonly executor_ids?: readonly Value[];
  readonly domain?: DomainInfo;
  readonly unavailability?: Unavailability;
}

/** Asks a framework to give an agent's resources back before the agent becomes unavailable. */
export interface InverseOffer {
  readonly id: Value;
  readonly url?: { readonly scheme: string; readonly address: object; readonly path?: string };
  readonly framework_id: Value;
  readonly agent_id?: Value;
  readonly unavailability: Unavailability;
}

export type OperationState =
  | 'OPERATION_PENDING'
  | 'OPERATION_FINISHED'
  | 'OPERATION_FAILED'
  | 'OPERATION_ERROR'
  | 'OPERATION_DROPPED'
  | 'OPERATION_UNREACHABLE'
  | 'OPERATION_GONE_BY_OPERATOR'
  | 'OPERATION_UNKNOWN';

export interface OperationStatus {
  readonly operation_id?: Value;
  readonly state: OperationState;
  readonly message?: string;
  readonly converted_resources?: readonly Resource[];
  /** Absent = must not be acknowledged. Unlike that of a task's status, it is an object. */
  readonly uuid?: Value;
  readonly agent_id?: Value;
}

/** Events of `POST /api/v1/scheduler` SUBSCRIBE. Events of other types must be ignored. */
export type SchedulerEvent =
  | {
      readonly type: 'SUBSCRIBED';
      readonly subscribed: {
        readonly framework_id: Value;
        readonly heartbeat_interval_seconds?: number;
        readonly master_info?: MasterInfo;
      };
    }
  | { readonly type: 'HEARTBEAT' }
  | { readonly type: 'OFFERS'; readonly offers: { readonly offers: readonly Offer[] } }
  | {
      readonly type: 'INVERSE_OFFERS';
      readonly inverse_offers: { readonly inverse_offers: readonly InverseOffer[] };
    }
  | { readonly type: 'RESCIND'; readonly rescind: { readonly offer_id: Value } }
  | {
      readonly type: 'RESCIND_INVERSE_OFFER';
      readonly rescind_inverse_offer: { readonly inverse_offer_id: Value };
    }
  | { readonly type: 'UPDATE'; readonly update: { readonly status: TaskStatus } }
  | { readonly type: 'UPDATE_OPERATION_STATUS'; readonly update_operation_status: { readonly status: OperationStatus } }
  | {
      readonly type: 'MESSAGE';
      readonly message: { readonly agent_id: Value; readonly executor_id: Value; readonly data: string };
    }
  | {
      readonly type: 'FAILURE';
      readonly failure: { readonly agent_id?: Value; readonly executor_id?: Value; readonly status?: number };
    }
  | { readonly type: 'ERROR'; readonly error: { readonly message: string } };

export interface Filters {
  /** Default 5 seconds. */
  readonly refuse_seconds?: number;
}

export interface OfferOperation {
  readonly type: string;
  /** Present = the framework wants to be told what became of it (UPDATE_OPERATION_STATUS). */
  readonly id?: Value;
  readonly launch?: { readonly task_infos: readonly TaskInfo[] };
  readonly launch_group?: {
    readonly executor: ExecutorInfo;
    readonly task_group: { readonly tasks: readonly TaskInfo[] };
  };
  /** `source`: the resources as they are now, when that is not just without their last reservation. */
  readonly reserve?: { readonly source?: readonly Resource[]; readonly resources: readonly Resource[] };
  readonly unreserve?: { readonly resources: readonly Resource[] };
  readonly create?: { readonly volumes: readonly Resource[] };
  readonly destroy?: { readonly volumes: readonly Resource[] };
}

/** Calls of the v1 scheduler API that follow SUBSCRIBE; the client adds `framework_id`. */
export type SchedulerCall =
  | {
      readonly type: 'ACCEPT';
      readonly accept: {
        readonly offer_ids: readonly Value[];
        readonly operations: readonly OfferOperation[];
        readonly filters?: Filters;
      };
    }
  | { readonly type: 'DECLINE'; readonly decline: { readonly offer_ids: readonly Value[]; readonly filters?: Filters } }
  | { readonly type: 'REVIVE'; readonly revive?: { readonly roles?: readonly string[] } }
  | { readonly type: 'SUPPRESS'; readonly suppress?: { readonly roles?: readonly string[] } }
  | {
      readonly type: 'KILL';
      readonly kill: { readonly task_id: Value; readonly agent_id?: Value; readonly kill_policy?: KillPolicy };
    }
  | {
      readonly type: 'ACKNOWLEDGE';
      readonly acknowledge: { readonly agent_id: Value; readonly task_id: Value; readonly uuid: string };
    }
  | {
      readonly type: 'RECONCILE';
      readonly reconcile: { readonly tasks: readonly { readonly task_id: Value; readonly agent_id?: Value }[] };
    }
  | {
      readonly type: 'ACCEPT_INVERSE_OFFERS';
      readonly accept_inverse_offers: { readonly inverse_offer_ids: readonly Value[]; readonly filters?: Filters };
    }
  | {
      readonly type: 'DECLINE_INVERSE_OFFERS';
      readonly decline_inverse_offers: { readonly inverse_offer_ids: readonly Value[]; readonly filters?: Filters };
    }
  | {
      readonly type: 'ACKNOWLEDGE_OPERATION_STATUS';
      readonly acknowledge_operation_status: {
        readonly uuid: string;
        readonly operation_id: Value;
        readonly agent_id?: Value;
      };
    }
  | {
      readonly type: 'RECONCILE_OPERATIONS';
      readonly reconcile_operations: {
        readonly operations: readonly { readonly operation_id: Value; readonly agent_id?: Value }[];
      };
    }
  | { readonly type: 'SHUTDOWN'; readonly shutdown: { readonly executor_id: Value; readonly agent_id: Value } }
  | {
      readonly type: 'UPDATE_FRAMEWORK';
      readonly update_framework: {
        readonly framework_info: FrameworkInfo;
        readonly suppressed_roles?: readonly string[];
        readonly offer_constraints?: object;
      };
    }
  | { readonly type: 'TEARDOWN' };

/** A task as the operator API shows it (mesos.v1.Task). */
export interface Task {
  readonly name: string;
  readonly task_id: Value;
  readonly framework_id: Value;
  readonly executor_id?: Value;
  readonly agent_id: Value;
  readonly state: TaskState;
  readonly resources: readonly Resource[];
  readonly statuses?: readonly TaskStatus[];
  readonly status_update_state?: TaskState;
  readonly status_update_uuid?: string;
  readonly labels?: Labels;
  readonly discovery?: DiscoveryInfo;
  readonly container?: object;
  readonly health_check?: object;
  readonly user?: string;
}

/** A framework as the operator API shows it (mesos.v1.master.Response.GetFrameworks.Framework). */
export interface OperatorFramework {
  readonly framework_info: FrameworkInfo;
  readonly active: boolean;
  readonly connected: boolean;
  readonly recovered: boolean;
  readonly registered_time?: { readonly nanoseconds: number };
  readonly reregistered_time?: { readonly nanoseconds: number };
  readonly unregistered_time?: { readonly nanoseconds: number };
}

export interface AgentInfo {
  readonly hostname: string;
  readonly port?: number;
  readonly id?: Value;
  readonly resources?: readonly Resource[];
  readonly attributes?: readonly Attribute[];
  readonly domain?: DomainInfo;
}

/** An agent as the operator API shows it (mesos.v1.master.Response.GetAgents.Agent). */
export interface OperatorAgent {
  readonly agent_info: AgentInfo;
  readonly active: boolean;
  readonly deactivated?: boolean;
  readonly version: string;
  /** `slave(1)@ip:port` */
  readonly pid?: string;
  readonly registered_time?: { readonly nanoseconds: number };
  readonly reregistered_time?: { readonly nanoseconds: number };
  readonly total_resources?: readonly Resource[];
  readonly allocated_resources?: readonly Resource[];
  readonly offered_resources?: readonly Resource[];
  readonly capabilities?: readonly { readonly type: string }[];
  /** Present while it drains or has drained (DRAIN_AGENT). */
  readonly drain_info?: object;
  readonly estimated_drain_start_time?: { readonly nanoseconds: number };
}

/** The whole truth of a master: `GET_STATE`, and the first event of the operator SUBSCRIBE. */
export interface OperatorState {
  readonly get_tasks?: {
    readonly pending_tasks?: readonly Task[];
    readonly tasks?: readonly Task[];
    readonly unreachable_tasks?: readonly Task[];
    readonly completed_tasks?: readonly Task[];
    readonly orphan_tasks?: readonly Task[];
  };
  readonly get_executors?: { readonly executors?: readonly object[] };
  readonly get_frameworks?: {
    readonly frameworks?: readonly OperatorFramework[];
    readonly completed_frameworks?: readonly OperatorFramework[];
    readonly recovered_frameworks?: readonly Value[];
  };
  readonly get_agents?: {
    readonly agents?: readonly OperatorAgent[];
    readonly recovered_agents?: readonly AgentInfo[];
  };
}

/** Events of `POST /api/v1` SUBSCRIBE. Events of other types must be ignored. */
export type OperatorEvent =
  | {
      readonly type: 'SUBSCRIBED';
      readonly subscribed: { readonly get_state?: OperatorState; readonly heartbeat_interval_seconds?: number };
    }
  | { readonly type: 'HEARTBEAT' }
  | { readonly type: 'TASK_ADDED'; readonly task_added: { readonly task: Task } }
  | {
      readonly type: 'TASK_UPDATED';
      readonly task_updated: {
        readonly framework_id: Value;
        readonly status: TaskStatus;
        /** The newest state of the task; `status` is the (possibly older) update being delivered. */
        readonly state: TaskState;
      };
    }
  | { readonly type: 'FRAMEWORK_ADDED'; readonly framework_added: { readonly framework: OperatorFramework } }
  | { readonly type: 'FRAMEWORK_UPDATED'; readonly framework_updated: { readonly framework: OperatorFramework } }
  | { readonly type: 'FRAMEWORK_REMOVED'; readonly framework_removed: { readonly framework_info: FrameworkInfo } }
  | { readonly type: 'AGENT_ADDED'; readonly agent_added: { readonly agent: OperatorAgent } }
  | { readonly type: 'AGENT_REMOVED'; readonly agent_removed: { readonly agent_id: Value } };
