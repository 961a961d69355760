import { Type } from 'typebox';
import { deploymentResultSchema } from './common-schemas.js';
import { flag, force, json, list } from './operation.js';
import type { Resource } from './operation.js';
import { tasksSchema } from './task-schemas.js';

export const tasks: Resource = {
  tag: 'tasks',
  description: 'Tasks: what runs.',
  paths: {
    '/v2/tasks': {
      get: {
        id: 'listTasks',
        summary: 'All tasks',
        description:
          'As text/plain: a line for each service port of each app, with its number and the addresses behind it, separated by tabs.',
        parameters: [list('status', 'Only tasks in this state; status[] is the same.', ['running', 'staging'])],
        answers: {
          200: {
            description: 'The tasks.',
            content: [{ schema: tasksSchema }, { schema: Type.String(), mediaType: 'text/plain' }],
          },
        },
      },
    },
    '/v2/tasks/delete': {
      post: {
        id: 'killTasks',
        summary: 'End tasks of any apps',
        parameters: [
          flag('scale', false, 'Want that many instances less: nothing is started in their place.'),
          flag('wipe', false, 'Forget the volumes, too. Not together with scale.'),
          force,
        ],
        body: {
          schema: Type.Object({ ids: Type.Array(Type.String()) }),
          description: 'Ids that are not known are left out.',
          example: { ids: ['shop_web.instance-867ed450-f6a8-4d33-9b0e-e11c5513990b._app.1'] },
        },
        answers: {
          200: json(
            'The tasks that are ended; with scale, the deployment.',
            Type.Union([tasksSchema, deploymentResultSchema]),
          ),
        },
        errors: [400, 409, 422],
      },
    },
  },
};
