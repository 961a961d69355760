import type { OverviewDeployment } from '../../api/overview.js';

/** How much of a deployment is done, from 0 to 1: each step counts the same, the one under way by its instances. */
export function doneShare({ currentStep, totalSteps, currentActions }: OverviewDeployment): number {
  if (totalSteps === 0) return 0;
  const done = currentActions.reduce((sum, action) => sum + action.done, 0);
  const wanted = currentActions.reduce((sum, action) => sum + action.wanted, 0);
  const ofStep = wanted === 0 ? 0 : done / wanted;
  return Math.min(1, (currentStep - 1 + ofStep) / totalSteps);
}
