import type { PathId } from '../../common/path-id.js';
import type { FetchUri, Timestamp, UpgradeStrategy, VersionInfo } from './app-definition.js';

type Texts = Readonly<Record<string, string>>;

/** Variables by name; a `secret` is the name of one of the pod's secrets, whose value the variable gets. */
export type PodEnvironment = Readonly<Record<string, string | { readonly secret: string }>>;

/** A command line for a shell, or an argument vector. */
export type PodCommand = { readonly shell: string } | { readonly argv: readonly string[] };

export interface PodResources {
  readonly cpus: number;
  readonly memMib: number;
  readonly diskMib: number;
  readonly gpus: number;
}

/** What a container may use beyond what it asked for; `unlimited` = as much as there is. */
export interface PodResourceLimits {
  readonly cpus?: number | 'unlimited';
  readonly memMib?: number | 'unlimited';
}

/** A port of a container, known by its name all over the pod. */
export interface PodEndpoint {
  readonly name: string;
  /** Where the process listens in a container network or bridge; absent with host networking. */
  readonly containerPort?: number;
  /** On the agent; 0 = any that is offered, absent = none (container networks only). */
  readonly hostPort?: number;
  /** `tcp`, `udp` or anything that means something to those who discover the port (`http`); one port of DiscoveryInfo for each. */
  readonly protocol: readonly string[];
  readonly labels: Texts;
  /** The container networks that the host port leads to; empty = the only one. */
  readonly networkNames: readonly string[];
}

export interface PodImage {
  readonly kind: 'DOCKER';
  readonly id: string;
  readonly forcePull?: boolean;
  /** Name of the secret that holds Docker's configuration file. */
  readonly pullConfig?: { readonly secret: string };
  readonly labels: Texts;
}

/** What a check does; of the endpoints of its own container. The host port is asked with host networking, else the container port. */
export interface PodProbe {
  readonly http?: { readonly endpoint: string; readonly path?: string; readonly scheme: 'HTTP' | 'HTTPS' };
  readonly tcp?: { readonly endpoint: string };
  readonly exec?: { readonly command: PodCommand };
}

/** Mesos' generic check: exactly one kind of probe; it tells, and never kills. */
export interface PodCheck extends PodProbe {
  readonly intervalSeconds: number;
  readonly timeoutSeconds: number;
  readonly delaySeconds: number;
}

/** Done by the agent's executor; exactly one kind of probe. */
export interface PodHealthCheck extends PodCheck {
  readonly gracePeriodSeconds: number;
  /** 0 = never kill. */
  readonly maxConsecutiveFailures: number;
}

export interface LinuxInfo {
  /** Of containers only; either a profile or unconfined. */
  readonly seccomp?: { readonly profileName?: string; readonly unconfined: boolean };
  /** `shmSize` in MiB, with PRIVATE only. */
  readonly ipcInfo?: { readonly mode: 'PRIVATE' | 'SHARE_PARENT'; readonly shmSize?: number };
}

/** A volume of the pod, mounted into a container; a relative path lies in the container's sandbox. */
export interface PodVolumeMount {
  readonly name: string;
  readonly mountPath: string;
  readonly readOnly: boolean;
}

/** One container of a pod: one task of the task group. */
export interface PodContainer {
  /** Unique in the pod; part of the task id. */
  readonly name: string;
  readonly exec?: {
    readonly command: PodCommand;
    /** `argv[0]` replaces the image's entry point; otherwise `argv` is appended to it. A shell command always replaces it. */
    readonly overrideEntrypoint?: boolean;
  };
  readonly resources: PodResources;
  readonly resourceLimits?: PodResourceLimits;
  readonly endpoints: readonly PodEndpoint[];
  readonly image?: PodImage;
  /** On top of the pod's own. */
  readonly environment: PodEnvironment;
  /** Instead of the pod's. */
  readonly user?: string;
  readonly healthCheck?: PodHealthCheck;
  readonly check?: PodCheck;
  readonly volumeMounts: readonly PodVolumeMount[];
  readonly artifacts: readonly FetchUri[];
  readonly labels: Texts;
  readonly lifecycle?: { readonly killGracePeriodSeconds?: number };
  readonly tty?: boolean;
  readonly linuxInfo?: LinuxInfo;
}

