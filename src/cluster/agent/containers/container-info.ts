import type { Secret } from '../../../mesos/types.js';

/**
 * `mesos.v1.ContainerInfo` and what belongs to it, as far as this agent acts on it. It comes from frameworks as it is: every
 * part may be missing.
 */

export interface Parameter {
  readonly key: string;
  readonly value?: string;
}

export interface PortMapping {
  readonly host_port: number;
  readonly container_port: number;
  /** `tcp` (default) or `udp`. */
  readonly protocol?: string;
}

/** Where a volume comes from, in the form after `host_path`. */
export interface VolumeSource {
  /** `HOST_PATH` (default), `SANDBOX_PATH`, `DOCKER_VOLUME` or `SECRET`. */
  readonly type?: string;
  readonly host_path?: { readonly path: string };
  /** A directory of the own sandbox (SELF), or of that of the task group (PARENT). */
  readonly sandbox_path?: { readonly type?: string; readonly path: string };
  readonly docker_volume?: {
    readonly driver?: string;
    readonly name: string;
    readonly driver_options?: { readonly parameter?: readonly Parameter[] };
  };
  readonly secret?: SecretInfo;
}

export interface VolumeInfo {
  readonly container_path: string;
  /** Relative = in the sandbox. */
  readonly host_path?: string;
  readonly mode?: 'RW' | 'RO';
  readonly source?: VolumeSource;
}

export type SecretInfo = Secret;

export interface ContainerNetwork {
  readonly name?: string;
  readonly port_mappings?: readonly PortMapping[];
}

export interface ImageInfo {
  readonly type?: string;
  /** Default true: false = the image is pulled though it is there. */
  readonly cached?: boolean;
  /** `config`: Docker's configuration file, with the password for pulling it. */
  readonly docker?: { readonly name: string; readonly config?: SecretInfo };
}

export interface DockerInfo {
  readonly image?: string;
  /** `HOST` (default), `BRIDGE`, `NONE` or `USER`. */
  readonly network?: string;
  readonly port_mappings?: readonly PortMapping[];
  readonly privileged?: boolean;
  readonly parameters?: readonly Parameter[];
  readonly force_pull_image?: boolean;
  readonly volume_driver?: string;
}

export interface LinuxInfo {
  readonly seccomp?: { readonly profile_name?: string; readonly unconfined?: boolean };
  readonly ipc_mode?: string;
  /** MiB. */
  readonly shm_size?: number;
}

export interface ContainerInfo {
  /** `MESOS` (default) or `DOCKER`. */
  readonly type?: string;
  readonly docker?: DockerInfo;
  readonly mesos?: { readonly image?: ImageInfo };
  readonly volumes?: readonly VolumeInfo[];
  readonly hostname?: string;
  readonly network_infos?: readonly ContainerNetwork[];
  readonly linux_info?: LinuxInfo;
  readonly tty_info?: object;
}

/** The disk of a resource: a persistent volume when it has `persistence`. */
export interface DiskInfo {
  readonly persistence?: { readonly id: string };
  readonly volume?: { readonly container_path: string; readonly mode?: 'RW' | 'RO' };
  readonly source?: { readonly type?: string };
}
