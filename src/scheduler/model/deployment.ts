import type { PathId } from '../../common/path-id.js';
import type { Timestamp } from './app-definition.js';
import type { Group } from './group.js';
import type { RunSpec, RunSpecKind } from './run-spec.js';

export type ActionType =
  'ResolveArtifacts' | 'StartApplication' | 'ScaleApplication' | 'RestartApplication' | 'StopApplication';

export interface DeploymentAction {
  readonly action: ActionType;
  readonly id: PathId;
  readonly kind: RunSpecKind;
}

/** Actions of one step run in parallel; a step starts when all actions of the one before are done. */
export interface DeploymentStep {
  readonly actions: readonly DeploymentAction[];
}

/**
 * What a deployment does to one app or pod: the definition before (absent: it creates it; kept whole, so that the deployment can be
 * reverted even when it is deleted) and the version after (absent: it deletes it).
 */
export interface AffectedRunSpec {
  readonly id: PathId;
  readonly kind: RunSpecKind;
  readonly from?: RunSpec;
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
  /** So many are to be healthy at any time. */
  readonly minHealthy: number;
  /** No old instance that is healthy is ended unless more than so many are: fewer than `minHealthy` if fewer were at the start. */
  readonly keptHealthy: number;
  /** At most so many instances, old and new, at any time. */
  readonly maxCapacity: number;
}

export interface DeploymentPlan {
  /** UUID. */
  readonly id: string;
  readonly version: Timestamp;
  readonly steps: readonly DeploymentStep[];
  readonly affected: readonly AffectedRunSpec[];
  /** Groups that it creates, changes or deletes, as they were before and as it left them; `from` absent: it creates the group, `to`: it deletes it. */
  readonly groups: readonly { readonly id: PathId; readonly from?: Group; readonly to?: Group }[];
}

/** A running deployment: its plan and how far it has come. */
export interface Deployment extends DeploymentPlan {
  /** Index into `steps` of the step under way. */
  readonly currentStep: number;
  /** Rolling restarts under way in the current step. */
  readonly rollouts: Readonly<Record<PathId, Rollout>>;
}
