import { edgeRoles } from '../../../catalog/edges.js';
import type { HttpServer } from '../../../http/server.js';
import { ApiError } from '../api-error.js';
import type { ApiContext } from '../context.js';
import { limitOf } from '../parse/limit.js';
import { parseReceipt } from '../parse/receipt.js';
import { textOf } from '../parse/query.js';
import type { Query } from '../parse/query.js';
import { renderPropagation } from '../render/propagation.js';
import { addResource } from '../resource.js';
import { sendJson } from '../send.js';

const defaultLimit = 50;
const maxLimit = 512;

/**
 * `/ekiden/v1/receipts`: an edge says how far it is. `/ekiden/v1/propagation`: which edges there are, and how long the last changes took to
 * each. Both are for those who may view events, like the stream that edges follow.
 */
export function addReceipts(server: HttpServer, { access, service, clock }: ApiContext): void {
  const events = { kind: 'system', name: 'events' } as const;
  addResource(server, '/ekiden/v1/receipts', {
    POST: (request, reply) => {
      access.demand(request, 'view', events);
      service.edges.receive(parseReceipt(request.body));
      return reply.code(204).send();
    },
  });
  addResource(server, '/ekiden/v1/propagation', {
    GET: (request, reply) => {
      access.demand(request, 'view', events);
      const query = request.query as Query;
      const role = textOf(query, 'role');
      if (role !== undefined && !(edgeRoles as readonly string[]).includes(role)) {
        throw new ApiError(400, `role: "${role.slice(0, 100)}" is none of ${edgeRoles.join(', ')}`);
      }
      const filter = { app: textOf(query, 'app'), role, limit: limitOf(query, defaultLimit, maxLimit) };
      return sendJson(reply, JSON.stringify(renderPropagation(service, filter, clock())));
    },
  });
}
