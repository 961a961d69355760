import { Type } from 'typebox';
import { appSchema, appUpdateSchema } from '../../core/validate/app-schema.js';
import { appInfoSchema, exampleApp } from './app-schemas.js';
import { deployed, deployment, deploymentResultSchema, timestamp } from './common-schemas.js';
import { flag, force, json, list, text } from './operation.js';
import type { Paths, Resource } from './operation.js';
import { taskSchema, tasksSchema } from './task-schemas.js';

const embeds = ['counts', 'deployments', 'tasks', 'readiness', 'lastTaskFailure', 'taskStats', 'failures'].map(
  (name) => `apps.${name}`,
);

const embed = list(
  'embed',
  'What is shown besides the definition. The prefix may also be app. or group.apps., or be left out.',
  embeds,
);

const partialUpdate = flag(
  'partialUpdate',
  true,
  'Members that are not given stay as they are; false: they get their defaults.',
);

const killParameters = [
  flag('scale', false, 'Want that many instances less: nothing is started in their place.'),
  flag('wipe', false, 'Forget the volumes, too. Not together with scale.'),
  force,
];

const plainText = { schema: Type.String(), mediaType: 'text/plain' };

const manyUpdates = Type.Array(appUpdateSchema);

const all: Paths = {
  '/v2/apps': {
    get: {
      id: 'listApps',
      summary: 'All apps, or those that are asked for',
      parameters: [
        text('cmd', 'Only apps whose cmd contains this, in any case.'),
        text('id', 'Only apps whose id contains this, in any case.'),
        text(
          'label',
          'Only apps whose labels match: clauses like key, key==value, key in (a, b), separated by commas.',
        ),
        embed,
      ],
      answers: {
        200: json('The apps, with counts and deployments.', Type.Object({ apps: Type.Array(appInfoSchema) })),
      },
      errors: [422],
    },
    post: {
      id: 'createApp',
      summary: 'Create an app',
      description: 'Groups around it are created, too.',
      parameters: [force],
      body: { schema: appSchema, example: exampleApp },
      answers: { 201: deployed('The app as it is created.', appInfoSchema, { Location: 'The id of the app.' }) },
      errors: [400, 409, 422],
    },
    put: {
      id: 'setApps',
      summary: 'Update or create several apps in one deployment',
      parameters: [partialUpdate, force],
      body: { schema: manyUpdates, example: [{ id: '/shop/web', instances: 3 }], description: 'Each with its id.' },
      answers: { 200: deployment('The deployment has begun.') },
      errors: [400, 409, 422],
    },
    patch: {
      id: 'updateApps',
      summary: 'Update several apps in one deployment',
      parameters: [force],
      body: { schema: manyUpdates, example: [{ id: '/shop/web', instances: 3 }], description: 'Each with its id.' },
      answers: { 200: deployment('The deployment has begun.') },
      errors: [400, 404, 409, 422],
    },
  },
};

const one: Paths = {
  '/v2/apps/{app_id}': {
    get: {
      id: 'getApp',
      summary: 'One app',
      parameters: [embed],
      answers: {
        200: json(
          'The app, with counts, tasks, deployments and the last failure.',
          Type.Object({ app: appInfoSchema }),
        ),
      },
      errors: [404],
    },
    put: {
      id: 'setApp',
      summary: 'Update or create an app, or return to an older version of it',
      description: 'A member that is given replaces the whole old one; null is the same as not given.',
      parameters: [partialUpdate, force],
      body: { schema: appUpdateSchema, example: { instances: 3 } },
      answers: {
        200: deployment('The deployment has begun.'),
        201: deployment('The app is created.', { Location: 'The id of the app.' }),
      },
      errors: [400, 404, 409, 422],
    },
    patch: {
      id: 'updateApp',
      summary: 'Update an app',
      parameters: [force],
      body: { schema: appUpdateSchema, example: { instances: 3 } },
      answers: { 200: deployment('The deployment has begun.') },
      errors: [400, 404, 409, 422],
    },
    delete: {
      id: 'deleteApp',
      summary: 'Delete an app',
      parameters: [flag('force', true, 'Cancel deployments that are in the way, rather than refuse.')],
      answers: { 200: deployment('The deployment has begun.') },
      errors: [404, 409],
    },
  },
  '/v2/apps/{app_id}/restart': {
    post: {
      id: 'restartApp',
      summary: 'Replace all instances of an app',
      parameters: [force],
      answers: { 200: deployment('The deployment has begun.') },
      errors: [404, 409],
    },
    delete: {
      id: 'deleteAppCalledRestart',
      summary: 'Delete an app of old times whose id ends in /restart',
      parameters: [flag('force', true, 'Cancel deployments that are in the way, rather than refuse.')],
      answers: { 200: deployment('The deployment has begun.') },
      errors: [404, 409],
      deprecated: true,
    },
  },
  '/v2/apps/{app_id}/versions': {
    get: {
      id: 'listAppVersions',
      summary: 'The versions of an app, newest first',
      answers: { 200: json('The versions.', Type.Object({ versions: Type.Array(timestamp) })) },
      errors: [404],
    },
  },
  '/v2/apps/{app_id}/versions/{version}': {
    get: {
      id: 'getAppVersion',
      summary: 'One version of an app',
      answers: { 200: json('The definition.', appInfoSchema) },
      errors: [404, 422],
    },
  },
};

const tasks: Paths = {
  '/v2/apps/{app_id}/tasks': {
    get: {
      id: 'listAppTasks',
      summary: 'The tasks of an app',
      answers: { 200: { description: 'The tasks.', content: [{ schema: tasksSchema }, plainText] } },
      errors: [404],
    },
    delete: {
      id: 'killAppTasks',
      summary: 'End the tasks of an app',
      parameters: [text('host', 'Only tasks on this host.', '*'), ...killParameters],
      answers: {
        200: json(
          'The tasks that are ended; with scale, the deployment.',
          Type.Union([tasksSchema, deploymentResultSchema]),
        ),
      },
      errors: [400, 404, 409],
    },
  },
  '/v2/apps/{app_id}/tasks/{task_id}': {
    delete: {
      id: 'killAppTask',
      summary: 'End one task of an app',
      parameters: killParameters,
      answers: {
        200: json(
          'The task that is ended; with scale, the deployment.',
          Type.Union([Type.Object({ task: taskSchema }), deploymentResultSchema]),
        ),
      },
      errors: [400, 404, 409],
    },
  },
};

const below: Paths = {
  '/v2/apps/{group_id}/*': {
    get: {
      id: 'listAppsBelow',
      summary: 'All apps below a group',
      parameters: [embed],
      answers: { 200: json('The apps, as with one app.', Type.Object({ '*': Type.Array(appInfoSchema) })) },
      errors: [404],
    },
  },
  '/v2/apps/{group_id}/*/tasks': {
    get: {
      id: 'listTasksBelow',
      summary: 'The tasks of all apps below a group',
      answers: { 200: json('The tasks.', tasksSchema) },
      errors: [404],
    },
  },
};

export const apps: Resource = {
  tag: 'apps',
  description: 'Apps: what should run, and how often.',
  paths: { ...all, ...one, ...tasks, ...below },
};
