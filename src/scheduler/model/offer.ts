import type { ResourceLimits } from './app-definition.js';
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

/**
 * Resources that are reserved dynamically for an instance, with the volumes on them: all that an offer has of them. Frameworks say by
 * labels whose they are (`marathon_framework_id`, `marathon_task_id`).
 */
export interface OfferedReservation {
  readonly frameworkId: string;
  readonly instanceId: string;
  readonly role: string;
  readonly persistenceIds: readonly string[];
  /** Its resources in Mesos' form. Operations must name them exactly as they were offered; only the adapter looks inside. */
  readonly resources: readonly object[];
}

/** A disk beside the agent's root file system, unreserved. One of type `mount` is given away as a whole. */
export interface OfferedDisk {
  readonly type: 'path' | 'mount';
  /** The directory that it is mounted on. */
  readonly root?: string;
  readonly profileName?: string;
  readonly sizeMib: number;
  /** In Mesos' form, as OfferedReservation has its own. */
  readonly resource: object;
}

/** A resource offer, as far as placing needs it. The adapter translates from and to Mesos' message. */
export interface Offer {
  readonly id: string;
  readonly agentId: string;
  readonly hostname: string;
  /** The framework's role that the offer was made to. */
  readonly allocationRole: string;
  readonly resources: readonly RoleResources[];
  /** Absent: none. */
  readonly reservations?: readonly OfferedReservation[];
  /** Absent: none. */
  readonly disks?: readonly OfferedDisk[];
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

/** A volume to be created: on the agent's root disk, or on a disk of its own. */
export interface NewVolume {
  readonly persistenceId: string;
  /** Relative to the sandbox. */
  readonly containerPath: string;
  readonly sizeMib: number;
  readonly disk?: OfferedDisk;
}

/** What is to be reserved for an instance, of unreserved resources, with the volumes to be created on it. */
export interface NewReservation {
  readonly frameworkId: string;
  readonly instanceId: string;
  readonly role: string;
  readonly cpus: number;
  readonly memMib: number;
  /** Without the volumes. */
  readonly diskMib: number;
  readonly gpus: number;
  readonly volumes: readonly NewVolume[];
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

/** A volume of a storage system (marathon.md §12): by a volume driver of Docker's, or by a CSI plugin. */
export type LaunchedExternalVolume = {
  readonly containerPath: string;
  readonly mode: 'RO' | 'RW';
} & (
  | {
      readonly provider: 'dvdi';
      readonly name: string;
      readonly driver: string;
      readonly driverOptions: Readonly<Record<string, string>>;
    }
  | {
      readonly provider: 'csi';
      readonly volumeId: string;
      readonly plugin: string;
      /** `accessMode` in CSI's words. */
      readonly capability:
        | { readonly type: 'block'; readonly accessMode: string }
        | {
            readonly type: 'mount';
            readonly accessMode: string;
            readonly fsType?: string;
            readonly mountFlags: readonly string[];
          };
      /** Where the secrets are, by the names by which the plugin knows them. */
      readonly nodeStageSecrets: Readonly<Record<string, string>>;
      readonly nodePublishSecrets: Readonly<Record<string, string>>;
      readonly context: Readonly<Record<string, string>>;
    }
);

/** A container to be started, as either containerizer can do it. */
export interface ContainerLaunch {
  readonly type: 'DOCKER' | 'MESOS';
  readonly image?: {
    readonly name: string;
    readonly forcePull: boolean;
    readonly privileged: boolean;
    readonly parameters: readonly { readonly key: string; readonly value: string }[];
    /** Where the secret is that holds Docker's configuration file for pulling the image. */
    readonly pullSecret?: string;
  };
  readonly externalVolumes?: readonly LaunchedExternalVolume[];
  /** Files that hold a secret: `secret` is where it is. */
  readonly secretVolumes?: readonly { readonly containerPath: string; readonly secret: string }[];
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

/** An executor that is started for one task: a program in the sandbox, which is given the task's command line. */
export interface CustomExecutor {
  readonly executorId: string;
  readonly path: string;
  /** What it takes beside the task. */
  readonly resources: TaskResources;
}

/** A task to be started, complete: the adapter only translates it. */
export interface TaskLaunch {
  readonly taskId: string;
  /** Mesos task name: the app id's hostname form. */
  readonly name: string;
  readonly agentId: string;
  readonly resources: TaskResources;
  /** What is reserved for its instance is taken beside `resources`, as a whole. */
  readonly reserved?: OfferedReservation;
  readonly command:
    { readonly shell: true; readonly value: string } | { readonly shell: false; readonly argv: readonly string[] };
  readonly user?: string;
  readonly env: Readonly<Record<string, string>>;
  /** Where the secrets are that variables get the value of, by the names of the variables. */
  readonly secretEnv?: Readonly<Record<string, string>>;
  /** Undefined: the command executor of Mesos. */
  readonly executor?: CustomExecutor;
  /** What it may use beyond what it takes. */
  readonly limits?: ResourceLimits;
  readonly tty?: boolean;
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

/** What a container of a pod is started in, by Mesos' own containerizer; its network is the executor's. */
export interface NestedContainerLaunch {
  /** Without one it is a process of the agent. */
  readonly image?: {
    readonly name: string;
    readonly forcePull?: boolean;
    /** Where the secret is that the image is pulled with. */
    readonly pullSecret?: string;
  };
  readonly volumes: readonly {
    readonly containerPath: string;
    readonly mode: 'RO' | 'RW';
    /** A directory of the agent (a relative path: of the container's sandbox), or one of the executor's sandbox, which all containers of the pod see. */
    readonly source: { readonly type: 'HOST' | 'EXECUTOR_SANDBOX'; readonly path: string };
  }[];
  /** Files that hold secrets, with where those are. */
  readonly secretVolumes: readonly { readonly containerPath: string; readonly secret: string }[];
  readonly linuxInfo?: LinuxInfo;
  /** Whether it shares the executor's cgroups: then the limits of one container are those of all. */
  readonly sharesCgroups: boolean;
}

/** One container of a pod to be started. Its `command` without `argv` is what the image does by itself. */
export interface ContainerTaskLaunch extends Omit<TaskLaunch, 'container'> {
  readonly container: NestedContainerLaunch;
  /** `argv` is given to the image's entry point, rather than being the whole command line. */
  readonly keepsEntryPoint: boolean;
}

/** What of a reservation one of those takes who use it together. */
export interface ReservedShare {
  readonly cpus: number;
  readonly memMib: number;
  readonly diskMib: number;
  readonly gpus: number;
}

/** Tasks that are started together, or not at all, in one executor of Mesos' default kind; complete, too. */
export interface GroupLaunch {
  readonly executorId: string;
  readonly frameworkId: string;
  readonly agentId: string;
  /** What the executor takes; the ports of all its tasks are in it. */
  readonly resources: TaskResources;
  readonly labels: Readonly<Record<string, string>>;
  /** None: the network of the agent. */
  readonly networks: readonly LaunchedNetwork[];
  readonly linuxInfo?: LinuxInfo;
  /** At least one. */
  readonly tasks: readonly ContainerTaskLaunch[];
  /** What is reserved for the instance is taken beside `resources`: first the executor's share, with the volumes, then those of the tasks. */
  readonly reserved?: { readonly offered: OfferedReservation; readonly shares: readonly ReservedShare[] };
}

/**
 * What is done with an offer. The operations of one ACCEPT are carried out in their order; if one fails, none after it is. Resources are
 * reserved before volumes are created on them, and given back after those were destroyed.
 */
export type OfferOperation =
  | { readonly type: 'launch'; readonly task: TaskLaunch }
  | { readonly type: 'launchGroup'; readonly group: GroupLaunch }
  | { readonly type: 'reserve' | 'create'; readonly reservation: NewReservation }
  | { readonly type: 'destroy' | 'unreserve'; readonly reservation: OfferedReservation };
