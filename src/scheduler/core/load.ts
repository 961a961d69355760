import type { AppDefinition, Timestamp } from '../model/app-definition.js';
import type { Deployment } from '../model/deployment.js';
import type { Instance, TaskFailure } from '../model/instance.js';
import { parentOf } from '../../common/path-id.js';
import { storeKeys } from './keys.js';
import { MutableState } from './mutable-state.js';
import { servicePortsOf } from './normalize/service-ports.js';
import { definitionKey } from './state.js';

/** The records of the store by key, as they were written. */
export type Records = ReadonlyMap<string, unknown>;

/** The stored state is not what this program writes; nothing was loaded. */
export class CorruptStateError extends Error {
  override readonly name = 'CorruptStateError';
}

function* ofPrefix<T>(records: Records, prefix: string): Generator<T> {
  for (const [key, value] of records) if (key.startsWith(prefix)) yield value as T;
}

function count<K>(map: Map<K, number>, key: K): void {
  map.set(key, (map.get(key) ?? 0) + 1);
}

/** Builds the state from what is stored. Health, delays and the queue start empty, as in Marathon. Throws CorruptStateError. */
export function loadState(records: Records): MutableState {
  const state = new MutableState();
  const frameworkId = records.get(storeKeys.frameworkId);
  if (typeof frameworkId === 'string') state.frameworkId = frameworkId;

  const definition = (id: string, version: Timestamp): AppDefinition => {
    const found = records.get(storeKeys.version(id, version));
    if (found === undefined) throw new CorruptStateError(`version ${version} of app ${id} is not in the store`);
    return found as AppDefinition;
  };

  for (const [key, value] of records) {
    if (!key.startsWith(storeKeys.app(''))) continue;
    const id = key.slice(storeKeys.app('').length);
    const { versions } = value as { versions: readonly Timestamp[] };
    const current = versions.at(-1);
    if (current === undefined) throw new CorruptStateError(`app ${id} has no version`);
    const app = definition(id, current);
    state.apps.set(id, app);
    state.versions.set(id, versions);
    state.definitions.set(definitionKey(id, current), app);
    for (const port of servicePortsOf(app)) if (port > 0) count(state.servicePorts, port);
    for (let group = parentOf(id); ; group = parentOf(group)) {
      count(state.groups, group);
      if (group === '/') break;
    }
  }
  for (const instance of ofPrefix<Instance>(records, storeKeys.instance(''))) {
    const { id, appId, appVersion } = instance;
    state.instances.set(id, instance);
    const ids = state.instancesOf.get(appId) ?? new Set();
    state.instancesOf.set(appId, ids.add(id));
    state.definitions.set(definitionKey(appId, appVersion), definition(appId, appVersion));
  }
  for (const deployment of ofPrefix<Deployment>(records, storeKeys.deployment(''))) {
    state.deployments.set(deployment.id, deployment);
    for (const { id } of deployment.affected) state.locks.set(id, deployment.id);
  }
  for (const failure of ofPrefix<TaskFailure>(records, storeKeys.failure('')))
    state.failures.set(failure.appId, failure);
  return state;
}
