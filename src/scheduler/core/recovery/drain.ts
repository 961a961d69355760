import type { KillCause } from '../../model/ended-instance.js';
import type { Instance } from '../../model/instance.js';
import { definitionOf } from '../state.js';
import type { Tx } from '../tx.js';

/** Label of an app or pod: so many seconds its instances may take to be drained, instead of `--drain_timeout`; 0: they are killed at once. */
export const drainTimeoutLabel = 'EKIDEN_DRAIN_TIMEOUT';
const maxSeconds = 3_600;

/** Whether a deployment ends it, with whoever uses it being of no harm: an unhealthy one, or one that somebody wants to see gone, goes at once. */
export function isOfDeployment({ type }: KillCause): boolean {
  return type === 'scaledDown' || type === 'replaced' || type === 'deleted';
}

/**
 * So long, in milliseconds, the KILL of an instance waits for the edges to withdraw it; 0: not at all. Nobody is waited for where no edge
 * follows the catalog, and for what gets no traffic: it does not run, or is not healthy.
 */
export function drainTimeoutOf(tx: Tx, instance: Instance): number {
  const { drainTimeoutMs } = tx.settings;
  if (drainTimeoutMs === 0 || tx.state.edges.size === 0) return 0;
  if (instance.condition !== 'Running' || instance.lastHealthy === false) return 0;
  const seconds = definitionOf(tx.state, instance)?.labels[drainTimeoutLabel] ?? '';
  return /^\d{1,4}$/.test(seconds) ? Math.min(Number(seconds), maxSeconds) * 1000 : drainTimeoutMs;
}
