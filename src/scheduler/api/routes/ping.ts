import type { HttpServer } from '../../../http/server.js';
import { acceptedTypes } from '../parse/accept.js';
import { sendJson } from '../send.js';
import { addResource } from '../resource.js';

/** `/ping`: `pong` as text or JSON, whichever the request accepts first; 204 if it accepts neither. */
export function addPing(server: HttpServer): void {
  addResource(server, '/ping', {
    GET: (request, reply) => {
      const types = acceptedTypes(request);
      const answers = types.length === 0 ? ['*/*'] : types;
      for (const type of answers) {
        if (type === 'application/json' || type === 'application/*') return sendJson(reply, '"pong"');
        if (type === 'text/html') return reply.type('text/html').send('pong');
        if (type === 'text/plain' || type === 'text/*' || type === '*/*') return reply.type('text/plain').send('pong');
      }
      return reply.code(204).send();
    },
  });
}
