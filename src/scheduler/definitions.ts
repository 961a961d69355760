import type { PathId } from '../common/path-id.js';
import { groupAtVersion } from './core/groups/history.js';
import { storeKeys } from './core/keys.js';
import { definitionKey } from './core/state.js';
import type { SchedulerState } from './core/state.js';
import type { AppDefinition, Timestamp } from './model/app-definition.js';
import type { PodDefinition } from './model/pod-definition.js';
import { isPod } from './model/run-spec.js';
import type { RunSpec } from './model/run-spec.js';
import type { Store } from './ports/store.js';
import type { SchedulerService } from './service.js';

/** So many old definitions are read from the store at a time. */
const readsAtOnce = 100;

/** How old definitions are found: in memory if they are current or run, in the store otherwise. */
export function createDefinitions(
  state: SchedulerState,
  store: Pick<Store, 'get'>,
): Pick<SchedulerService, 'definition' | 'podDefinition' | 'groupAt'> {
  async function read(id: PathId, version: Timestamp): Promise<RunSpec | undefined> {
    const known = state.definitions.get(definitionKey(id, version));
    return known ?? ((await store.get(storeKeys.version(id, version))) as RunSpec | undefined);
  }

  /** Only versions in the history of what is there now: an id that was used before means nothing any more. */
  async function ofCurrent(id: PathId, version: Timestamp): Promise<RunSpec | undefined> {
    return state.versions.get(id)?.includes(version) === true ? read(id, version) : undefined;
  }

  return {
    async definition(id, version) {
      const found = await ofCurrent(id, version);
      return found === undefined || isPod(found) ? undefined : found;
    },
    async podDefinition(id, version) {
      const found = await ofCurrent(id, version);
      return found !== undefined && isPod(found) ? found : undefined;
    },
    async groupAt(id, version) {
      const then = groupAtVersion(state, id, version);
      if (then === undefined) return undefined;
      const apps = new Map<PathId, AppDefinition>();
      const pods = new Map<PathId, PodDefinition>();
      const wanted = [...then.runSpecs];
      while (wanted.length > 0) {
        const some = wanted.splice(0, readsAtOnce);
        const found = await Promise.all(some.map(([runSpecId, v]) => read(runSpecId, v)));
        // What has left the history meanwhile is gone: then the version as a whole is.
        if (found.includes(undefined)) return undefined;
        for (const runSpec of found) {
          if (runSpec === undefined) continue;
          if (isPod(runSpec)) pods.set(runSpec.id, runSpec);
          else apps.set(runSpec.id, runSpec);
        }
      }
      return { id, groups: then.groups, apps, pods };
    },
  };
}
