import type { LocalVolume } from './app-details.js';

/** `GET /v2/pods/{id}::status`, as far as the page of a pod reads it (marathon.md §7). */
export interface PodStatus {
  readonly id: string;
  readonly status: 'DEGRADED' | 'STABLE' | 'TERMINAL';
  readonly statusSince: string;
  readonly message?: string;
  readonly spec: PodDetails;
  readonly instances: readonly PodInstance[];
  readonly terminationHistory?: readonly PodTermination[];
}

export interface PodDetails {
  readonly id: string;
  readonly version: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly scaling?: { readonly kind?: string; readonly instances?: number };
  readonly executorResources?: PodResources;
  readonly containers: readonly {
    readonly name: string;
    readonly resources?: PodResources;
    readonly endpoints?: readonly { readonly name: string; readonly protocol?: readonly string[] }[];
    readonly healthCheck?: object;
    readonly volumeMounts?: readonly {
      readonly name: string;
      readonly mountPath: string;
      readonly readOnly?: boolean;
    }[];
  }[];
  readonly volumes?: readonly {
    readonly name: string;
    readonly host?: string;
    readonly secret?: string;
    readonly persistent?: { readonly size?: number; readonly type?: string };
  }[];
}

/** `mem` and `disk` in MiB. */
export interface PodResources {
  readonly cpus?: number;
  readonly mem?: number;
  readonly disk?: number;
  readonly gpus?: number;
}

export interface PodInstance {
  readonly id: string;
  readonly status: string;
  readonly statusSince: string;
  readonly message?: string;
  readonly agentHostname?: string;
  readonly agentRegion?: string;
  readonly agentZone?: string;
  readonly networks?: readonly { readonly name?: string; readonly addresses?: readonly string[] }[];
  readonly containers: readonly PodContainerStatus[];
  /** Ends with the version that it runs. */
  readonly specReference?: string;
  readonly localVolumes?: readonly LocalVolume[];
}

export interface PodContainerStatus {
  readonly name: string;
  readonly status: string;
  readonly statusSince: string;
  readonly message?: string;
  /** The id of its task. */
  readonly containerId: string;
  readonly conditions?: readonly { readonly name: string; readonly value: string; readonly reason?: string }[];
  readonly endpoints?: readonly {
    readonly name: string;
    readonly allocatedHostPort?: number;
    readonly healthy?: boolean;
  }[];
  readonly termination?: { readonly exitCode?: number; readonly message?: string };
}

/** How an instance ended. */
export interface PodTermination {
  readonly instanceID: string;
  readonly startedAt?: string;
  readonly terminatedAt: string;
  readonly message?: string;
  readonly containers?: readonly {
    readonly containerId: string;
    readonly lastKnownState: string;
    readonly termination?: { readonly exitCode?: number; readonly message?: string };
  }[];
}
