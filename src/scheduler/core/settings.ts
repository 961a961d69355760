/** Settings that decisions depend on; all fixed for the life of the process. */
export interface CoreSettings {
  readonly mesosRole: string;
  readonly localPortMin: number;
  readonly localPortMax: number;
  readonly taskLaunchConfirmTimeoutMs: number;
  readonly taskLaunchTimeoutMs: number;
  readonly reconciliationInitialDelayMs: number;
  readonly reconciliationIntervalMs: number;
  readonly declineOfferDurationMs: number;
  readonly minReviveOffersIntervalMs: number;
  readonly maxInstancesPerOffer: number;
  readonly killRetryTimeoutMs: number;
  readonly maxRunningDeployments: number;
  /** Versions kept of each app and pod, and of the root group. */
  readonly maxVersions: number;
  /** `--artifact_store`: `file:///directory` or `hdfs://host:port/path` (WebHDFS); undefined = none. */
  readonly artifactStore: string | undefined;
  /** `--enable_features` */
  readonly features: readonly string[];
  /** `--default_network_name` */
  readonly defaultNetworkName: string | undefined;
  /** `--mesos_bridge_name` */
  readonly mesosBridgeName: string;
  /** `--new_group_enforce_role`: whether a new top-level group enforces its role. */
  readonly newGroupEnforceRole: 'off' | 'top';
}
