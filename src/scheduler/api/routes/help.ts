import type { HttpServer } from '../../../http/server.js';
import type { FrontContext } from '../front-context.js';
import { pathOf } from '../context.js';
import { sendRedirect } from '../redirect.js';
import { addResource } from '../resource.js';

/** Where the description of the API is shown. */
const apiDocs = '/api-docs';

/** `/help` and `/api-console`, where Marathon described its API. */
export function addHelp(server: HttpServer, context: FrontContext): void {
  addResource(server, '/help', {
    GET: (request, reply) =>
      sendRedirect(context, request, reply, pathOf(request.url).endsWith('/') ? apiDocs : '/help/'),
  });
  addResource(server, '/api-console', {
    GET: (request, reply) => sendRedirect(context, request, reply, apiDocs),
  });
  addResource(server, '/api-console/*', {
    GET: (request, reply) => sendRedirect(context, request, reply, apiDocs),
  });
}
