import type { HealthResult, ReadinessResult } from '../core/inputs.js';
import type { HealthCheck } from '../model/app-definition.js';
import type { ReadinessCheck } from '../model/readiness.js';

/** One task whose Marathon-level health checks (HTTP, HTTPS, TCP) are to be run. */
export interface CheckedTask {
  readonly taskId: string;
  /** Where a check's own `port` is: the agent, or the task's address on a container network. */
  readonly host: string;
  /** The ports that a check's `portIndex` counts. */
  readonly ports: readonly number[];
  /** Where each of `ports` is, when that is not the same for all. */
  readonly portHosts?: readonly string[];
  readonly healthChecks: readonly HealthCheck[];
}

/** One task whose readiness check is to be run. */
export interface ReadinessTask {
  readonly taskId: string;
  readonly host: string;
  /** Undefined: the task has no port of the name that the check wants. */
  readonly port: number | undefined;
  readonly check: ReadinessCheck;
}

/** Runs health checks and readiness checks of running tasks. Level-triggered: it is told which tasks to check, not when. */
export interface Checker {
  /** Starts checking this task; the same task again with equal content changes nothing, with other content restarts it. */
  check(task: CheckedTask): void;
  /** Stops checking. Unknown ids are ignored. */
  forget(taskId: string): void;
  /** Results of finished checks. */
  onResult(listener: (result: HealthResult) => void): void;
  /** The same for a task's readiness check, which goes on, ready or not, until it is forgotten. */
  checkReadiness(task: ReadinessTask): void;
  /** Stops checking the readiness. Unknown ids are ignored. */
  forgetReadiness(taskId: string): void;
  /** Results of finished readiness checks. */
  onReadiness(listener: (result: ReadinessResult) => void): void;
  close(): Promise<void>;
}
