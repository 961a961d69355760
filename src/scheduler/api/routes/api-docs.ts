import { addApiDocs } from '../../../http/api-docs.js';
import type { HttpServer } from '../../../http/server.js';
import type { FrontContext } from '../front-context.js';
import { openApiDocument } from '../openapi/document.js';
import { sendRedirect } from '../redirect.js';
import { addResource } from '../resource.js';
import { sendJson } from '../send.js';

const path = '/api-docs';

let text: string | undefined;

/** `/api-docs`: the description of this API, as a page and as OpenAPI 3.1 (`json`, `yaml`, `openapi.json`). */
export function addOpenApi(server: HttpServer, context: FrontContext): void {
  const document = openApiDocument();
  addApiDocs(server, {
    path,
    title: 'Ekiden',
    document,
    redirect: (request, reply) => sendRedirect(context, request, reply, `${path}/`),
  });
  addResource(server, `${path}/openapi.json`, {
    GET: (_request, reply) => sendJson(reply, (text ??= JSON.stringify(document))),
  });
}
