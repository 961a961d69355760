import type { HttpServer } from '../../http/server.js';
import { startSse } from '../../http/sse.js';
import type { BackendReader } from '../live/backend-reader.js';
import { EventReaders } from '../live/event-readers.js';
import { LiveRevisions } from '../live/revisions.js';
import type { RevisionParts } from '../live/revisions.js';
import { fail, sendJson } from './answers.js';

/** Pages give a connection up on which nothing comes for four times as long. */
const keepAliveMs = 5_000;

export interface LiveParts extends RevisionParts {
  readonly backends: BackendReader;
}

/** What pages follow: `/ekiden/v1/events` (server-sent events: `state`, `backends`), `/ekiden/v1/backends`, `/ekiden/v1/reloads`. */
export function addLiveRoutes(server: HttpServer, parts: LiveParts): void {
  const { backends, changes } = parts;
  const readers = new EventReaders(new LiveRevisions(parts), backends);
  server.addHook('preClose', (done) => {
    readers.close();
    done();
  });

  server.get('/ekiden/v1/backends', async (_request, reply) => {
    const json = await backends.read();
    if (json === undefined) return fail(reply, 503, 'There is no HAProxy of this load balancer that answers');
    return reply.type('application/json').send(json);
  });
  server.get('/ekiden/v1/reloads', (_request, reply) => sendJson(reply, { changes: changes() }));
  server.route<{ Querystring: Record<string, unknown> }>({
    method: 'GET',
    url: '/ekiden/v1/events',
    // The answer to a HEAD would never end.
    exposeHeadRoute: false,
    handler: (request, reply) => {
      const { backends = 'false' } = request.query;
      if (backends !== 'true' && backends !== 'false') return fail(reply, 400, 'backends: must be true or false');
      if (readers.isFull) return fail(reply.header('Retry-After', '5'), 503, 'Too many pages read the events');
      readers.add(startSse(reply, { keepAliveMs, hasHeartbeat: true }), { wantsBackends: backends === 'true' });
      return reply;
    },
  });
}
