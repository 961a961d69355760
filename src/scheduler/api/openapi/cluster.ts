import { Type } from 'typebox';
import { edgeName, edgeRole } from '../../core/validate/receipt-schema.js';
import { count, text, timestamp } from './common-schemas.js';
import { json, text as textParameter } from './operation.js';
import type { Operation, Parameter, Resource } from './operation.js';

const orNull = (schema: ReturnType<typeof Type.String>) => Type.Union([schema, Type.Null()]);

const bytes = Type.Integer({ minimum: 0, description: 'In bytes.' });

const resourcesSchema = Type.Object(
  {
    cpus: Type.Number(),
    mem: Type.Number({ description: 'In MiB.' }),
    disk: Type.Number({ description: 'In MiB.' }),
    gpus: Type.Number(),
    ports: Type.String({ examples: ['[31000-31099, 31105-32000]'] }),
  },
  { $id: 'AgentResources', description: 'Sums over all roles.' },
);

const agentsSchema = Type.Object({
  agents: Type.Array(
    Type.Object(
      {
        id: text,
        host: text,
        address: Type.String({ description: 'host:port of its API.' }),
        registeredAt: orNull(timestamp),
        total: resourcesSchema,
        used: resourcesSchema,
        attributes: Type.Record(Type.String(), Type.String()),
        region: orNull(text),
        zone: orNull(text),
        withheld: orNull(Type.String({ description: 'Why nothing of it is offered.' })),
        tasks: Type.Array(Type.Object({ id: text, app: text, state: text }), {
          description: "This scheduler's, as far as they may be viewed; at most 1000.",
        }),
        taskCount: count,
        otherTasks: Type.Integer({ minimum: 0, description: 'Those of other frameworks.' }),
      },
      { $id: 'ClusterAgent' },
    ),
  ),
});

const frameworksSchema = Type.Object({
  frameworks: Type.Array(
    Type.Object(
      {
        id: text,
        name: text,
        roles: Type.Array(text),
        active: Type.Boolean(),
        connected: Type.Boolean(),
        webuiUrl: orNull(text),
        tasks: count,
        used: resourcesSchema,
        isOwn: Type.Boolean({ description: 'It is this scheduler.' }),
      },
      { $id: 'ClusterFramework' },
    ),
  ),
});

const edgesSchema = Type.Object({
  edges: Type.Array(
    Type.Object(
      {
        edge: edgeName,
        role: edgeRole,
        live: Type.Boolean({ description: 'It follows the catalog, or was heard of in the last 10 s.' }),
        reachable: Type.Boolean({ description: 'It is live and has said where its API is.' }),
        behind: Type.Union([count, Type.Null()], { description: 'Changes that it does not act on yet.' }),
      },
      { $id: 'ForwardedEdge' },
    ),
  ),
});

const folderSchema = Type.Object(
  {
    taskId: text,
    host: text,
    path: Type.String({ description: 'Without slashes around it; empty: the top.' }),
    files: Type.Array(
      Type.Object({
        name: text,
        path: Type.String({ description: 'In the sandbox.' }),
        isFolder: Type.Boolean(),
        size: bytes,
        mode: Type.String({ description: 'As ls -l shows it.' }),
        modifiedAt: timestamp,
        owner: text,
      }),
    ),
  },
  { $id: 'SandboxFolder' },
);

const pieceSchema = Type.Object(
  {
    data: text,
    offset: bytes,
    next: Type.Integer({ minimum: 0, description: 'Where the next piece begins.' }),
    size: bytes,
  },
  { $id: 'SandboxPiece' },
);

const path = textParameter('path', 'Of the file: in the sandbox, without a slash before it.');

function forward(id: string, summary: string, hasBody = false): Operation {
  const password: Parameter = {
    name: 'X-Ekiden-Edge-Authorization',
    in: 'header',
    description: "The edge's own user and password (--lb_credentials), as Authorization would hold them.",
    schema: { type: 'string' },
  };
  return {
    id,
    summary,
    description:
      "What is forwarded is listed in docs/ui-api.md, and in the answer to what is not. The edge's status is passed on.",
    parameters: [password],
    ...(hasBody ? { body: { schema: Type.Unknown() } } : {}),
    answers: { 200: json('What the edge answers; events are passed on as they come.', Type.Unknown()) },
    errors: [400, 404, 502],
  };
}

export const cluster: Resource = {
  tag: 'cluster',
  description: 'What the scheduler asks others for on behalf of a page: edges, agents and the Mesos master.',
  paths: {
    '/ekiden/v1/edges': {
      get: {
        id: 'listEdges',
        summary: 'The name servers and load balancers that follow this scheduler',
        answers: { 200: json('Those that were heard of in the last ten minutes.', edgesSchema) },
      },
    },
    '/ekiden/v1/edges/{edge}/{path}': {
      get: forward('askEdge', 'A question to an edge'),
      post: forward('postToEdge', 'A plan, or a change at an edge', true),
      put: forward('putAtEdge', 'A change at an edge', true),
      delete: forward('deleteAtEdge', 'A change at an edge'),
    },
    '/ekiden/v1/sandbox/{task_id}/browse': {
      get: {
        id: 'browseSandbox',
        summary: 'What is in the sandbox of a task, or in a directory therein',
        parameters: [textParameter('path', 'A directory in the sandbox; the top when it is left out.')],
        answers: { 200: json('At most 10,000 entries.', folderSchema) },
        errors: [400, 404, 502],
      },
    },
    '/ekiden/v1/sandbox/{task_id}/read': {
      get: {
        id: 'readSandbox',
        summary: 'A piece of a text file',
        parameters: [
          path,
          textParameter('offset', 'Where it begins, in bytes; -1: only the size is told.', '0'),
          textParameter('length', 'In bytes; at most 65536.', '65536'),
        ],
        answers: { 200: json('Characters that are cut off at its end belong to the next piece.', pieceSchema) },
        errors: [400, 404, 502],
      },
    },
    '/ekiden/v1/sandbox/{task_id}/download': {
      get: {
        id: 'downloadSandbox',
        summary: 'A whole file',
        parameters: [path],
        answers: {
          200: {
            description: 'The file.',
            headers: { 'Content-Disposition': 'The name of the file.' },
            content: {
              mediaType: 'application/octet-stream',
              schema: Type.String({ contentMediaType: 'application/octet-stream' }),
            },
          },
        },
        errors: [400, 404, 502],
      },
    },
    '/ekiden/v1/sandbox/{task_id}/follow': {
      get: {
        id: 'followSandbox',
        summary: 'What a text file has and gets, as a stream',
        description: 'Server-sent events: `piece`, and `gone` with a `message` when nothing more can come.',
        parameters: [
          path,
          textParameter('offset', 'Where it begins, in bytes; negative: so many before the end.', '0'),
        ],
        answers: {
          200: { description: 'The stream.', content: { mediaType: 'text/event-stream', schema: pieceSchema } },
        },
        errors: [400, 404, 502],
      },
    },
    '/ekiden/v1/agents': {
      get: {
        id: 'listAgents',
        summary: 'The agents of the cluster, as the leading master knows them',
        answers: { 200: json('All of them.', agentsSchema) },
        errors: [502],
      },
    },
    '/ekiden/v1/frameworks': {
      get: {
        id: 'listFrameworks',
        summary: 'The frameworks that share the cluster',
        answers: { 200: json('All of them.', frameworksSchema) },
        errors: [502],
      },
    },
  },
};
