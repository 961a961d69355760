import type { Report } from './routing.js';

/** `GET /ekiden/v1/status` of a load balancer. */
export interface EdgeStatus {
  readonly haproxy: {
    readonly state: 'missing' | 'waiting' | 'running' | 'down';
    readonly pid: number | null;
    readonly generation: string | null;
    readonly hint?: string;
  };
  readonly synced: boolean;
  readonly connected: boolean;
  readonly scheduler: string | null;
  readonly rules: {
    readonly kind: 'file' | 'zookeeper';
    readonly where: string;
    readonly count: number;
    readonly problem: string | null;
  };
  readonly counts: {
    readonly reloads: number;
    readonly runtimeChanges: number;
    readonly oldProcesses: number;
  };
  /** Tasks that are about to be killed and still in use here. */
  readonly draining: readonly string[];
  readonly reports: readonly Report[];
}
