import type { AppDefinition, Timestamp } from '../../model/app-definition.js';
import type { DeploymentAction, DeploymentPlan, DeploymentStep } from '../../model/deployment.js';

/** What is to become of one app. */
export type AppChange =
  | { readonly kind: 'create'; readonly to: AppDefinition }
  | { readonly kind: 'delete'; readonly from: AppDefinition }
  | { readonly kind: 'scale' | 'upgrade'; readonly from: AppDefinition; readonly to: AppDefinition };

export function changedId(change: AppChange): string {
  return change.kind === 'delete' ? change.from.id : change.to.id;
}

/** The steps of a deployment (marathon.md §8.1): stop what is gone, start what is new, then scale or restart. Empty steps are left out. */
export function planSteps(changes: readonly AppChange[]): DeploymentStep[] {
  const stop: DeploymentAction[] = [];
  const start: DeploymentAction[] = [];
  const change: DeploymentAction[] = [];
  for (const c of changes) {
    switch (c.kind) {
      case 'delete':
        stop.push({ action: 'StopApplication', app: c.from.id });
        break;
      case 'create':
        start.push({ action: 'StartApplication', app: c.to.id });
        change.push({ action: 'ScaleApplication', app: c.to.id });
        break;
      case 'scale':
        change.push({ action: 'ScaleApplication', app: c.to.id });
        break;
      case 'upgrade':
        change.push({ action: c.to.instances === 0 ? 'ScaleApplication' : 'RestartApplication', app: c.to.id });
        break;
    }
  }
  return [stop, start, change].filter((actions) => actions.length > 0).map((actions) => ({ actions }));
}

/** The plan that carries out these changes. */
export function planDeployment(id: string, version: Timestamp, changes: readonly AppChange[]): DeploymentPlan {
  return {
    id,
    version,
    steps: planSteps(changes),
    affected: changes.map((c) => ({
      id: changedId(c),
      ...(c.kind === 'create' ? {} : { from: c.from }),
      ...(c.kind === 'delete' ? {} : { to: c.to.version }),
    })),
  };
}
