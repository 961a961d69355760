/** Amounts by the names that definitions have for them; `mem` and `disk` in MiB, `ports`: how many. */
export type Amounts = Readonly<Partial<Record<'cpus' | 'mem' | 'disk' | 'gpus' | 'ports', number>>>;

/** One filter's no to an offer. */
export interface Refusal {
  /** Marathon's: `InsufficientCpus`. */
  readonly reason: string;
  readonly needed: string;
  readonly had: string;
  readonly amounts?: { readonly needed: Amounts; readonly had: Amounts };
  readonly constraint?: readonly string[];
  readonly missingPorts?: readonly number[];
}

/** The last offer of an agent that was refused. */
export interface RefusedAgent {
  readonly agentId: string;
  readonly hostname: string;
  readonly at: string;
  readonly refusals: readonly Refusal[];
}

export interface EndedInstance {
  readonly instanceId: string;
  readonly taskId: string;
  readonly host: string;
  readonly version: string;
  readonly startedAt?: string;
  readonly endedAt: string;
  /** Why, in words. */
  readonly text: string;
  readonly condition: string;
  readonly state?: string;
  readonly message?: string;
}

/** `GET /ekiden/v1/explain/{app or pod}`: why it has fewer instances than wanted, and why others have ended. */
export interface Explanation {
  readonly appId: string;
  readonly version: string;
  readonly instances: number;
  /** Instances that are there. */
  readonly live: number;
  /** Instances that wait for an offer. */
  readonly waiting: number;
  readonly since?: string;
  /** Sentences, the most decisive first. */
  readonly reasons: readonly string[];
  readonly suggestions: readonly {
    readonly text: string;
    readonly fits: number;
    readonly agents: readonly { readonly agentId: string; readonly hostname: string }[];
  }[];
  readonly fixedPorts?: readonly { readonly port: number; readonly freeOn: readonly string[] }[];
  /** With a Mesos master. */
  readonly connected: boolean;
  readonly delay?: {
    readonly until: string;
    readonly delaySeconds: number;
    readonly failures: number;
    readonly lastFailure?: EndedInstance;
  };
  readonly deployment?: {
    readonly id: string;
    readonly step: number;
    readonly steps: number;
    readonly waitsFor: readonly { readonly text: string }[];
  };
  readonly offers?: {
    readonly processed: number;
    readonly unused: number;
    readonly lastUsedAt?: string;
    readonly lastUnusedAt?: string;
  };
  readonly agents: readonly RefusedAgent[];
  /** The last that ended, the newest first. */
  readonly ended: readonly EndedInstance[];
}
