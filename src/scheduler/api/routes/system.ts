import type { HttpServer } from '../../../http/server.js';
import type { ApiContext } from '../context.js';
import { sendJson } from '../send.js';
import { addResource } from '../resource.js';

/** `/config`: the settings in force. */
export function addSystem(server: HttpServer, { service, access }: ApiContext): void {
  addResource(server, '/config', {
    GET: (request, reply) => {
      access.demand(request, 'view', { kind: 'system', name: 'config' });
      return sendJson(reply, JSON.stringify(service.options.flags));
    },
  });
}
