import type { FreeAgent } from '../core/plan/free-agent.js';

/** What the cluster has, asked for when somebody wants to know; launching needs offers. */
export interface ClusterAgents {
  /** Every registered agent. Rejects when no master answers, with the reason for a reader. */
  list(): Promise<readonly FreeAgent[]>;
}
