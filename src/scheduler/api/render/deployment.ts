import { readinessResultsOf } from '../../core/deployment/readiness-checks.js';
import type { SchedulerState } from '../../core/state.js';
import type { Deployment, DeploymentAction, DeploymentStep } from '../../model/deployment.js';
import { renderReadiness } from './readiness.js';

/** What is done to a pod is named after pods: `ScalePod`. */
function renderAction({ action, id, kind }: DeploymentAction): object {
  return { action: kind === 'pod' ? action.replace('Application', 'Pod') : action, [kind]: id };
}

/** A step as plans show it: `{"actions": [{"action", "app" | "pod"}]}`. */
export function renderStep({ actions }: DeploymentStep): object {
  return { actions: actions.map(renderAction) };
}

/** The plan as events carry it (Marathon's light format). */
export function renderPlan({ id, version, steps }: Deployment): object {
  return { id, version, steps: steps.map(renderStep) };
}

/** The step under way as events carry it. */
export function renderCurrentStep({ steps, currentStep }: Deployment): object {
  return renderStep(steps[currentStep] ?? { actions: [] });
}

/** One entry of GET /v2/deployments. */
export function renderDeployment(state: SchedulerState, deployment: Deployment): object {
  const { id, version, affected, steps, currentStep } = deployment;
  const ids = (kind: 'app' | 'pod'): string[] => affected.filter((a) => a.kind === kind).map((a) => a.id);
  return {
    id,
    version,
    affectedApps: ids('app'),
    affectedPods: ids('pod'),
    steps: steps.map(renderStep),
    currentActions: (steps[currentStep]?.actions ?? []).map((action) => ({
      ...renderAction(action),
      readinessCheckResults: readinessResultsOf(state, action.id).map(renderReadiness),
    })),
    currentStep: Math.min(currentStep + 1, steps.length),
    totalSteps: steps.length,
  };
}
