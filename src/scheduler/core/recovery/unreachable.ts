import type { Instance } from '../../model/instance.js';
import type { TaskStatusUpdate } from '../../model/task-status.js';
import { publishInstanceChanged, publishStatus } from '../instance-events.js';
import { definitionOf } from '../state.js';
import { fromTimestamp } from '../timestamps.js';
import type { Tx } from '../tx.js';
import { endInstance } from './instance-end.js';

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

/** The agent of an instance is lost (marathon.md §11.4). */
export function becameUnreachable(tx: Tx, instance: Instance, status: TaskStatusUpdate): void {
  const strategy = definitionOf(tx.state, instance)?.unreachableStrategy ?? 'disabled';
  // What was to end is not waited for: nobody knows when, or whether, its end will be confirmed.
  const givenUp = instance.goal === 'Decommissioned' || (strategy !== 'disabled' && strategy.expungeAfterSeconds === 0);
  if (givenUp) {
    endInstance(tx, instance, 'Unreachable', status);
    return;
  }
  const inactiveNow = strategy !== 'disabled' && strategy.inactiveAfterSeconds === 0;
  const unreachable: Instance = {
    ...instance,
    condition: inactiveNow ? 'UnreachableInactive' : 'Unreachable',
    unreachableSince: tx.now,
  };
  tx.putInstance(unreachable);
  // A KILL that was sent is not repeated: the agent cannot hear it
  tx.setDeadline(`instance:${instance.id}`, undefined);
  awaitUnreachable(tx, unreachable);
  publishStatus(tx, unreachable, status);
  publishInstanceChanged(tx, unreachable);
}
