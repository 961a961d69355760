import type { CheckResult } from './check.js';
import type { IpAddress } from './instance.js';

/** A Mesos status update, as far as the core needs it. */
export interface TaskStatusUpdate {
  readonly taskId: string;
  /** `TASK_RUNNING` … */
  readonly state: string;
  readonly message: string;
  readonly reason?: string;
  readonly agentId?: string;
  /** Milliseconds since 1970, when Mesos gave a time. */
  readonly timestampMs?: number;
  /** Present: the update must be acknowledged, after it has been stored. */
  readonly uuid?: string;
  /** What the health check that the agent runs said last. */
  readonly healthy?: boolean;
  /** The task has a check that the agent runs; without a result, there is none yet or the last one could not be had. */
  readonly check?: { readonly result?: CheckResult };
  readonly ipAddresses: readonly IpAddress[];
}
