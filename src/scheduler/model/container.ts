import type { Json } from './app-definition.js';

/** A network that tasks join. An app has one of mode `host` or `container/bridge`, or any number of mode `container`. */
export interface Network {
  readonly mode: 'host' | 'container' | 'container/bridge';
  /** Of mode `container` only, and always there. */
  readonly name?: string;
  readonly labels?: Readonly<Record<string, string>>;
}

/** One port of a container that has a network of its own (marathon.md §3.4). */
export interface PortMapping {
  /** The port inside; 0 = the same as the host port or, without one, any. */
  readonly containerPort: number;
  /** The agent's port that leads to it; 0 = any, absent = none: it is reached at the container's own address. */
  readonly hostPort?: number;
  /** The port by which load balancers know it; 0 = not assigned yet. */
  readonly servicePort: number;
  /** `tcp`, `udp` or `udp,tcp`. */
  readonly protocol: string;
  readonly name?: string;
  readonly labels: Readonly<Record<string, string>>;
  /** On which of the app's networks it is; absent = on all. */
  readonly networkNames?: readonly string[];
}

/** The disk space of a persistent volume (marathon.md §12); sizes in MiB. Of types, because it is shown as it is. */
export type PersistentVolume = {
  /** What offers it: the agent's file system (the default), a directory or a disk of its own. */
  readonly type?: 'root' | 'path' | 'mount';
  readonly size: number;
  /** Of `mount` only: larger disks are not taken. */
  readonly maxSize?: number;
  /** Only disks of this storage profile are taken. */
  readonly profileName?: string;
  /** `['path', operator, value]` each: which mount points are taken. */
  readonly constraints?: readonly (readonly string[])[];
};

/** A volume of a storage system (marathon.md §12). */
export type ExternalVolume = {
  /** GiB. */
  readonly size?: number;
  readonly name?: string;
  /** `dvdi` or `csi`. */
  readonly provider?: string;
  readonly options?: { readonly [name: string]: Json };
  /** Other apps may have the same volume. */
  readonly shared?: boolean;
};

/** A directory of a container: of the agent (`hostPath`), or of one of the other kinds. */
export interface ContainerVolume {
  readonly containerPath: string;
  readonly hostPath?: string;
  readonly mode?: 'RO' | 'RW';
  readonly persistent?: PersistentVolume;
  readonly external?: ExternalVolume;
  readonly secret?: string;
}

export interface DockerImage {
  readonly image: string;
  readonly privileged: boolean;
  /** Options of `docker run`, without their dashes. */
  readonly parameters: readonly { readonly key: string; readonly value: string }[];
  readonly forcePullImage: boolean;
  readonly pullConfig?: { readonly secret: string };
  readonly credential?: { readonly principal?: string; readonly secret?: string };
}

export interface LinuxInfo {
  readonly seccomp?: { readonly profileName?: string; readonly unconfined?: boolean };
  /** `shmSize` in MiB. */
  readonly ipcInfo?: { readonly mode: 'PRIVATE' | 'SHARE_PARENT'; readonly shmSize?: number };
}

/** What an app's tasks run in (marathon.md §3.4). */
export interface Container {
  /** DOCKER always has an image; MESOS may do without. */
  readonly type: 'DOCKER' | 'MESOS';
  readonly docker?: DockerImage;
  readonly linuxInfo?: LinuxInfo;
  readonly volumes: readonly ContainerVolume[];
  /** Present unless the app uses the host's network. */
  readonly portMappings?: readonly PortMapping[];
}
