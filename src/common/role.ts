import type { Logger } from './logger.js';

/**
 * How a role ends. `everything`: also what it owns and what would outlive it (the tasks of the embedded cluster, HAProxy);
 * `self`: only the process, to be adopted by its successor.
 */
export type StopScope = 'everything' | 'self';

/** A running role, as its `start…` function returns it once it serves. */
export interface RoleHandle {
  /** Ends it; resolves when it is gone. Safe to call twice. */
  stop(scope: StopScope): Promise<void>;
}

/** What every role is started with. */
export interface RoleContext {
  readonly logger: Logger;
  /**
   * Called when the role cannot go on (it lost what it needs for good): it is stopped, and the process ends with this exit status, after
   * `limitMs` even if something is not closed by then.
   */
  readonly fatal: (error: Error, exitStatus: number, limitMs?: number) => void;
}
