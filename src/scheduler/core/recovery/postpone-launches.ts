import type { Instance } from '../../model/instance.js';
import { launchedDefinition } from '../deployment/launched-definition.js';
import type { Tx } from '../tx.js';
import { delayAfterLaunch } from './launch-delay.js';

/**
 * An instance was launched, or made a step towards running: while its app has a delay, the next launch waits for as long again
 * (marathon.md §11.1). Instances of an older configuration say nothing about the new one.
 */
export function postponeLaunches(tx: Tx, instance: Pick<Instance, 'appId' | 'appVersion'>): void {
  const current = tx.state.delays.get(instance.appId);
  const runSpec = current === undefined ? undefined : launchedDefinition(tx.state, instance.appId);
  if (runSpec === undefined || instance.appVersion < runSpec.versionInfo.lastConfigChangeAt) return;
  const delay = delayAfterLaunch(runSpec, current, tx.nowMs);
  if (delay !== undefined) tx.setDelay(runSpec.id, delay);
}
