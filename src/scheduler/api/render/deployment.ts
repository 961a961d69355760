import type { Deployment, DeploymentStep } from '../../model/deployment.js';

function renderStep({ actions }: DeploymentStep): object {
  return { actions: actions.map(({ action, app }) => ({ action, app })) };
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
export function renderDeployment(deployment: Deployment): object {
  const { id, version, affected, steps, currentStep } = deployment;
  return {
    id,
    version,
    affectedApps: affected.map((app) => app.id),
    affectedPods: [],
    steps: steps.map(renderStep),
    currentActions: (steps[currentStep]?.actions ?? []).map(({ action, app }) => ({
      action,
      app,
      readinessCheckResults: [],
    })),
    currentStep: Math.min(currentStep + 1, steps.length),
    totalSteps: steps.length,
  };
}
