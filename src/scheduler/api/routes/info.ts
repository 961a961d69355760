import type { HttpServer } from '../../../http/server.js';
import type { ApiContext } from '../context.js';
import { renderInfo } from '../render/info.js';
import { addResource } from '../resource.js';
import { sendJson } from '../send.js';
import { addLeader } from './leader.js';

/** `/v2/info`, and with it `/v2/leader` */
export function addInfo(server: HttpServer, context: ApiContext): void {
  const { service, access } = context;
  addResource(server, '/v2/info', {
    GET: (request, reply) => {
      access.demand(request, 'view', { kind: 'system', name: 'config' });
      return sendJson(reply, JSON.stringify(renderInfo(service)));
    },
  });
  addLeader(server, context);
}
