import type { Timestamp } from './app-definition.js';
import type { Condition } from './instance.js';

/** Why the scheduler ended an instance, or gave it up. */
export type KillCause =
  /** There were more than wanted; `deploymentId`: that lowered their number, if one did. */
  | { readonly type: 'scaledDown'; readonly deploymentId?: string }
  /** A deployment put one of the new configuration in its place. */
  | { readonly type: 'replaced'; readonly deploymentId: string }
  /** Its app or pod was deleted. */
  | { readonly type: 'deleted'; readonly deploymentId?: string }
  /** A health check failed so often in a row; `message`: what it was answered last. */
  | { readonly type: 'unhealthy'; readonly failures?: number; readonly message?: string }
  /** Somebody asked for it. */
  | { readonly type: 'requested' }
  /** It did not become running in time; `condition`: how far it came. */
  | { readonly type: 'launchOverdue'; readonly condition: Condition }
  /** Its place was reserved, and not offered in time. */
  | { readonly type: 'reservationOverdue' }
  /** A container of the pod ended; the others go with it. */
  | { readonly type: 'containerEnded'; readonly container: string; readonly message?: string }
  /** Its agent was lost for too long. */
  | { readonly type: 'unreachable'; readonly since?: Timestamp };

/** Why an instance ended. */
export type EndCause =
  | KillCause
  /** Its task ended by itself: with success, with a failure, or it could not be started. */
  | { readonly type: 'exited' }
  /** Mesos, an operator or the agent ended it. */
  | { readonly type: 'killed' }
  /** Mesos has lost it, with its agent or before it reached one. */
  | { readonly type: 'lost' };

/** An instance that has ended; kept in memory, for those who ask why. */
export interface EndedInstance {
  readonly instanceId: string;
  readonly taskId: string;
  readonly agentId: string;
  readonly host: string;
  /** Of the app or pod that it ran. */
  readonly version: Timestamp;
  /** When it was first seen running. */
  readonly startedAt?: Timestamp;
  readonly endedAt: Timestamp;
  readonly cause: EndCause;
  readonly condition: Condition;
  /** What Mesos said of its end, if it did: `TASK_FAILED`, `REASON_COMMAND_EXECUTOR_FAILED`, "Command exited with status 1". */
  readonly state?: string;
  readonly reason?: string;
  readonly message?: string;
}
