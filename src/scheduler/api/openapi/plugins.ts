import { Type } from 'typebox';
import { optional, text } from './common-schemas.js';
import { json } from './operation.js';
import type { Operation, Resource } from './operation.js';

const pluginSchema = Type.Object(
  {
    id: text,
    plugin: text,
    implementation: text,
    tags: optional(Type.Array(text)),
    info: optional(Type.Unknown()),
  },
  { $id: 'Plugin' },
);

/** What a plugin answers is its own business. */
function served(id: string): Operation {
  return {
    id,
    summary: 'Whatever the plugin does',
    answers: { 200: { description: 'The answer of the plugin; any other status is possible, too.' } },
    errors: [404],
  };
}

function allMethods(suffix: string): Readonly<Record<'get' | 'post' | 'put' | 'patch' | 'delete', Operation>> {
  return {
    get: served(`getFrom${suffix}`),
    post: served(`postTo${suffix}`),
    put: served(`putTo${suffix}`),
    patch: served(`patch${suffix}`),
    delete: served(`deleteFrom${suffix}`),
  };
}

export const plugins: Resource = {
  tag: 'plugins',
  description: 'Plugins.',
  paths: {
    '/v2/plugins': {
      get: {
        id: 'listPlugins',
        summary: 'The plugins that are loaded',
        answers: { 200: json('The plugins.', Type.Object({ plugins: Type.Array(pluginSchema) })) },
      },
    },
    '/v2/plugins/{plugin_id}': allMethods('Plugin'),
    '/v2/plugins/{plugin_id}/{path}': allMethods('PluginPath'),
  },
};
