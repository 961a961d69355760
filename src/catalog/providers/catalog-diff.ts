import { equalData } from '../../common/equal.js';
import type { CatalogView } from '../catalog.js';
import type { CatalogApp, CatalogChange, CatalogInstance } from '../types.js';

/** What of `read` differs from what is known. What is equal is not in it, so that it keeps its identity. */
export function catalogDiff(
  known: CatalogView,
  read: { readonly apps: readonly CatalogApp[]; readonly instances: readonly CatalogInstance[] },
): CatalogChange {
  const apps = new Set(read.apps.map(({ id }) => id));
  const instances = new Set(read.instances.map(({ taskId }) => taskId));
  return {
    apps: read.apps.filter((app) => !equalData(app, known.apps.get(app.id))),
    removedApps: [...known.apps.keys()].filter((id) => !apps.has(id)),
    instances: read.instances.filter((instance) => !equalData(instance, known.instances.get(instance.taskId))),
    removedInstances: [...known.instances.keys()].filter((taskId) => !instances.has(taskId)),
  };
}

export function isEmptyChange({ apps, removedApps, instances, removedInstances }: CatalogChange): boolean {
  return apps.length + removedApps.length + instances.length + removedInstances.length === 0;
}
