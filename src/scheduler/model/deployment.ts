import type { PathId } from '../../common/path-id.js';
import type { AppDefinition, Timestamp } from './app-definition.js';

export type ActionType = 'StartApplication' | 'ScaleApplication' | 'RestartApplication' | 'StopApplication';

export interface DeploymentAction {
  readonly action: ActionType;
  readonly app: PathId;
}

/** Actions of one step run in parallel; a step starts when all actions of the one before are done. */
export interface DeploymentStep {
  readonly actions: readonly DeploymentAction[];
}

/**
 * What a deployment does to one app: the definition before (absent: it creates the app; kept whole, so that the deployment can be
 * reverted even when the app is deleted) and the version after (absent: it deletes the app).
 */
export interface AffectedApp {
  readonly id: PathId;
  readonly from?: AppDefinition;
  readonly to?: Timestamp;
}

/** Numbers of a rolling restart, fixed when its action starts (marathon.md §8.3) and kept so that a new leader goes on with them. */
export interface Rollout {
  /** Instances of older versions when the action started. */
  readonly oldInstances: number;
  /** How many of them may end before any new instance is healthy. */
  readonly initialKills: number;
  /** New instances that were ready already when the action started (a rollout that was replaced by this one). */
  readonly readyAtStart: number;
  /** At most so many instances, old and new, at any time. */
  readonly maxCapacity: number;
}

export interface DeploymentPlan {
  /** UUID. */
  readonly id: string;
  readonly version: Timestamp;
  readonly steps: readonly DeploymentStep[];
  readonly affected: readonly AffectedApp[];
}

/** A running deployment: its plan and how far it has come. */
export interface Deployment extends DeploymentPlan {
  /** Index into `steps` of the step under way. */
  readonly currentStep: number;
  /** Rolling restarts under way in the current step. */
  readonly rollouts: Readonly<Record<PathId, Rollout>>;
}
