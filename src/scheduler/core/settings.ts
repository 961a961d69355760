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
  /** Versions kept of each app. */
  readonly maxVersions: number;
}
