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
  readonly healthy?: boolean;
  readonly ipAddresses: readonly IpAddress[];
}
