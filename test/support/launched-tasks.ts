import type { ClusterCall } from '../../src/scheduler/core/effects.js';
import type { GroupLaunch, TaskLaunch } from '../../src/scheduler/model/offer.js';

/** The tasks that calls to Mesos launch one by one: those of apps. */
export function launchedTasks(calls: readonly ClusterCall[]): readonly TaskLaunch[] {
  return calls
    .flatMap((call) => (call.type === 'accept' ? call.operations : []))
    .flatMap((operation) => (operation.type === 'launch' ? [operation.task] : []));
}

/** The groups of tasks that they launch: those of pods. */
export function launchedGroups(calls: readonly ClusterCall[]): readonly GroupLaunch[] {
  return calls
    .flatMap((call) => (call.type === 'accept' ? call.operations : []))
    .flatMap((operation) => (operation.type === 'launchGroup' ? [operation.group] : []));
}

/** The tasks that they end. */
export function killedTasks(calls: readonly ClusterCall[]): readonly string[] {
  return calls.flatMap((call) => (call.type === 'kill' ? [call.taskId] : []));
}
