import type { HttpServer } from '../../../http/server.js';
import type { ApiContext } from '../context.js';
import { leaderOf, renderInfo } from '../render/info.js';
import { sendJson } from '../send.js';
import { addResource } from '../resource.js';

/** `/v2/info` and `/v2/leader` */
export function addInfo(server: HttpServer, { service }: ApiContext): void {
  addResource(server, '/v2/info', {
    GET: (_request, reply) => sendJson(reply, JSON.stringify(renderInfo(service))),
  });
  addResource(server, '/v2/leader', {
    GET: (_request, reply) => sendJson(reply, JSON.stringify({ leader: leaderOf(service) })),
  });
}
