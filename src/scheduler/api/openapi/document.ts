import type { TSchema } from 'typebox';
import { apps } from './apps.js';
import { artifacts } from './artifacts.js';
import { cluster } from './cluster.js';
import { deployments } from './deployments.js';
import { ekiden } from './ekiden.js';
import { errorAnswers } from './error-answers.js';
import { eventSchema } from './event-schemas.js';
import { events } from './events.js';
import { groups } from './groups.js';
import { info } from './info.js';
import type { Answer, Content, Operation, Paths, Resource } from './operation.js';
import { plugins } from './plugins.js';
import { pods } from './pods.js';
import { SchemaPublisher } from './publish-schema.js';
import type { JsonObject } from './publish-schema.js';
import { queue } from './queue.js';
import { schemas } from './schemas.js';
import { system } from './system.js';
import { tasks } from './tasks.js';

const resources: readonly Resource[] = [
  apps,
  groups,
  pods,
  tasks,
  deployments,
  queue,
  events,
  info,
  plugins,
  artifacts,
  schemas,
  system,
  ekiden,
  cluster,
];

/** What the parts of templates stand for. Ids are paths: they may hold slashes, escaped or not. */
const pathParameters: Readonly<Record<string, { readonly description: string; readonly example: string }>> = {
  app_id: { description: 'Path of an app; its first slash may be left out.', example: 'shop/web' },
  group_id: { description: 'Path of a group; its first slash may be left out.', example: 'shop' },
  pod_id: { description: 'Path of a pod; its first slash may be left out.', example: 'shop/web' },
  task_id: {
    description: 'Id of a task.',
    example: 'shop_web.instance-867ed450-f6a8-4d33-9b0e-e11c5513990b._app.1',
  },
  instance_id: { description: 'Id of an instance.', example: 'shop_web.instance-867ed450-f6a8-4d33-9b0e-e11c5513990b' },
  deployment_id: { description: 'Id of a deployment.', example: '867ed450-f6a8-4d33-9b0e-e11c5513990b' },
  version: { description: 'A version: a time.', example: '2014-03-01T23:29:30.158Z' },
  plugin_id: { description: 'Id of a plugin.', example: 'acl' },
  edge: { description: 'Name of an edge: host:port.', example: '10.0.0.1:80' },
  path: { description: 'The rest of the URL.', example: 'a/file' },
};

/** Refusals that everything may be answered with. */
const always = [401, 403, 503] as const;

function mapValues<T, R>(
  values: Readonly<Record<string, T>>,
  change: (value: T, name: string) => R,
): Record<string, R> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, change(value, name)]));
}

/** Writes the parts of the document; schemas that have a name are gathered meanwhile. */
class DocumentWriter {
  readonly #schemas = new SchemaPublisher((name) => `#/components/schemas/${name}`);

  get schemas(): JsonObject {
    return Object.fromEntries([...this.#schemas.definitions].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  #schema(schema: TSchema): JsonObject {
    return this.#schemas.publish(schema);
  }

  content(contents: readonly Content[]): JsonObject {
    return Object.fromEntries(
      contents.map(({ schema, mediaType = 'application/json', example }) => [
        mediaType,
        { schema: this.#schema(schema), ...(example === undefined ? {} : { example }) },
      ]),
    );
  }

  #answer({ description, content = [], headers = {} }: Answer): JsonObject {
    const contents = Array.isArray(content) ? (content as readonly Content[]) : [content as Content];
    return {
      description,
      ...(Object.keys(headers).length === 0
        ? {}
        : { headers: mapValues(headers, (text) => ({ description: text, schema: { type: 'string' } })) }),
      ...(contents.length === 0 ? {} : { content: this.content(contents) }),
    };
  }

  #operation({ id, body, answers, errors = [], ...operation }: Operation, tag: string): JsonObject {
    const { summary, description, parameters = [], deprecated } = operation;
    const refusals = [...always, ...errors, ...(body === undefined ? [] : [413 as const])];
    return {
      operationId: id,
      tags: [tag],
      summary,
      ...(description === undefined ? {} : { description }),
      ...(deprecated === undefined ? {} : { deprecated }),
      ...(parameters.length === 0 ? {} : { parameters }),
      ...(body === undefined
        ? {}
        : {
            requestBody: {
              required: true,
              ...(body.description === undefined ? {} : { description: body.description }),
              content: this.content([body]),
            },
          }),
      responses: {
        ...mapValues(answers, (answer) => this.#answer(answer)),
        ...Object.fromEntries(
          refusals.map((status) => [status, { $ref: `#/components/responses/${errorAnswers[status].name}` }]),
        ),
      },
    };
  }

  paths(tag: string, paths: Paths): JsonObject {
    return mapValues(paths, (operations, path) => {
      const parameters = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => ({
        name,
        in: 'path',
        required: true,
        schema: { type: 'string' },
        ...pathParameters[name],
      }));
      return {
        ...(parameters.length === 0 ? {} : { parameters }),
        ...mapValues(operations, (operation) => this.#operation(operation, tag)),
      };
    });
  }

  errors(): JsonObject {
    return Object.fromEntries(
      Object.values(errorAnswers).map(({ name, description, schema, example }) => [
        name,
        { description, content: this.content([{ schema, example }]) },
      ]),
    );
  }
}

function createDocument(): JsonObject {
  const writer = new DocumentWriter();
  const paths = Object.assign({}, ...resources.map(({ tag, paths: own }) => writer.paths(tag, own))) as JsonObject;
  const webhooks = {
    event: {
      post: {
        summary: 'An event, posted to the URLs of /v2/eventSubscriptions (--event_subscriber http_callback)',
        requestBody: { content: writer.content([{ schema: eventSchema }]) },
        responses: { 200: { description: 'Any answer will do, if it comes in time.' } },
      },
    },
  };
  const responses = writer.errors();
  return {
    openapi: '3.1.0',
    info: {
      title: 'Ekiden',
      version: '1.11.0',
      description:
        "The API of Marathon 1.11, with what clients of older versions need, and Ekiden's own below /ekiden. Members that are not described " +
        'are ignored in requests; null is the same as not given.',
    },
    jsonSchemaDialect: 'https://json-schema.org/draft/2020-12/schema',
    // Relative to this document: below a mount prefix, too
    servers: [{ url: '..' }],
    tags: resources.map(({ tag, description }) => ({ name: tag, description })),
    paths,
    webhooks,
    components: {
      schemas: writer.schemas,
      responses,
      securitySchemes: { basic: { type: 'http', scheme: 'basic', description: '--http_credentials or --acl_file' } },
    },
    security: [{}, { basic: [] }],
  };
}

let document: JsonObject | undefined;

/** The OpenAPI 3.1 document of the whole API (marathon.md §2, §7); the same for every server, made when it is first asked for. */
export function openApiDocument(): JsonObject {
  return (document ??= createDocument());
}
