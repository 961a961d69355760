import { Type } from 'typebox';
import { text } from './common-schemas.js';
import { json } from './operation.js';
import type { Paths, Resource } from './operation.js';

const jsonSchema = Type.Object({}, { additionalProperties: true, description: 'A JSON Schema (2020-12).' });

const each: Paths = Object.fromEntries(
  (['app', 'group', 'pod'] as const).map((name) => [
    `/v2/schemas/${name}`,
    {
      get: {
        id: `get${name.charAt(0).toUpperCase()}${name.slice(1)}Schema`,
        summary: `What the body of a request about ${name === 'app' ? 'an' : 'a'} ${name} looks like`,
        answers: { 200: json('The schema.', jsonSchema) },
      },
    },
  ]),
);

export const schemas: Resource = {
  tag: 'schemas',
  description: 'This API, described.',
  paths: {
    '/v2/schemas': {
      get: {
        id: 'listSchemas',
        summary: 'The schemas that there are',
        answers: {
          200: json(
            'Their names and paths.',
            Type.Object({ schemas: Type.Array(Type.Object({ name: text, uri: text })) }),
          ),
        },
      },
    },
    ...each,
    '/api-docs': {
      get: {
        id: 'showApiDocs',
        summary: 'This document, to look at and try out',
        answers: { 200: { description: 'A page.', content: { mediaType: 'text/html', schema: text } } },
      },
    },
    '/api-docs/json': {
      get: { id: 'getApiDocs', summary: 'This document', answers: { 200: json('OpenAPI 3.1.', jsonSchema) } },
    },
    '/api-docs/yaml': {
      get: {
        id: 'getApiDocsAsYaml',
        summary: 'This document as YAML',
        answers: { 200: { description: 'OpenAPI 3.1.', content: { mediaType: 'application/x-yaml', schema: text } } },
      },
    },
    '/api-docs/openapi.json': {
      get: { id: 'getOpenApi', summary: 'This document', answers: { 200: json('OpenAPI 3.1.', jsonSchema) } },
    },
  },
};
