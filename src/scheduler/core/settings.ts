/** Settings that decisions depend on; all fixed for the life of the process. */
export interface CoreSettings {
  readonly mesosRole: string;
  readonly localPortMin: number;
  readonly localPortMax: number;
  readonly taskLaunchConfirmTimeoutMs: number;
  readonly taskLaunchTimeoutMs: number;
  /** `--task_reservation_timeout`: a place that was reserved and is not offered in that time is given up. */
  readonly taskReservationTimeoutMs: number;
  readonly reconciliationInitialDelayMs: number;
  readonly reconciliationIntervalMs: number;
  readonly declineOfferDurationMs: number;
  readonly minReviveOffersIntervalMs: number;
  /** `--suppress_offers`: Mesos is told when no offers are wanted. */
  readonly suppressOffers: boolean;
  readonly maxInstancesPerOffer: number;
  /** `--launch_tokens`: so many launches may wait to become running and healthy. */
  readonly launchTokens: number;
  /** `--launch_token_refresh_interval`: after it as many again. */
  readonly launchTokenRefreshMs: number;
  /** `--offer_matching_timeout`: so long offers are kept while launches lack tokens. */
  readonly offerMatchingTimeoutMs: number;
  /** `--accepted_resource_roles_default_behavior`: the resources of apps that do not say it, all, unreserved ones or those of their role. */
  readonly defaultAcceptedRoles: 'any' | 'unreserved' | 'reserved';
  /** `--maintenance_mode`: agents are not used while their maintenance lasts. */
  readonly maintenanceMode: boolean;
  /** `--draining_seconds`: and so long before it begins. */
  readonly drainingMs: number;
  /** `--gpu_scheduling_behavior`: `restricted` leaves agents with GPUs to what asks for some. */
  readonly gpuScheduling: 'restricted' | 'unrestricted';
  /** `--mesos_offer_constraints`: Mesos is told which agents are of use; only together with `suppressOffers`. */
  readonly offerConstraints: boolean;
  /** `--min_mesos_offer_constraints_update_interval` */
  readonly offerConstraintsIntervalMs: number;
  /** `--kill_chunk_size`: so many instances may be about to end by a KILL at a time; others wait. */
  readonly killChunkSize: number;
  /** `--kill_retry_timeout`: a KILL of which nothing has come after it is repeated. */
  readonly killRetryTimeoutMs: number;
  /** `--drain_timeout`: so long edges may take to withdraw an instance that a deployment ends; 0 (`--drain=false`): nobody is waited for. */
  readonly drainTimeoutMs: number;
  readonly maxRunningDeployments: number;
  /** Versions kept of each app and pod, and of the root group. */
  readonly maxVersions: number;
  /** `--artifact_store`: `file:///directory` or `hdfs://host:port/path` (WebHDFS); undefined = none. */
  readonly artifactStore: string | undefined;
  /** `--enable_features` */
  readonly features: readonly string[];
  /** `--executor`: that of apps that name none. */
  readonly executor: string;
  /** `--env_vars_prefix` */
  readonly envVarsPrefix: string;
  /** `--default_network_name` */
  readonly defaultNetworkName: string | undefined;
  /** `--mesos_bridge_name` */
  readonly mesosBridgeName: string;
  /** `--new_group_enforce_role`: whether a new top-level group enforces its role. */
  readonly newGroupEnforceRole: 'off' | 'top';
}
