import { Type } from 'typebox';
import { readinessResultSchema } from './app-schemas.js';
import { count, optional, pathId, text, timestamp } from './common-schemas.js';

const action = {
  action: Type.Enum(
    [
      ...['StartApplication', 'ScaleApplication', 'RestartApplication', 'StopApplication', 'ResolveArtifacts'],
      ...['StartPod', 'ScalePod', 'RestartPod', 'StopPod'],
    ],
    {
      type: 'string',
    },
  ),
  app: optional(pathId),
  pod: optional(pathId),
};

export const stepSchema = Type.Object(
  { actions: Type.Array(Type.Object(action), { description: 'What is done at the same time.' }) },
  { $id: 'DeploymentStep' },
);

export const planSchema = Type.Object(
  { id: text, version: timestamp, steps: Type.Array(stepSchema) },
  { $id: 'DeploymentPlan' },
);

export const deploymentSchema = Type.Object(
  {
    id: text,
    version: timestamp,
    affectedApps: Type.Array(pathId),
    affectedPods: Type.Array(pathId),
    steps: Type.Array(stepSchema),
    currentActions: Type.Array(Type.Object({ ...action, readinessCheckResults: Type.Array(readinessResultSchema) })),
    currentStep: Type.Integer({ minimum: 0, description: 'From 1.' }),
    totalSteps: count,
  },
  { $id: 'Deployment' },
);
