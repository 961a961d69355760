import { instanceIdOf } from '../core/launch/task-id.js';
import { appJsonOf } from '../core/normalize/app-json-of.js';
import { podJsonOf } from '../core/normalize/pods/pod-json-of.js';
import { definitionKey } from '../core/state.js';
import type { SchedulerState } from '../core/state.js';
import { isPod } from '../model/run-spec.js';
import type { DescribedRunSpec } from './processed-cluster.js';

/** Finds the definition that a task was launched with; undefined when its instance is gone. */
export function describeTask(
  state: Pick<SchedulerState, 'instances' | 'definitions'>,
): (taskId: string) => DescribedRunSpec | undefined {
  return (taskId) => {
    const instance = state.instances.get(instanceIdOf(taskId));
    if (instance === undefined) return undefined;
    const definition = state.definitions.get(definitionKey(instance.appId, instance.appVersion));
    if (definition === undefined) return undefined;
    return isPod(definition)
      ? { kind: 'pod', json: podJsonOf(definition) }
      : { kind: 'app', json: appJsonOf(definition) };
  };
}
