import type { ContainerTask, Instance } from '../../model/instance.js';
import type { Tx } from '../tx.js';
import { podConditionOf } from './pod-condition.js';

/** So many ends of instances are remembered of each pod, the latest ones. */
const maxTerminations = 10;

/** The container that says why all ended: that with the decisive condition; of several the one that was the first to have it. */
function decisiveContainer(containers: readonly ContainerTask[]): ContainerTask | undefined {
  const condition = podConditionOf(containers);
  return containers
    .filter((container) => container.condition === condition)
    .reduce<ContainerTask | undefined>(
      (first, other) => (first !== undefined && first.since <= other.since ? first : other),
      undefined,
    );
}

/** Writes down how an instance of a pod ended, for its `terminationHistory`; a pod that is gone has none. */
export function recordTermination(tx: Tx, instance: Instance): void {
  const { appId, containers } = instance;
  if (containers === undefined || !tx.state.pods.has(appId)) return;
  const decisive = decisiveContainer(containers);
  const known = tx.state.terminations.get(appId) ?? [];
  const termination = {
    instanceId: instance.id,
    startedAt: instance.startedAt ?? instance.stagedAt,
    terminatedAt: tx.now,
    ...(decisive?.message === undefined ? {} : { message: `${decisive.name}: ${decisive.message}` }),
    containers,
  };
  tx.setTerminations(appId, [...known, termination].slice(-maxTerminations));
}
