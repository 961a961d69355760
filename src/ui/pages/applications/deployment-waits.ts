import type { OverviewDeployment } from '../../api/overview.js';

/**
 * What the deployments under way wait for at each app, in words that stand beside its name; those that wait for nothing in particular are not
 * there.
 */
export function deploymentWaits(deployments: readonly OverviewDeployment[]): ReadonlyMap<string, string> {
  const waits = new Map<string, string>();
  for (const { currentActions } of deployments) {
    for (const { app, waitsFor } of currentActions) {
      if (waitsFor !== null) waits.set(app, waitsFor.replace(` of ${app} `, ' '));
    }
  }
  return waits;
}
