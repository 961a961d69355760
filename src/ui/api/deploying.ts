/** `GET /v2/apps/{id}`, as far as it shows which instances a deployment has replaced. */
export interface DeployingApp {
  readonly app: {
    readonly id: string;
    readonly version: string;
    readonly versionInfo?: { readonly lastConfigChangeAt: string };
    readonly healthChecks?: readonly unknown[];
    readonly tasks?: readonly DeployingTask[];
  };
}

export interface DeployingTask {
  readonly id: string;
  readonly host?: string | null;
  readonly ports?: readonly number[];
  readonly state: string;
  readonly version?: string | null;
  readonly stagedAt?: string | null;
  readonly startedAt?: string | null;
  readonly healthCheckResults?: readonly { readonly alive: boolean }[];
}

/** `GET /v2/pods/{id}::status`, as far as it shows the same. */
export interface DeployingPod {
  readonly id: string;
  readonly spec: { readonly version?: string };
  readonly instances?: readonly {
    readonly id: string;
    readonly status: string;
    readonly statusSince: string;
    readonly agentHostname?: string | null;
    /** `/v2/pods/{id}::versions/{version}` */
    readonly specReference?: string | null;
  }[];
}
