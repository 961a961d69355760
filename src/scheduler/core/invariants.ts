import { launchedDefinition } from './deployment/launched-definition.js';
import { definitionOf, runSpecOf } from './state.js';
import { parentOf } from '../../common/path-id.js';
import type { Tx } from './tx.js';

/** A step broke what must always hold. The step is undone; this is a defect of the program, never of its input. */
export class InvariantError extends Error {
  override readonly name = 'InvariantError';
}

function require(holds: boolean, what: string): void {
  if (!holds) throw new InvariantError(what);
}

/** Checks what a turn touched. Throws InvariantError. */
export function checkInvariants(tx: Tx): void {
  const { state } = tx;
  for (const id of tx.touchedInstances) {
    const instance = state.instances.get(id);
    if (instance === undefined) continue;
    require(state.instancesOf.get(instance.appId)?.has(id) === true, `instance ${id} is not listed under its app`);
    require(definitionOf(state, instance) !==
      undefined, `instance ${id} runs an unknown version ${instance.appVersion}`);
  }
  for (const id of tx.touchedApps) {
    const app = runSpecOf(state, id);
    if (app === undefined) {
      require(state.versions.get(id) === undefined, `${id} is gone but its versions are not`);
      continue;
    }
    require(state.contents.get(parentOf(id))?.runSpecs.has(id) === true, `${id} is not listed in its group`);
    require(state.versions.get(id)?.at(-1) === app.version, `${id} is not at its newest version`);
    const entry = state.queue.get(id);
    const wanted = launchedDefinition(state, id)?.instances ?? app.instances;
    require(entry === undefined ||
      (entry.count > 0 && entry.count <= wanted), `${id} queues ${entry?.count ?? 0} of ${wanted}`);
  }
}
