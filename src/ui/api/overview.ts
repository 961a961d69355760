/**
 * `GET /ekiden/v1/overview/stream` of the scheduler: all that the lists of the interface show, as server-sent events. One reader sees what
 * he may view. A `snapshot` replaces all that is known; it may come in several messages, of which only the last is `complete`. A `change`
 * follows at most every 200 ms and holds only what differs.
 */
export interface OverviewSnapshot {
  /** Of this leadership. */
  readonly epoch: string;
  /** The first message of a snapshot: what was known before does not count any more once it is complete. */
  readonly first: boolean;
  readonly complete: boolean;
  readonly apps: readonly OverviewApp[];
  /** Ids of all groups; only in the first message. */
  readonly groups: readonly string[];
  /** Only in the last message. */
  readonly deployments: readonly OverviewDeployment[];
  readonly scheduler: OverviewScheduler;
}

export interface OverviewChange {
  readonly apps: readonly OverviewApp[];
  readonly removedApps: readonly string[];
  /** All of them, when a group came or went. */
  readonly groups?: readonly string[];
  /** All of them, when one began, went on or ended. */
  readonly deployments?: readonly OverviewDeployment[];
  readonly scheduler?: OverviewScheduler;
}

/** Marathon's words for what an app is at (marathon.md §19). */
export type AppStatus = 'Running' | 'Deploying' | 'Suspended' | 'Delayed' | 'Waiting';

/** An app or a pod as one line. */
export interface OverviewApp {
  readonly id: string;
  readonly kind: 'app' | 'pod';
  readonly status: AppStatus;
  /** Wanted. */
  readonly instances: number;
  readonly counts: InstanceCounts;
  /** What one instance asks for; `mem` and `disk` in MiB. */
  readonly cpus: number;
  readonly mem: number;
  readonly disk: number;
  readonly gpus: number;
  /** The first 64, and the beginning of long values. */
  readonly labels: Readonly<Record<string, string>>;
  readonly version: string;
  /** Its image, or else the beginning of its command. */
  readonly runs: string;
  readonly deployment: string | null;
  /** Until when nothing is launched after failures, ISO 8601. */
  readonly delayedUntil: string | null;
  /** Of whom instances are being taken out of load balancers before they are killed. */
  readonly draining: number;
  /** Grows whenever anything of the app or its instances has changed: what was read of it before is old. */
  readonly revision: number;
}

/** The segments of a health bar; each instance counts once. */
export interface InstanceCounts {
  readonly healthy: number;
  readonly unhealthy: number;
  /** Runs, and there are no checks or no results. */
  readonly unknown: number;
  readonly staged: number;
  /** More than wanted, while others are being replaced. */
  readonly overCapacity: number;
  /** Wanted and not there. */
  readonly unscheduled: number;
}

export interface OverviewDeployment {
  readonly id: string;
  readonly version: string;
  readonly startedAt: string | null;
  readonly affectedApps: readonly string[];
  /** From 1. */
  readonly currentStep: number;
  readonly totalSteps: number;
  /** `more`: actions of the step that are left out. */
  readonly steps: readonly {
    readonly actions: readonly { readonly action: string; readonly app: string }[];
    readonly more?: number;
  }[];
  readonly currentActions: readonly {
    readonly action: string;
    readonly app: string;
    /** Of the app's instances, those that are to go included: those that are as the deployment wants them, of so many. */
    readonly done: number;
    readonly wanted: number;
    /** What it waits for, in words; null: for nothing in particular. */
    readonly waitsFor: string | null;
  }[];
  /** How many affected apps, steps and actions of the current step are left out: a deployment may have thousands. Absent: none. */
  readonly more?: { readonly apps: number; readonly steps: number; readonly actions: number };
}

export interface OverviewScheduler {
  readonly connected: boolean;
  readonly master: string | null;
  readonly frameworkId: string | null;
  /** Apps that wait for offers, or for a delay to pass. */
  readonly queued: number;
}
