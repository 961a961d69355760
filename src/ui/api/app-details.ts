/** `GET /v2/apps/{id}` with all its embeds, as far as the page of an app reads it (marathon.md §2, §3). */
export interface AppDetails {
  readonly id: string;
  readonly instances: number;
  readonly cpus: number;
  readonly mem: number;
  readonly disk: number;
  readonly gpus: number;
  readonly version: string;
  readonly versionInfo?: { readonly lastScalingAt: string; readonly lastConfigChangeAt: string };
  readonly labels?: Readonly<Record<string, string>>;
  readonly networks?: readonly { readonly mode: string; readonly name?: string }[];
  readonly container?: {
    readonly portMappings?: readonly PortMapping[] | null;
    readonly volumes?: readonly AppVolume[];
  } | null;
  readonly portDefinitions?: readonly PortDefinition[] | null;
  readonly healthChecks?: readonly { readonly protocol?: string }[];
  readonly readinessChecks?: readonly { readonly name?: string }[];
  readonly tasks?: readonly AppTask[];
  readonly deployments?: readonly { readonly id: string }[];
  readonly readinessCheckResults?: readonly {
    readonly name: string;
    readonly taskId: string;
    readonly ready: boolean;
    readonly lastResponse?: { readonly status: number; readonly body: string };
  }[];
  readonly lastTaskFailure?: TaskFailure;
  readonly taskStats?: TaskStats;
}

export interface PortDefinition {
  readonly port?: number;
  readonly protocol?: string;
  readonly name?: string;
}

export interface PortMapping {
  readonly containerPort?: number;
  readonly hostPort?: number | null;
  readonly protocol?: string;
  readonly name?: string;
}

/** A volume of an app's container: exactly one kind of it. Sizes in MiB. */
export interface AppVolume {
  readonly containerPath?: string;
  readonly mode?: string;
  readonly hostPath?: string;
  readonly persistent?: {
    readonly size?: number;
    readonly type?: string;
    readonly maxSize?: number;
    readonly profileName?: string;
  };
  readonly external?: { readonly name?: string; readonly provider?: string; readonly size?: number };
  readonly secret?: string;
}

/** A persistent volume of an instance. */
export interface LocalVolume {
  readonly containerPath: string;
  readonly uuid: string;
  readonly persistenceId: string;
}

export interface AppTask {
  readonly id: string;
  readonly host: string;
  readonly slaveId?: string;
  readonly state: string;
  readonly ports?: readonly number[];
  readonly ipAddresses?: readonly { readonly ipAddress: string; readonly protocol?: string }[];
  readonly stagedAt?: string;
  readonly startedAt?: string;
  readonly version?: string;
  readonly region?: string;
  readonly zone?: string;
  readonly localVolumes?: readonly LocalVolume[];
  readonly healthCheckResults?: readonly HealthCheckResult[];
}

export interface HealthCheckResult {
  readonly alive: boolean;
  readonly consecutiveFailures: number;
  readonly lastSuccess?: string | null;
  readonly lastFailure?: string | null;
  readonly lastFailureCause?: string | null;
}

export interface TaskFailure {
  readonly taskId: string;
  readonly host: string;
  readonly state: string;
  readonly message: string;
  readonly timestamp: string;
  readonly version: string;
}

/** Of tasks that began at a time, or run a version; absent: there are none. */
export interface TaskStatsPart {
  readonly stats: {
    readonly counts: {
      readonly staged: number;
      readonly running: number;
      readonly healthy: number;
      readonly unhealthy: number;
    };
    readonly lifeTime?: { readonly averageSeconds: number; readonly medianSeconds: number };
  };
}

export interface TaskStats {
  readonly startedAfterLastScaling?: TaskStatsPart;
  readonly withLatestConfig?: TaskStatsPart;
  readonly withOutdatedConfig?: TaskStatsPart;
  readonly totalSummary?: TaskStatsPart;
}
