import type { PathId } from '../../common/path-id.js';
import type { Timestamp } from '../model/app-definition.js';
import type { Deployment } from '../model/deployment.js';
import type { Group, RootChange } from '../model/group.js';
import type { Instance, PodTermination, TaskFailure } from '../model/instance.js';
import { isPod } from '../model/run-spec.js';
import type { RunSpec } from '../model/run-spec.js';
import { parentOf } from '../../common/path-id.js';
import { storeKeys } from './keys.js';
import { MutableState } from './mutable-state.js';
import { servicePortsOf } from './normalize/service-ports.js';
import type { Leftover } from './resident/leftovers.js';
import { isScheduled } from './resident/phase.js';
import { standingOf } from './standing.js';
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

function contentsAround(state: MutableState, id: PathId): { runSpecs: Set<PathId>; groups: Set<PathId> } {
  const contents = state.contents.get(parentOf(id));
  if (contents === undefined) throw new CorruptStateError(`the group of ${id} is not in the store`);
  return contents;
}

function countRole({ roles }: MutableState, role: string): void {
  roles.set(role, (roles.get(role) ?? 0) + 1);
}

/** Builds the state from what is stored. Health, delays and the queue start empty, as in Marathon; where
 * artifacts are is asked for again. Throws CorruptStateError. */
export function loadState(records: Records): MutableState {
  const state = new MutableState();
  const frameworkId = records.get(storeKeys.frameworkId);
  if (typeof frameworkId === 'string') state.frameworkId = frameworkId;
  const subscribers = records.get(storeKeys.callbackUrls) as { readonly urls: readonly string[] } | undefined;
  state.callbackUrls = new Set(subscribers?.urls);
  const followers = records.get(storeKeys.edges) as { readonly edges: readonly string[] } | undefined;
  state.edges = new Set(followers?.edges);

  const definition = (id: string, version: Timestamp): RunSpec => {
    const found = records.get(storeKeys.version(id, version));
    if (found === undefined) throw new CorruptStateError(`version ${version} of ${id} is not in the store`);
    return found as RunSpec;
  };

  // Outer groups first.
  for (const group of [...ofPrefix<Group>(records, storeKeys.group(''))].sort((a, b) => (a.id < b.id ? -1 : 1))) {
    state.groups.set(group.id, group);
    if (group.id === '/') continue;
    state.contents.set(group.id, { runSpecs: new Set(), groups: new Set() });
    contentsAround(state, group.id).groups.add(group.id);
  }
  for (const prefix of [storeKeys.app(''), storeKeys.pod('')]) {
    for (const [key, value] of records) {
      if (!key.startsWith(prefix)) continue;
      const id = key.slice(prefix.length);
      const { versions } = value as { versions: readonly Timestamp[] };
      const current = versions.at(-1);
      if (current === undefined) throw new CorruptStateError(`${id} has no version`);
      const runSpec = definition(id, current);
      countRole(state, runSpec.role);
      if (isPod(runSpec)) state.pods.set(id, runSpec);
      else {
        state.apps.set(id, runSpec);
        for (const port of servicePortsOf(runSpec)) if (port > 0) state.servicePorts.count(port, 1);
        for (const url of runSpec.storeUrls) state.storeUrls.set(url, (state.storeUrls.get(url) ?? 0) + 1);
      }
      state.versions.set(id, versions);
      state.definitions.set(definitionKey(id, current), runSpec);
      contentsAround(state, id).runSpecs.add(id);
    }
  }
  state.history = [...ofPrefix<RootChange>(records, storeKeys.rootChange(''))].sort((a, b) =>
    a.version < b.version ? -1 : 1,
  );
  for (const { id, from } of state.history.flatMap(({ runSpecs }) => runSpecs)) {
    if (from !== undefined) state.historyKeeps.add(definitionKey(id, from));
  }
  for (const instance of ofPrefix<Instance>(records, storeKeys.instance(''))) {
    const { id, appId, appVersion } = instance;
    state.instances.set(id, instance);
    countRole(state, instance.role);
    const ids = state.instancesOf.get(appId) ?? new Set();
    state.instancesOf.set(appId, ids.add(id));
    state.definitions.set(definitionKey(appId, appVersion), definition(appId, appVersion));
    state.tallies.set(instance, standingOf(state, instance));
    if (isScheduled(instance)) state.scheduled.set(appId, (state.scheduled.get(appId) ?? new Set()).add(id));
  }
  for (const leftover of ofPrefix<Leftover>(records, storeKeys.leftover(''))) {
    state.leftovers.set(leftover.instanceId, leftover);
    countRole(state, leftover.role);
  }
  for (const deployment of ofPrefix<Deployment>(records, storeKeys.deployment(''))) {
    state.deployments.set(deployment.id, deployment);
    for (const { id } of deployment.affected) state.locks.set(id, deployment.id);
  }
  for (const failure of ofPrefix<TaskFailure>(records, storeKeys.failure('')))
    state.failures.set(failure.appId, failure);
  for (const podId of state.pods.keys()) {
    const stored = records.get(storeKeys.terminations(podId)) as
      { readonly terminations: readonly PodTermination[] } | undefined;
    if (stored !== undefined) state.terminations.set(podId, stored.terminations);
  }
  return state;
}
