import type { CatalogView } from '../../catalog/catalog.js';
import type { CatalogMessage } from '../../catalog/types.js';
import type { ClusterView } from '../source/cluster-view.js';
import { instanceStanding } from './instance-standing.js';

/**
 * Takes over into `view` what a message says of tasks; `catalog` is as it is after it. A change costs the instances that it sets or
 * removes, and those of the apps that it sets, because whether those have health checks may be another matter now.
 */
export function applyCatalog(view: ClusterView, catalog: CatalogView, message: CatalogMessage): void {
  const take = (taskId: string): void => {
    const instance = catalog.instances.get(taskId);
    if (instance === undefined) view.dropStanding(taskId);
    else view.setStanding(taskId, instanceStanding(instance, catalog.apps.get(instance.appId)));
  };
  if (message.type === 'snapshot') {
    for (const taskId of [...view.standings.keys()]) if (!catalog.instances.has(taskId)) take(taskId);
    for (const taskId of catalog.instances.keys()) take(taskId);
    return;
  }
  for (const taskId of message.removedInstances) take(taskId);
  for (const { taskId } of message.instances) take(taskId);
  for (const id of [...message.removedApps, ...message.apps.map((app) => app.id)]) {
    for (const { taskId, isChecked } of catalog.instancesOf(id)) if (isChecked === undefined) take(taskId);
  }
}
