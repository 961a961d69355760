import type { LinuxInfo } from './container.js';

/** A range of ports, both ends included. */
export interface PortRange {
  readonly begin: number;
  readonly end: number;
}

export type AttributeValue =
  | { readonly type: 'TEXT'; readonly value: string }
  | { readonly type: 'SCALAR'; readonly value: number }
  | { readonly type: 'RANGES'; readonly value: readonly PortRange[] };

/** Unreserved or statically reserved resources of one role in an offer. */
export interface RoleResources {
  /** `*` for unreserved. */
  readonly role: string;
  readonly cpus: number;
  readonly memMib: number;
  readonly diskMib: number;
  readonly gpus: number;
  readonly ports: readonly PortRange[];
}

/** A resource offer, as far as placing needs it. The adapter translates from and to Mesos' message. */
export interface Offer {
  readonly id: string;
  readonly agentId: string;
  readonly hostname: string;
  /** The framework's role that the offer was made to. */
  readonly allocationRole: string;
  readonly resources: readonly RoleResources[];
  readonly attributes: Readonly<Record<string, AttributeValue>>;
  readonly region?: string;
  readonly zone?: string;
  /** Planned maintenance of the agent; without a duration it has no end. */
  readonly unavailability?: { readonly startMs: number; readonly durationMs?: number };
}

/** What one task takes from an offer. */
export interface TaskResources {
  /** The role that each resource is taken from; parts of different roles are separate entries. */
  readonly parts: readonly RoleResources[];
}

/** A host port that leads into a container, for one protocol. */
export interface LaunchedPort {
  readonly hostPort: number;
  readonly containerPort: number;
  /** `tcp` or `udp`. */
  readonly protocol: string;
}

/** A network that a container joins, and the host ports that lead into it there. */
export interface LaunchedNetwork {
  readonly mode: 'named' | 'bridge';
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly ports: readonly LaunchedPort[];
}

/** A container to be started, as either containerizer can do it. */
export interface ContainerLaunch {
  readonly type: 'DOCKER' | 'MESOS';
  readonly image?: {
    readonly name: string;
    readonly forcePull: boolean;
    readonly privileged: boolean;
    readonly parameters: readonly { readonly key: string; readonly value: string }[];
  };
  readonly volumes: readonly {
    readonly containerPath: string;
    readonly hostPath: string;
    readonly mode: 'RO' | 'RW';
  }[];
  /** None: the network of the agent. */
  readonly networks: readonly LaunchedNetwork[];
  readonly linuxInfo?: LinuxInfo;
}

/** What an executor asks of a task: a command that ends with 0, an answer of 200 to 399, a connection. Ports are those that the process listens on. */
export type Probe =
  | {
      readonly type: 'COMMAND';
      readonly command:
        { readonly shell: true; readonly value: string } | { readonly shell: false; readonly argv: readonly string[] };
    }
  | {
      readonly type: 'HTTP';
      readonly scheme: 'http' | 'https';
      readonly port: number;
      readonly path?: string;
      readonly ipProtocol?: 'IPv4' | 'IPv6';
    }
  | { readonly type: 'TCP'; readonly port: number; readonly ipProtocol?: 'IPv4' | 'IPv6' };

/** A check that the executor runs and reports; it never ends a task (marathon.md §13.3). */
export interface LaunchedCheck {
  readonly probe: Probe;
  readonly intervalSeconds: number;
  readonly timeoutSeconds: number;
  readonly delaySeconds: number;
}

/** A health check that the executor runs; it ends the task after too many failures in a row (marathon.md §13.1). */
export interface LaunchedHealthCheck extends LaunchedCheck {
  readonly gracePeriodSeconds: number;
  /** 0 = never kill. */
  readonly maxConsecutiveFailures: number;
}

/** A task to be started, complete: the adapter only translates it. */
export interface TaskLaunch {
  readonly taskId: string;
  /** Mesos task name: the app id's hostname form. */
  readonly name: string;
  readonly agentId: string;
  readonly resources: TaskResources;
  readonly command:
    { readonly shell: true; readonly value: string } | { readonly shell: false; readonly argv: readonly string[] };
  readonly user?: string;
  readonly env: Readonly<Record<string, string>>;
  readonly fetch: readonly {
    readonly uri: string;
    readonly extract: boolean;
    readonly executable: boolean;
    readonly cache: boolean;
    readonly destPath?: string;
  }[];
  readonly labels: Readonly<Record<string, string>>;
  readonly discovery: {
    readonly name: string;
    readonly ports: readonly {
      readonly number: number;
      readonly name?: string;
      readonly protocol: string;
      readonly labels: Readonly<Record<string, string>>;
    }[];
  };
  readonly killGracePeriodSeconds?: number;
  readonly container?: ContainerLaunch;
  readonly healthCheck?: LaunchedHealthCheck;
  readonly check?: LaunchedCheck;
}

/** What is done with an offer. The operations of one ACCEPT are carried out in their order; if one fails, none after it is. */
export type OfferOperation = { readonly type: 'launch'; readonly task: TaskLaunch };
