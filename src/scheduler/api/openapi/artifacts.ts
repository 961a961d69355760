import { Type } from 'typebox';
import type { Answer, Content, Operation, Resource } from './operation.js';

const form: Content & { readonly description: string } = {
  mediaType: 'multipart/form-data',
  schema: Type.Object({
    file: Type.String({ contentMediaType: 'application/octet-stream' }),
  }),
  description: 'A form whose part "file" is the artifact; or, with a path, the artifact itself.',
};

const stored: Readonly<Record<number, Answer>> = {
  200: { description: 'The artifact is replaced.' },
  201: { description: 'The artifact is stored.', headers: { Location: 'Where tasks can fetch it from.' } },
};

function upload(id: string, summary: string): Operation {
  return { id, summary, body: form, answers: stored, errors: [400, 422], deprecated: true };
}

export const artifacts: Resource = {
  tag: 'artifacts',
  description: 'Artifacts of old times: files for tasks (--artifact_store).',
  paths: {
    '/v2/artifacts': { post: upload('uploadArtifact', 'Store a file under its own name') },
    '/v2/artifacts/{path}': {
      get: {
        id: 'getArtifact',
        summary: 'A file',
        answers: {
          200: {
            description: 'The file.',
            headers: { 'Last-Modified': 'When it was stored.' },
            content: {
              mediaType: 'application/octet-stream',
              schema: Type.String({ contentMediaType: 'application/octet-stream' }),
            },
          },
          304: { description: 'It has not changed since If-Modified-Since.' },
        },
        errors: [400, 404, 422],
        deprecated: true,
      },
      put: upload('setArtifact', 'Store a file under this path'),
      post: upload('createArtifact', 'Store a file under this path'),
      delete: {
        id: 'deleteArtifact',
        summary: 'Remove a file',
        answers: { 200: { description: 'It is not there any more, or was not.' } },
        errors: [400, 422],
        deprecated: true,
      },
    },
  },
};
