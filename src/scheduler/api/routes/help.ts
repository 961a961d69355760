import type { HttpServer } from '../../../http/server.js';
import { addResource } from '../resource.js';

/** Where the description of the API is shown. */
const apiDocs = '/api-docs';

/** `/help` and `/api-console`, where Marathon described its API. */
export function addHelp(server: HttpServer): void {
  addResource(server, '/help', { GET: (_request, reply) => reply.redirect(apiDocs, 302) });
  addResource(server, '/api-console', { GET: (_request, reply) => reply.redirect(apiDocs, 302) });
}
