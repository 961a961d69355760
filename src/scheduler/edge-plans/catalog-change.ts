import type { CatalogView } from '../../catalog/catalog.js';
import type { CatalogApp, CatalogChange } from '../../catalog/types.js';
import type { PathId } from '../../common/path-id.js';
import { toCatalogApp } from '../api/render/catalog.js';
import { countsAsRunning } from '../core/deployment/actions.js';
import type { Plan } from '../core/plan/plan-command.js';
import { surplusOf } from '../core/recovery/kill-selection.js';
import { instancesOf } from '../core/state.js';
import type { SchedulerState } from '../core/state.js';
import type { RunSpec } from '../model/run-spec.js';

/** Task ids of what would be killed when an app is scaled down: the same that its deployment would choose now. */
function scaledDown(state: SchedulerState, to: RunSpec): string[] {
  const counted = instancesOf(state, to.id).filter(countsAsRunning);
  return surplusOf(to, counted, counted.length - to.instances).map(({ taskId }) => taskId);
}

/**
 * What a plan would change in the catalog, as far as it can be told beforehand: the definitions, and the instances that would go for good.
 * Those that would come have no ports yet, and are left out; so are those that a restart replaces, one after the other, by others.
 */
export function catalogChangeOf(state: SchedulerState, catalog: CatalogView, { changes }: Plan): CatalogChange {
  const apps = new Map<PathId, CatalogApp>();
  const removedApps = new Set<PathId>();
  const going: string[] = [];
  for (const change of changes) {
    if (change.effect === 'delete') {
      removedApps.add(change.id);
      for (const { taskId } of catalog.instancesOf(change.id)) going.push(taskId);
      continue;
    }
    // Where a pod comes in the place of an app, it is deleted and created
    removedApps.delete(change.id);
    apps.set(change.id, toCatalogApp(change.to));
    if (change.effect === 'scale') going.push(...scaledDown(state, change.to));
  }
  return {
    apps: [...apps.values()],
    removedApps: [...removedApps],
    instances: [],
    removedInstances: going.filter((taskId) => catalog.instances.has(taskId)),
  };
}
