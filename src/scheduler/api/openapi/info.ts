import { Type } from 'typebox';
import { optional, text } from './common-schemas.js';
import { json, text as textParameter } from './operation.js';
import type { Resource } from './operation.js';

const settings = Type.Object({}, { additionalProperties: true });

const infoSchema = Type.Object(
  {
    name: text,
    version: Type.String({ description: 'The version of Marathon whose API this is.' }),
    buildref: text,
    elected: Type.Boolean(),
    leader: Type.String({ description: 'host:port' }),
    frameworkId: optional(text),
    marathon_config: Type.Object(
      {},
      { additionalProperties: true, description: 'Settings by the names of their flags.' },
    ),
    zookeeper_config: settings,
    event_subscriber: optional(Type.Object({ type: text, http_endpoints: Type.Array(text) })),
    http_config: settings,
  },
  { $id: 'Info' },
);

export const info: Resource = {
  tag: 'info',
  description: 'This scheduler.',
  paths: {
    '/v2/info': {
      get: {
        id: 'getInfo',
        summary: 'This scheduler and its settings, without secrets',
        answers: { 200: json('The settings.', infoSchema) },
      },
    },
    '/v2/leader': {
      get: {
        id: 'getLeader',
        summary: 'Who leads',
        answers: { 200: json('The leader as host:port.', Type.Object({ leader: text })) },
        errors: [404],
      },
      delete: {
        id: 'abdicate',
        summary: 'Give up the leadership: the process ends',
        parameters: [
          textParameter(
            'backup',
            'Where the state is to be written to first: a file:///… in the directory of --backup_location, which is the default itself.',
          ),
          textParameter(
            'restore',
            'Where a state is to be read from then, in the same directory; it replaces the present one.',
          ),
        ],
        answers: { 200: json('It ends.', Type.Object({ message: text })) },
        errors: [404, 422, 501],
      },
    },
  },
};
