import type { PathId } from '../../../common/path-id.js';
import { decommission } from '../recovery/kill.js';
import { instancesOf } from '../state.js';
import type { Tx } from '../tx.js';

/**
 * Ends the instances of an app or pod that is gone, with no deployment that would: one that was to stop it later was cancelled before
 * its turn.
 */
export function endLeftovers(tx: Tx, id: PathId): void {
  const { total, leaving } = tx.state.tallies.of(id);
  if (leaving === total) return;
  for (const instance of instancesOf(tx.state, id)) decommission(tx, instance, { type: 'deleted' });
}
