import { isEnding } from '../resident/phase.js';
import type { Tx } from '../tx.js';
import { sendKill } from './kill.js';

/** What is to be killed: all tasks of an instance, or a task that nobody knows. */
export type KillTarget =
  | { readonly kind: 'instance'; readonly instanceId: string }
  | { readonly kind: 'task'; readonly taskId: string; readonly agentId: string };

/** So many unknown tasks may wait to be killed; of others Mesos tells again with the next reconciliation. */
const maxUnknownTasks = 100_000;

/** Puts a task that nobody knows in the queue, unless it is there or its end is waited for. */
export function killUnknown(tx: Tx, taskId: string, agentId: string): void {
  const { killsWaiting, killsInFlight } = tx.state;
  if (killsWaiting.has(taskId) || killsInFlight.has(taskId) || killsWaiting.size >= maxUnknownTasks) return;
  tx.setKillWaiting(taskId, { kind: 'task', taskId, agentId });
}

/** The end of a task that nobody knows has come, or the patience with it has. */
export function forgetUnknownKill(tx: Tx, taskId: string): void {
  tx.setKillWaiting(taskId, undefined);
  if (!tx.state.killsInFlight.has(taskId)) return;
  tx.setKillInFlight(taskId, undefined);
  tx.setDeadline(`kill:${taskId}`, undefined);
}

/** A new connection: of the kills of the last one nobody knows whether they arrived. What still runs is told by the reconciliation. */
export function forgetUnknownKills(tx: Tx): void {
  for (const targets of [tx.state.killsWaiting, tx.state.killsInFlight]) {
    for (const target of [...targets.values()]) if (target.kind === 'task') forgetUnknownKill(tx, target.taskId);
  }
}

/** Whether the instance still has to be killed. One whose agent is lost cannot be. */
function isToBeKilled(tx: Tx, instanceId: string): boolean {
  const instance = tx.state.instances.get(instanceId);
  return instance !== undefined && isEnding(instance) && instance.unreachableSince === undefined;
}

/** What has waited longest. */
function nextTargets(tx: Tx, count: number): [string, KillTarget][] {
  const next: [string, KillTarget][] = [];
  for (const entry of tx.state.killsWaiting) {
    if (next.length >= count) break;
    next.push(entry);
  }
  return next;
}

/**
 * Sends kills while fewer than `--kill_chunk_size` are on their way (marathon.md §11.2): a place becomes free with the end of what was killed,
 * or when a kill has been without effect for `--kill_retry_timeout`; then it waits again, behind the others.
 */
export function settleKills(tx: Tx): void {
  const { killsWaiting, killsInFlight } = tx.state;
  if (killsWaiting.size + killsInFlight.size === 0) return;
  for (const id of tx.touchedInstances) {
    if (isToBeKilled(tx, id)) continue;
    tx.setKillWaiting(id, undefined);
    tx.setKillInFlight(id, undefined);
  }
  if (tx.state.connectedMaster === undefined) return;
  for (const [key, target] of nextTargets(tx, tx.settings.killChunkSize - killsInFlight.size)) {
    tx.setKillWaiting(key, undefined);
    tx.setKillInFlight(key, target);
    if (target.kind === 'task') {
      tx.call({ type: 'kill', taskId: target.taskId, agentId: target.agentId });
      tx.setDeadline(`kill:${target.taskId}`, tx.nowMs + tx.settings.killRetryTimeoutMs);
      continue;
    }
    const instance = tx.state.instances.get(target.instanceId);
    if (instance !== undefined) sendKill(tx, instance);
  }
}
