/** `GET /v2/queue?embed=lastUnusedOffers`: what waits for offers, or for a delay to pass (marathon.md §2.5). */
export interface Queue {
  readonly queue: readonly QueueEntry[];
}

export interface QueueEntry {
  readonly count: number;
  readonly role: string;
  readonly since: string;
  readonly delay: { readonly timeLeftSeconds: number; readonly overdue: boolean };
  readonly processedOffersSummary: {
    readonly processedOffersCount: number;
    readonly unusedOffersCount: number;
    readonly lastUnusedOfferAt?: string | null;
    readonly lastUsedOfferAt?: string | null;
    /** Of the last offer of each agent. */
    readonly rejectSummaryLastOffers: readonly FunnelStep[];
    /** Of all offers since it waits. */
    readonly rejectSummaryLaunchAttempt: readonly FunnelStep[];
  };
  readonly lastUnusedOffers?: readonly UnusedOffer[];
  readonly app?: QueuedApp;
  readonly pod?: QueuedPod;
}

/** An offer counts at the first reason for which it was refused; `processed`: that came so far. */
export interface FunnelStep {
  readonly reason: string;
  readonly declined: number;
  readonly processed: number;
}

export interface QueuedApp {
  readonly id: string;
  readonly cpus: number;
  readonly mem: number;
  readonly disk: number;
  readonly gpus: number;
  readonly constraints?: readonly (readonly string[])[];
  readonly portDefinitions?: readonly { readonly port: number }[];
  readonly requirePorts?: boolean;
  readonly container?: { readonly portMappings?: readonly { readonly hostPort?: number }[] } | null;
}

export interface QueuedPod {
  readonly id: string;
  readonly containers: readonly {
    readonly resources: {
      readonly cpus: number;
      readonly mem: number;
      readonly disk?: number;
      readonly gpus?: number;
    };
    readonly endpoints?: readonly { readonly hostPort?: number }[];
  }[];
}

export interface UnusedOffer {
  readonly offer: {
    readonly id: string;
    readonly hostname: string;
    readonly agentId: string;
    readonly resources: readonly {
      readonly name: string;
      readonly role: string;
      readonly scalar?: number;
      readonly ranges?: readonly { readonly begin: number; readonly end: number }[];
    }[];
    readonly attributes: readonly {
      readonly name: string;
      readonly text?: string;
      readonly scalar?: number;
      readonly ranges?: readonly { readonly begin: number; readonly end: number }[];
    }[];
  };
  readonly reason: readonly string[];
  readonly timestamp: string;
}
