import type { PathId } from '../../../common/path-id.js';
import type { RunSpec } from '../../model/run-spec.js';
import { decommission } from '../recovery/kill.js';
import { instancesOf } from '../state.js';
import type { Tx } from '../tx.js';
import { isOld } from './actions.js';

/**
 * Ends the instances of an app or pod that is gone, with no deployment that would: one that was to stop it later was cancelled before
 * its turn.
 */
export function endLeftovers(tx: Tx, id: PathId): void {
  const { total, leaving } = tx.state.tallies.of(id);
  if (leaving === total) return;
  for (const instance of instancesOf(tx.state, id)) decommission(tx, instance, { type: 'deleted' });
}

/**
 * Ends what is left of an app or pod that was deleted, of which another one now takes the name: none of its instances is one of the new one's. A
 * deletion that is taken back finds those as its own that it has not ended.
 */
export function endPredecessors(tx: Tx, successor: RunSpec): void {
  for (const instance of instancesOf(tx.state, successor.id)) {
    if (isOld(successor, instance)) decommission(tx, instance, { type: 'deleted' });
  }
}
