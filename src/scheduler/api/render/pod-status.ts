import { definitionKey, instancesOf } from '../../core/state.js';
import type { SchedulerState } from '../../core/state.js';
import { toTimestamp } from '../../core/timestamps.js';
import type { Timestamp } from '../../model/app-definition.js';
import type { Instance, PodTermination } from '../../model/instance.js';
import type { PodDefinition } from '../../model/pod-definition.js';
import { isPod } from '../../model/run-spec.js';
import { withMembers } from './app.js';
import { podText } from './pod.js';
import { renderContainerTermination } from './pod-container.js';
import { podInstanceState, renderPodInstanceStatus, sinceOf } from './pod-instance.js';

/** RAML's PodState. */
type PodState = 'DEGRADED' | 'STABLE' | 'TERMINAL';

/** The definition that an instance runs. */
function podOf(state: SchedulerState, instance: Instance, current: PodDefinition): PodDefinition {
  const definition = state.definitions.get(definitionKey(instance.appId, instance.appVersion));
  return definition !== undefined && isPod(definition) ? definition : current;
}

/** The deployment that deletes the pod, while it runs. */
function isBeingDeleted(state: SchedulerState, { id }: PodDefinition): boolean {
  const deployment = state.deployments.get(state.locks.get(id) ?? '');
  return deployment?.affected.some((affected) => affected.id === id && affected.to === undefined) === true;
}

/** Why a pod has fewer instances than wanted: what the last offer that was held against it lacked, else that there was none. */
function waitingMessage(state: SchedulerState, pod: PodDefinition, stable: number): string {
  const count = `${stable} of ${pod.instances} instances are up`;
  const last = [...(state.queue.get(pod.id)?.offers.lastRefusals.values() ?? [])].at(-1);
  const refusal = last?.refusals[0];
  if (refusal !== undefined) return `${count}: it needs ${refusal.needed}; ${refusal.had}`;
  if (state.connectedMaster === undefined) return `${count}: there is no connection to a Mesos master`;
  return state.queue.has(pod.id) ? `${count}: no offer has been seen since it waits` : count;
}

/** Since when the pod is what it is: its last change that is recorded, of an instance, of the waiting, or of the definition. */
function statusSince(state: SchedulerState, pod: PodDefinition, instances: readonly Instance[]): Timestamp {
  const times = instances.map(sinceOf);
  return times.length > 0
    ? times.reduce((a, b) => (a > b ? a : b))
    : (state.queue.get(pod.id)?.since ?? pod.versionInfo.lastScalingAt);
}

/** How an instance ended (RAML's TerminationHistory). */
function renderTermination({ instanceId, startedAt, terminatedAt, message, containers }: PodTermination): object {
  return {
    instanceID: instanceId,
    startedAt,
    terminatedAt,
    message,
    containers: containers.map(renderContainerTermination),
  };
}

/** The status of a pod as JSON text (marathon.md §7, RAML's PodStatus), derived from what is known at `nowMs`. */
export function podStatusText(state: SchedulerState, pod: PodDefinition, nowMs: number): string {
  const now = toTimestamp(nowMs);
  const instances = instancesOf(state, pod.id);
  const stable = instances.filter((i) => podInstanceState(i, podOf(state, i, pod)) === 'STABLE').length;
  const status: PodState = isBeingDeleted(state, pod) ? 'TERMINAL' : stable >= pod.instances ? 'STABLE' : 'DEGRADED';
  const since = statusSince(state, pod, instances);
  const text = JSON.stringify({
    id: pod.id,
    status,
    statusSince: since,
    message: status === 'DEGRADED' ? waitingMessage(state, pod, stable) : undefined,
    instances: instances.map((i) => renderPodInstanceStatus(i, podOf(state, i, pod), now)),
    terminationHistory: (state.terminations.get(pod.id) ?? []).toReversed().map(renderTermination),
    lastUpdated: now,
    lastChanged: since,
  });
  return withMembers(text, [['spec', podText(pod)]]);
}
