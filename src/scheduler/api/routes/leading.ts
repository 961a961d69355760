import type { HttpServer } from '../../../http/server.js';
import type { ApiContext } from '../context.js';
import { leaderOf } from '../render/info.js';
import { addResource } from '../resource.js';
import { sendJson } from '../send.js';

/**
 * `/ekiden/v1/leading`, for the checks of load balancers: 200 from the scheduler that leads, 503 from any other. A scheduler that is not
 * sure at this very moment that it leads says that it does not.
 */
export function addLeading(server: HttpServer, { service }: ApiContext): void {
  addResource(server, '/ekiden/v1/leading', {
    GET: (_request, reply) => {
      const leading = service.leading?.() ?? true;
      const body = { leading, leader: leading ? leaderOf(service) : null };
      return sendJson(reply.code(leading ? 200 : 503), JSON.stringify(body));
    },
  });
}
