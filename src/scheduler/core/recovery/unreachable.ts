import type { Instance } from '../../model/instance.js';
import { definitionOf } from '../state.js';
import { fromTimestamp } from '../timestamps.js';
import type { Tx } from '../tx.js';

/**
 * Sets when the patience with an unreachable instance ends: first it stops counting (`inactiveAfterSeconds`), later it is forgotten
 * (`expungeAfterSeconds`), both from the moment when its agent was lost. With "disabled" it never does (marathon.md §11.4).
 */
export function awaitUnreachable(tx: Tx, instance: Instance): void {
  const strategy = definitionOf(tx.state, instance)?.unreachableStrategy ?? 'disabled';
  if (instance.unreachableSince === undefined || strategy === 'disabled') return;
  const seconds =
    instance.condition === 'UnreachableInactive' ? strategy.expungeAfterSeconds : strategy.inactiveAfterSeconds;
  tx.setDeadline(`instance:${instance.id}`, fromTimestamp(instance.unreachableSince) + seconds * 1000);
}
