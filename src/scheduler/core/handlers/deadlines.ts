import type { Instance } from '../../model/instance.js';
import { publishInstanceChanged } from '../instance-events.js';
import { abandon, repeatKill, retire } from '../recovery/kill.js';
import { forgetUnknownKill } from '../recovery/kill-queue.js';
import { refreshTokens } from '../recovery/launch-tokens.js';
import { awaitUnreachable } from '../recovery/unreachable.js';
import { leftoverDue } from '../resident/leftovers.js';
import { settleApps } from '../settle.js';
import type { Tx } from '../tx.js';
import { reconcilePeriodically } from './cluster-connection.js';
import { useHeldOffers } from './offers.js';

/** The end of an unreachable instance's patience: first it stops counting, later it is forgotten. */
function unreachableForLong(tx: Tx, instance: Instance): void {
  if (instance.condition === 'UnreachableInactive') {
    abandon(tx, instance, {
      type: 'unreachable',
      ...(instance.unreachableSince === undefined ? {} : { since: instance.unreachableSince }),
    });
    return;
  }
  const inactive: Instance = { ...instance, condition: 'UnreachableInactive' };
  tx.putInstance(inactive);
  awaitUnreachable(tx, inactive);
  publishInstanceChanged(tx, inactive);
}

function instanceDue(tx: Tx, instance: Instance): void {
  if (instance.unreachableSince !== undefined) unreachableForLong(tx, instance);
  // Its place was reserved, and never offered
  else if (instance.condition === 'Scheduled') abandon(tx, instance, { type: 'reservationOverdue' });
  else if (instance.goal !== 'Running') repeatKill(tx, instance);
  // Provisioned, Staging or Starting for too long: the launch is given up, the instance is replaced.
  else if (instance.condition !== 'Running') {
    retire(tx, instance, { type: 'launchOverdue', condition: instance.condition });
  }
}

/** What was put off until now. */
export function handleTick(tx: Tx): void {
  for (const key of tx.takeDueDeadlines()) {
    const at = key.indexOf(':');
    const [kind, id] = at < 0 ? [key, ''] : [key.slice(0, at), key.slice(at + 1)];
    if (kind === 'instance') {
      const instance = tx.state.instances.get(id);
      if (instance !== undefined) instanceDue(tx, instance);
    } else if (kind === 'leftover') {
      const leftover = tx.state.leftovers.get(id);
      if (leftover !== undefined) leftoverDue(tx, leftover);
    } else if (kind === 'kill') {
      forgetUnknownKill(tx, id);
    } else if (kind === 'delay') {
      const delay = tx.state.delays.get(id);
      // Setting the same delay again moves its deadline from "may launch" to "is forgotten".
      tx.hopeForOffers(tx.state.queue.get(id)?.role);
      tx.setDelay(id, delay === undefined || delay.forgetAtMs <= tx.nowMs ? undefined : delay);
    } else if (kind === 'constraints') {
      tx.queueTouched = true;
    } else if (kind === 'reconcile') {
      reconcilePeriodically(tx);
    } else if (kind === 'revive') {
      tx.hopeForOffers(id);
    } else if (kind === 'tokens') {
      refreshTokens(tx);
    } else if (kind === 'offers') {
      // What is launched must meet the demand of this very turn.
      settleApps(tx);
      useHeldOffers(tx);
    }
  }
}
