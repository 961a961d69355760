import type { Range } from '../../mesos/types.js';
import type { Standing } from './standing.js';

/** The cluster as far as names depend on it, whatever it was learnt from. */
export interface View {
  readonly agents: ReadonlyMap<string, ViewAgent>;
  readonly frameworks: ReadonlyMap<string, ViewFramework>;
  /** By `taskKey`. */
  readonly tasks: ReadonlyMap<TaskKey, ViewTask>;
  readonly leader: HostPort | undefined;
  /** Addresses of those hosts that are given by name, as the system resolver knew them last. */
  readonly hostAddresses: ReadonlyMap<string, readonly string[]>;
  /** What the scheduler says of tasks that it would not send anything to, by task id; absent: nobody says anything. */
  readonly standings?: ReadonlyMap<string, Exclude<Standing, 'in'>>;
}

export interface HostPort {
  readonly host: string;
  readonly port: number;
}

export interface ViewAgent {
  readonly id: string;
  /** From the agent's pid (`slave(1)@host:port`). */
  readonly address: HostPort;
  /** As the agent calls itself; absent when it is not told. */
  readonly hostname?: string;
}

export interface ViewFramework {
  readonly id: string;
  readonly name: string;
  /** Of the scheduler driver; frameworks of the v1 HTTP API have none. */
  readonly pid: HostPort | undefined;
  readonly hostname: string | undefined;
}

export interface ViewPort {
  readonly number: number;
  readonly name: string;
  readonly protocol: string;
  /** It is a port of the agent, whatever addresses the task has (its label `network-scope` is `host`). */
  readonly isOfHost: boolean;
}

/** Where a container's addresses can be read from; Mesos-DNS' `IPSources`. */
export const ipSources = ['netinfo', 'docker', 'mesos', 'host'] as const;
export type IpSource = (typeof ipSources)[number];

/** The addresses in the newest TASK_RUNNING status, as text that may be anything. */
export type ContainerAddresses = Readonly<Record<Exclude<IpSource, 'host'>, readonly string[]>>;

export interface ViewTask {
  readonly id: string;
  readonly frameworkId: string;
  readonly agentId: string;
  readonly name: string;
  /** The task's newest state is TASK_RUNNING. */
  readonly running: boolean;
  /** Its newest state in Mesos' words (`TASK_STAGING`); empty when none was told. */
  readonly state: string;
  /** Host ports of the task's resources: sorted, not overlapping. */
  readonly ports: readonly Range[];
  /** `name` is empty when DiscoveryInfo has none; its ports do not count then. */
  readonly discovery: { readonly name: string; readonly ports: readonly ViewPort[] };
  readonly addresses: ContainerAddresses;
  /** It is in a bridge of its agent: from elsewhere its own address leads to nobody. */
  readonly isBridged: boolean;
  /** Of the status that `addresses` and `unhealthy` come from, in seconds since 1970; -1 before there is one. */
  readonly addressesAt: number;
  /** The newest TASK_RUNNING status says `healthy: false`. */
  readonly unhealthy?: true;
}

/** A framework may use a task id again, and even have the same one on two agents. */
export type TaskKey = string & { readonly taskKey: never };
export function taskKey(task: Pick<ViewTask, 'frameworkId' | 'agentId' | 'id'>): TaskKey {
  return `${task.frameworkId}\n${task.agentId}\n${task.id}` as TaskKey;
}

/** Who a record belongs to: when the owner changes, its records are replaced as a whole. */
export type Owner =
  `agent ${string}` | `framework ${string}` | `task ${TaskKey}` | typeof mastersOwner | typeof nameServerOwner;

export const mastersOwner = 'masters';
export const nameServerOwner = 'name-server';
export function agentOwner(id: string): Owner {
  return `agent ${id}`;
}
export function frameworkOwner(id: string): Owner {
  return `framework ${id}`;
}
export function taskOwner(key: TaskKey): Owner {
  return `task ${key}`;
}
