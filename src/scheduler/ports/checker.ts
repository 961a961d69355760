import type { HealthResult } from '../core/inputs.js';
import type { HealthCheck } from '../model/app-definition.js';

/** One task whose Marathon-level health checks (HTTP, HTTPS, TCP) are to be run. */
export interface CheckedTask {
  readonly taskId: string;
  readonly host: string;
  readonly ports: readonly number[];
  readonly healthChecks: readonly HealthCheck[];
}

/** Runs health checks of running tasks. Level-triggered: it is told which tasks to check, not when. */
export interface Checker {
  /** Starts checking this task; the same task again with equal content changes nothing, with other content restarts it. */
  check(task: CheckedTask): void;
  /** Stops checking. Unknown ids are ignored. */
  forget(taskId: string): void;
  /** Results of finished checks. */
  onResult(listener: (result: HealthResult) => void): void;
  close(): Promise<void>;
}
