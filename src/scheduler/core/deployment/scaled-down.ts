import type { Deployment } from '../../model/deployment.js';
import type { Instance } from '../../model/instance.js';
import type { RunSpec } from '../../model/run-spec.js';
import { isConsideredHealthy } from '../health.js';
import { isReady } from '../readiness.js';
import { instancesOf } from '../state.js';
import type { Tx } from '../tx.js';
import { affectedOf } from './launched-definition.js';

/**
 * Whether an app or pod that was to get fewer instances has them: its surplus has ended, and what a deployment has started meanwhile is up.
 * Nobody waits for the health of instances that were there before, as Marathon does so only where it starts some (marathon.md §8.2): scaling down
 * what is ill is to end.
 */
export function isScaledDown(tx: Tx, deployment: Deployment, runSpec: RunSpec): boolean {
  const before = affectedOf(deployment, runSpec.id)?.from;
  if (before === undefined || before.instances < runSpec.instances) return false;
  const { ending, kept } = tx.state.tallies.of(runSpec.id);
  if (ending > 0 || kept !== runSpec.instances) return false;
  const isUp = (instance: Instance): boolean => isConsideredHealthy(tx.state, instance) && isReady(tx.state, instance);
  return instancesOf(tx.state, runSpec.id).every(
    (instance) => instance.goal !== 'Running' || instance.stagedAt < deployment.version || isUp(instance),
  );
}
