import { Type } from 'typebox';
import { deployment } from './common-schemas.js';
import { deploymentSchema } from './deployment-schemas.js';
import { flag, json } from './operation.js';
import type { Resource } from './operation.js';

export const deployments: Resource = {
  tag: 'deployments',
  description: 'Deployments: changes that are being carried out.',
  paths: {
    '/v2/deployments': {
      get: {
        id: 'listDeployments',
        summary: 'The running deployments',
        answers: { 200: json('The deployments.', Type.Array(deploymentSchema)) },
      },
    },
    '/v2/deployments/{deployment_id}': {
      delete: {
        id: 'cancelDeployment',
        summary: 'Undo a deployment, or just stop it',
        parameters: [flag('force', false, 'Only stop it: what it has done stays done.')],
        answers: {
          200: deployment('Another deployment, which undoes it, has begun.'),
          202: { description: 'It is stopped (force).' },
        },
        errors: [404, 409],
      },
    },
  },
};
