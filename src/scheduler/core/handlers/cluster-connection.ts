import type { Instance } from '../../model/instance.js';
import type { Input } from '../inputs.js';
import { liveTaskIdsOf } from '../launch/task-id.js';
import { noConstraints } from '../offer-flow.js';
import { repeatKill } from '../recovery/kill.js';
import { forgetUnknownKills } from '../recovery/kill-queue.js';
import { lookForLeftovers } from '../resident/leftovers.js';
import { isEnding } from '../resident/phase.js';
import { fromTimestamp } from '../timestamps.js';
import type { Tx } from '../tx.js';

/** Mesos answers in parts; so many tasks are asked for at once at most. */
const reconcileChunk = 1000;

/** The host of `host:port`: Marathon's events name the master without its port. */
function hostOf(authority: string): string {
  return authority.replace(/:\d+$/, '');
}

/** One that waits in its place has none. */
function hasTasks({ condition }: Instance): boolean {
  return condition !== 'Scheduled';
}

/** Asks for the state of these tasks, then (implicitly) for tasks that this scheduler does not know. */
function reconcile(tx: Tx, instances: readonly Instance[]): void {
  for (let i = 0; i < instances.length; i += reconcileChunk) {
    const tasks = instances
      .slice(i, i + reconcileChunk)
      .flatMap((instance) => liveTaskIdsOf(instance).map((taskId) => ({ taskId, agentId: instance.agentId })));
    tx.call({ type: 'reconcile', tasks });
  }
  tx.call({ type: 'reconcile', tasks: [] });
}

/**
 * Subscribed with a master: every task is reconciled, also those just provisioned (their ACCEPT went out on a stream that is void
 * by now, or never did), and what shall end is asked to end again.
 */
export function handleRegistered(
  tx: Tx,
  { frameworkId, master, region }: Pick<Extract<Input, { type: 'registered' }>, 'frameworkId' | 'master' | 'region'>,
): void {
  const known = tx.state.frameworkId === frameworkId;
  if (!known) tx.setFrameworkId(frameworkId);
  tx.setConnectedMaster(master, region);
  tx.publish(
    known
      ? { type: 'scheduler_reregistered_event', master: hostOf(master) }
      : { type: 'scheduler_registered_event', frameworkId, master: hostOf(master) },
  );
  const instances = [...tx.state.instances.values()].filter(hasTasks);
  if (instances.length > 0) reconcile(tx, instances);
  for (const instance of instances) {
    if (isEnding(instance) && instance.drainUntil === undefined) repeatKill(tx, instance);
  }
  forgetUnknownKills(tx);
  lookForLeftovers(tx);
  tx.setDeadline('reconcile', tx.nowMs + tx.settings.reconciliationInitialDelayMs);
  // A new subscription starts with offers flowing: what was suppressed before must be suppressed again, if nothing waits.
  tx.setOfferFlow({
    ...tx.offerFlow,
    lastReviveMs: new Map(),
    suppressed: new Set(),
    constraints: noConstraints,
    held: [],
  });
  tx.hopeForOffers();
}

export function handleDisconnected(tx: Tx): void {
  if (tx.state.connectedMaster === undefined) return;
  tx.setConnectedMaster(undefined, tx.state.localRegion);
  // Offers end with the connection that they came by.
  tx.setOfferFlow({ ...tx.offerFlow, held: [] });
  tx.setDeadline('reconcile', undefined);
  tx.publish({ type: 'scheduler_disconnected_event' });
}

/** The periodic reconciliation: it leaves out what was provisioned so recently that Mesos may not know it yet. */
export function reconcilePeriodically(tx: Tx): void {
  if (tx.state.connectedMaster === undefined) return;
  const oldEnough = (instance: Instance): boolean =>
    instance.condition !== 'Provisioned' ||
    tx.nowMs - fromTimestamp(instance.stagedAt) >= tx.settings.taskLaunchConfirmTimeoutMs;
  reconcile(
    tx,
    [...tx.state.instances.values()].filter((i) => hasTasks(i) && oldEnough(i)),
  );
  lookForLeftovers(tx);
  tx.setDeadline('reconcile', tx.nowMs + tx.settings.reconciliationIntervalMs);
}
