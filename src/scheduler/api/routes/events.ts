import type { HttpServer } from '../../../http/server.js';
import { startSse } from '../../../http/sse.js';
import { ApiError } from '../api-error.js';
import type { ApiContext } from '../context.js';
import { acceptedTypes } from '../parse/accept.js';
import { valuesOf } from '../parse/query.js';
import type { Query } from '../parse/query.js';
import { eventText } from '../render/event.js';
import { addResource } from '../resource.js';

/**
 * `/v2/events`: Marathon's event bus as server-sent events, all or only those of the `event_type`s given. Nothing is sent again:
 * whoever connects reads the state first. A client that falls too far behind is disconnected.
 */
export function addEvents(server: HttpServer, { service }: ApiContext): void {
  const { events, options } = service;

  addResource(server, '/v2/events', {
    GET: (request, reply) => {
      const types = acceptedTypes(request);
      if (!types.includes('text/event-stream')) {
        throw new ApiError(406, 'This is a stream of server-sent events: ask for it with Accept: text/event-stream');
      }
      if (request.method === 'HEAD') return reply.type('text/event-stream').send();
      const wanted = new Set(valuesOf(request.query as Query, 'event_type'));
      const remoteAddress = request.ip;
      const client = startSse(reply, { maxPendingMessages: options.eventStreamMaxOutstandingMessages });
      const unsubscribe = events.subscribe((published) => {
        const { type } = published.event;
        if (wanted.size === 0 || wanted.has(type)) client.send(type, eventText(published));
      });
      client.onClose(() => {
        unsubscribe();
        events.publish({ type: 'event_stream_detached', remoteAddress });
      });
      events.publish({ type: 'event_stream_attached', remoteAddress });
      return reply;
    },
  });
}
