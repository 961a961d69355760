import { Type } from 'typebox';
import { groupUpdateSchema } from '../../core/validate/group-schema.js';
import { appInfoSchema } from './app-schemas.js';
import { deployment, deploymentResultSchema, optional, pathId, timestamp } from './common-schemas.js';
import { stepSchema } from './deployment-schemas.js';
import { flag, force, json, list } from './operation.js';
import type { Operation, Paths, Resource } from './operation.js';
import { podStatusSchema } from './pod-schemas.js';

const groupSchema = Type.Cyclic(
  {
    Group: Type.Object({
      id: pathId,
      apps: optional(Type.Array(appInfoSchema)),
      pods: optional(Type.Array(podStatusSchema)),
      groups: optional(Type.Array(Type.Ref('Group'))),
      dependencies: Type.Array(pathId),
      version: timestamp,
      enforceRole: optional(Type.Boolean({ description: 'Only of top-level groups.' })),
    }),
  },
  'Group',
);

const embed = list('embed', 'What is shown of the content; without any: everything. Also group.apps.*, as with apps.', [
  'group.groups',
  'group.apps',
  'group.pods',
]);

const exampleUpdate = { id: '/shop', apps: [{ id: 'web', cmd: 'python3 -m http.server $PORT0' }] };

/** The operations of a group; `of` is what their ids end with, `a` how the group is called. */
function operations(of: string, a: string): Readonly<Record<'get' | 'post' | 'put' | 'patch' | 'delete', Operation>> {
  return {
    get: {
      id: `get${of}`,
      summary: `${a} and everything in it`,
      parameters: [embed],
      answers: { 200: json('The group.', groupSchema) },
      errors: [404],
    },
    post: {
      id: `createIn${of}`,
      summary: 'Create a group, with everything in it',
      description: 'The id of the body is relative to the group of the URL; without one, that group itself is created.',
      parameters: [force],
      body: { schema: groupUpdateSchema, example: exampleUpdate },
      answers: { 201: deployment('The group is created.', { Location: 'The id of the group.' }) },
      errors: [400, 409, 422],
    },
    put: {
      id: `set${of}`,
      summary: 'Update a group, scale what is in it, or return to an older version',
      description:
        'apps and groups, where they are given, are what the group holds from now on; what is not given stays. scaleBy or version, each alone, ' +
        'scale all apps or return to that version.',
      parameters: [force, flag('dryRun', false, 'Only show the steps that would be taken.')],
      body: { schema: groupUpdateSchema, example: { scaleBy: 2 } },
      answers: {
        200: json(
          'The deployment has begun; with dryRun, its steps.',
          Type.Union([deploymentResultSchema, Type.Object({ steps: Type.Array(stepSchema) })]),
        ),
      },
      errors: [400, 404, 409, 422],
    },
    patch: {
      id: `update${of}`,
      summary: 'Say whether a top-level group enforces its role',
      body: {
        schema: Type.Object({ enforceRole: Type.Optional(Type.Boolean()) }),
        example: { enforceRole: true },
      },
      answers: { 200: { description: 'Done.' } },
      errors: [400, 404, 409, 422],
    },
    delete: {
      id: `delete${of}`,
      summary: `Delete ${a.charAt(0).toLowerCase()}${a.slice(1)} with everything in it`,
      parameters: [force],
      answers: { 200: deployment('The deployment has begun.') },
      errors: [404, 409],
    },
  };
}

function below(prefix: string, of: string): Paths {
  return {
    [`${prefix}/apps`]: {
      get: {
        id: `listAppsOf${of}`,
        summary: 'All apps below a group',
        parameters: [embed],
        answers: { 200: json('The apps.', Type.Array(appInfoSchema)) },
        errors: [404],
      },
    },
    [`${prefix}/versions`]: {
      get: {
        id: `listVersionsOf${of}`,
        summary: 'The versions of a group, newest first',
        answers: { 200: json('The versions.', Type.Array(timestamp)) },
        errors: [404],
      },
    },
    [`${prefix}/versions/{version}`]: {
      get: {
        id: `getVersionOf${of}`,
        summary: 'One version of a group',
        parameters: [embed],
        answers: { 200: json('The group with the definitions of that version.', groupSchema) },
        errors: [404, 422],
      },
    },
  };
}

export const groups: Resource = {
  tag: 'groups',
  description: 'Groups: apps, pods and groups that belong together.',
  paths: {
    '/v2/groups': operations('RootGroup', 'The root group'),
    ...below('/v2/groups', 'RootGroup'),
    '/v2/groups/{group_id}': operations('Group', 'A group'),
    ...below('/v2/groups/{group_id}', 'Group'),
  },
};