/** Field, operator and value of a placing rule (marathon.md §10); apps write the same as a list. */
export interface PodConstraint {
  readonly fieldName: string;
  readonly operator: 'UNIQUE' | 'CLUSTER' | 'GROUP_BY' | 'LIKE' | 'UNLIKE' | 'MAX_PER' | 'IS';
  readonly value?: string;
}

/** Disk space that is reserved for an instance and outlives its containers. */
export interface PersistentVolumeInfo {
  readonly type: 'root' | 'path' | 'mount';
  readonly sizeMib: number;
  /** Mount disks only. */
  readonly maxSizeMib?: number;
  readonly profileName?: string;
  /** Of the disk's path: `["path", "LIKE", expression]`. */
  readonly constraints: readonly (readonly string[])[];
}

/** A volume that containers mount by its name. */
export type PodVolume =
  /** Lives as long as the instance. */
  | { readonly type: 'ephemeral'; readonly name: string }
  /** A path of the agent, or a relative one of the executor's sandbox. */
  | { readonly type: 'host'; readonly name: string; readonly host: string }
  /** A file that holds one of the pod's secrets. */
  | { readonly type: 'secret'; readonly name: string; readonly secret: string }
  | { readonly type: 'persistent'; readonly name: string; readonly persistent: PersistentVolumeInfo };

export interface PodNetwork {
  readonly mode: 'container' | 'container/bridge' | 'host';
  /** Of a container network. */
  readonly name?: string;
  readonly labels: Texts;
}

/**
 * A pod (marathon.md §7) in canonical form: defaults filled in. Optional members are absent when they have no value. The members that
 * every run spec has carry the names that they have in AppDefinition, whatever the pod's JSON calls them. Immutable: a change makes
 * a new version.
 */
export interface PodDefinition {
  readonly id: PathId;
  /** At least one; they share the network and the fate of the instance. */
  readonly containers: readonly PodContainer[];
  /** `scaling.instances` */
  readonly instances: number;
  /** `scaling.maxInstances`, which Marathon 1.4 had: kept and shown, without effect. */
  readonly maxInstances?: number;
  readonly role: string;
  readonly labels: Texts;
  readonly user?: string;
  readonly environment: PodEnvironment;
  readonly secrets: Readonly<Record<string, { readonly source: string }>>;
  readonly volumes: readonly PodVolume[];
  /** Empty means host networking. */
  readonly networks: readonly PodNetwork[];
  /** `scheduling.placement.constraints` */
  readonly constraints: readonly PodConstraint[];
  /** `scheduling.placement.acceptedResourceRoles`; absent when it names none. */
  readonly acceptedResourceRoles?: readonly string[];
  /** What the executor takes besides its containers. */
  readonly executorResources: { readonly cpus: number; readonly memMib: number; readonly diskMib: number };
  /** Of the executor: inter-process communication only. */
  readonly linuxInfo?: LinuxInfo;
  /** All containers in one cgroup, as Mesos did it before 1.10. */
  readonly legacySharedCgroups?: boolean;
  /** Pods have none of their own, only those of their groups: always empty. */
  readonly dependencies: readonly PathId[];
  /** `scheduling.backoff.backoff` */
  readonly backoffSeconds: number;
  readonly backoffFactor: number;
  /** `scheduling.backoff.maxLaunchDelay` */
  readonly maxLaunchDelaySeconds: number;
  /** `scheduling.upgrade` */
  readonly upgradeStrategy: UpgradeStrategy;
  readonly unreachableStrategy:
    'disabled' | { readonly inactiveAfterSeconds: number; readonly expungeAfterSeconds: number };
  readonly killSelection: 'YOUNGEST_FIRST' | 'OLDEST_FIRST';
  readonly version: Timestamp;
  readonly versionInfo: VersionInfo;
}
