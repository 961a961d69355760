import { Type } from 'typebox';
import type { TSchema } from 'typebox';
import type { ErrorStatus } from './operation.js';

const violationSchema = Type.Object(
  {
    path: Type.String({ description: 'Where: members after slashes, places in lists in brackets; / is the whole.' }),
    errors: Type.Array(Type.String()),
  },
  { $id: 'Violation' },
);

const errorSchema = Type.Object({ message: Type.String() }, { $id: 'Error' });

/** A body that could not be read. */
const unreadableSchema = Type.Object(
  { message: Type.String(), details: Type.Optional(Type.String({ description: 'What the parser says.' })) },
  { $id: 'Unreadable' },
);

const invalidSchema = Type.Object(
  { message: Type.String(), details: Type.Optional(Type.Array(violationSchema)) },
  { $id: 'Invalid' },
);

const conflictSchema = Type.Object(
  {
    message: Type.String(),
    deployments: Type.Optional(
      Type.Array(Type.Object({ id: Type.String() }), { description: 'The deployments that are in the way.' }),
    ),
  },
  { $id: 'Conflict' },
);

interface ErrorAnswer {
  /** Its name in the document. */
  readonly name: string;
  readonly description: string;
  readonly schema: TSchema;
  readonly example: unknown;
}

/** The answers that say no, by status (marathon.md §1.3). */
export const errorAnswers: Readonly<Record<ErrorStatus | 401 | 403 | 413 | 503, ErrorAnswer>> = {
  400: {
    name: 'BadRequest',
    description: 'The body is no JSON, or parameters contradict each other.',
    schema: unreadableSchema,
    example: { message: 'Invalid JSON', details: 'Unexpected end of JSON input' },
  },
  401: {
    name: 'Unauthorized',
    description: 'A user and a password are needed.',
    schema: errorSchema,
    example: { message: 'A user and a password are needed (HTTP basic authentication, --http_credentials)' },
  },
  403: {
    name: 'Forbidden',
    description: 'This user may not do that, or too many deployments are running.',
    schema: errorSchema,
    example: { message: 'Not Authorized to perform this action!' },
  },
  404: {
    name: 'NotFound',
    description: 'What the URL names does not exist.',
    schema: errorSchema,
    example: { message: "App '/shop/web' does not exist" },
  },
  406: {
    name: 'NotAcceptable',
    description: 'The Accept header asks for something else.',
    schema: errorSchema,
    example: {
      message: 'This is a stream of server-sent events: ask for it with Accept: text/event-stream',
    },
  },
  409: {
    name: 'Conflict',
    description: 'It exists already, or a deployment holds what would change.',
    schema: conflictSchema,
    example: {
      message:
        "App is locked by one or more deployments. Override with the option '?force=true'. View details at '/v2/deployments/<DEPLOYMENT_ID>'.",
      deployments: [{ id: '867ed450-f6a8-4d33-9b0e-e11c5513990b' }],
    },
  },
  413: {
    name: 'TooLarge',
    description: 'The body is larger than --http_max_request_bytes.',
    schema: errorSchema,
    example: { message: 'The body is larger than 4194304 bytes' },
  },
  422: {
    name: 'Unprocessable',
    description: 'Members have wrong types, or break rules; all of them are listed.',
    schema: invalidSchema,
    example: { message: 'Object is not valid', details: [{ path: '/cpus', errors: ['error.min'] }] },
  },
  501: {
    name: 'NotImplemented',
    description: 'This is not supported.',
    schema: errorSchema,
    example: { message: 'backup is not supported yet' },
  },
  502: {
    name: 'BadGateway',
    description: 'Whoever would have to be asked gives no answer that could be passed on.',
    schema: errorSchema,
    example: { message: 'The edge 10.0.0.1:80 does not answer: connect ECONNREFUSED 10.0.0.1:8000' },
  },
  503: {
    name: 'Unavailable',
    description: 'Too many requests at once, or the scheduler is stopping: send the request again.',
    schema: errorSchema,
    example: { message: 'Too many concurrent requests! Allowed: 100.' },
  },
};
