import type { HttpServer } from '../../../http/server.js';
import { jsonSchemas } from '../openapi/json-schemas.js';
import { addResource } from '../resource.js';
import { sendJson } from '../send.js';

/** The answers by path; the same for every server, and made when they are first asked for. */
let answers: ReadonlyMap<string, string> | undefined;

function answersByPath(): ReadonlyMap<string, string> {
  const schemas = Object.entries(jsonSchemas()).map(([name, schema]) => ({
    name,
    uri: `/v2/schemas/${name}`,
    text: JSON.stringify(schema),
  }));
  const list = { schemas: schemas.map(({ name, uri }) => ({ name, uri })) };
  return new Map([['/v2/schemas', JSON.stringify(list)], ...schemas.map(({ uri, text }) => [uri, text] as const)]);
}

/** `/v2/schemas` and `/v2/schemas/{app, group, pod}`: the JSON Schemas that bodies of requests are read with (marathon.md §2.7). */
export function addSchemas(server: HttpServer): void {
  for (const path of ['/v2/schemas', '/v2/schemas/app', '/v2/schemas/group', '/v2/schemas/pod']) {
    addResource(server, path, {
      GET: (_request, reply) => sendJson(reply, (answers ??= answersByPath()).get(path) ?? ''),
    });
  }
}
