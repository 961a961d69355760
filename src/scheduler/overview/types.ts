import type { PathId } from '../../common/path-id.js';
import type { RunSpecKind } from '../model/run-spec.js';

/** Marathon's words for what an app is at (marathon.md §19). */
export type AppStatus = 'Running' | 'Deploying' | 'Suspended' | 'Delayed' | 'Waiting';

/** The segments of a health bar; each instance counts once. */
export interface InstanceCounts {
  readonly healthy: number;
  readonly unhealthy: number;
  /** Runs, and there are no checks or no results; or nobody knows, because its agent is lost. */
  readonly unknown: number;
  readonly staged: number;
  /** Running, and more than wanted. */
  readonly overCapacity: number;
  /** Wanted and not there. */
  readonly unscheduled: number;
}

/** An app or a pod as one line. */
export interface OverviewApp {
  readonly id: PathId;
  readonly kind: RunSpecKind;
  readonly status: AppStatus;
  /** Wanted. */
  readonly instances: number;
  readonly counts: InstanceCounts;
  /** What one instance asks for; `mem` and `disk` in MiB. */
  readonly cpus: number;
  readonly mem: number;
  readonly disk: number;
  readonly gpus: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly version: string;
  /** Its image, or else the beginning of its command; of a pod those of its containers. */
  readonly runs: string;
  readonly deployment: string | null;
  readonly delayedUntil: string | null;
  readonly draining: number;
  readonly revision: number;
}

/** An action of the step under way. */
export interface OverviewAction {
  /** As /v2/deployments names it: `ScaleApplication`, `ScalePod`. */
  readonly action: string;
  readonly app: PathId;
  /** Of the instances that there were or are to be: those that are as the deployment wants them, there or gone. Of artifacts: those that are stored. */
  readonly done: number;
  readonly wanted: number;
  readonly waitsFor: string | null;
}

export interface OverviewDeployment {
  readonly id: string;
  readonly version: string;
  readonly startedAt: string | null;
  readonly affectedApps: readonly PathId[];
  /** From 1. */
  readonly currentStep: number;
  readonly totalSteps: number;
  readonly steps: readonly {
    readonly actions: readonly Pick<OverviewAction, 'action' | 'app'>[];
    readonly more?: number;
  }[];
  readonly currentActions: readonly OverviewAction[];
  /** How many affected apps, steps and actions of the step under way are not told of: a deployment may have thousands. */
  readonly more?: { readonly apps: number; readonly steps: number; readonly actions: number };
}

export interface OverviewScheduler {
  readonly connected: boolean;
  readonly master: string | null;
  readonly frameworkId: string | null;
  /** Apps that wait for offers, or for a delay to pass. */
  readonly queued: number;
}
