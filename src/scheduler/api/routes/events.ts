import type { HttpServer } from '../../../http/server.js';
import { startSse } from '../../../http/sse.js';
import type { SseClient } from '../../../http/sse.js';
import { toTimestamp } from '../../core/timestamps.js';
import { EventHistory } from '../../events/event-history.js';
import type { PublishedEvent } from '../../service.js';
import { visibleEvent } from '../access/event-access.js';
import { ApiError } from '../api-error.js';
import type { ApiContext } from '../context.js';
import { acceptedTypes } from '../parse/accept.js';
import { flagOf, valuesOf } from '../parse/query.js';
import type { Query } from '../parse/query.js';
import { eventText } from '../render/event.js';
import { addResource } from '../resource.js';

/** What a client that cannot go on where it was is told; its id is where it goes on. Sent only to clients that gave an id. */
const gapEvent = 'ekiden_resume_gap';

/** Of a stream that may be passed on; others have Jetty's 10 s. */
const passedOnKeepAliveMs = 5_000;

/**
 * `/v2/events`: Marathon's event bus as server-sent events (marathon.md §14.1), all or only those of the `event_type`s given, as
 * far as the client may view what they tell of. `plan-format` is accepted: plans are always the light ones, as in Marathon since
 * 1.8. Nothing is sent again: whoever connects reads the state first. A client that falls too far behind is disconnected.
 *
 * With `ids=true` every event has an id, and a client that comes back with `Last-Event-ID` first gets what it has missed; when that
 * is no longer known, one `ekiden_resume_gap` with `lastEventId` (the id it gave) and `resumedAt` (the id from which on nothing is
 * missing): time to read the state again.
 *
 * `redirect=false` is for schedulers that do not lead: they pass the stream on then, instead of redirecting to the leader.
 */
export function addEvents(server: HttpServer, context: ApiContext): void {
  const { service, access, clock } = context;
  const { events, options, catalog } = service;
  const history = new EventHistory(events, catalog.view.position.epoch, (published) =>
    Buffer.byteLength(eventText(published)),
  );
  const open = new Set<SseClient>();
  // Clients see the end of the stream, not a broken connection
  server.addHook('preClose', (done) => {
    for (const client of open) client.close();
    done();
  });

  /** Starts the stream for a client who wants ids. Returns the function that ends it. */
  function follow(client: SseClient, lastEventId: string | undefined, send: Send): () => void {
    const missed = lastEventId === undefined ? [] : history.since(lastEventId);
    for (const { published, id } of missed ?? []) send(published, id);
    if (missed === undefined) {
      const { lastId: resumedAt } = history;
      const gap = { lastEventId, resumedAt, eventType: gapEvent, timestamp: toTimestamp(clock()) };
      client.send(gapEvent, JSON.stringify(gap), resumedAt);
    }
    return history.subscribe(({ published, id }) => send(published, id));
  }

  addResource(server, '/v2/events', {
    GET: (request, reply) => {
      access.demand(request, 'view', { kind: 'system', name: 'events' });
      if (!acceptedTypes(request).includes('text/event-stream')) {
        throw new ApiError(406, 'This is a stream of server-sent events: ask for it with Accept: text/event-stream');
      }
      if (request.method === 'HEAD') return reply.type('text/event-stream').send();
      const query = request.query as Query;
      const wanted = new Set(valuesOf(query, 'event_type'));
      const remoteAddress = request.ip;
      const client = startSse(reply, {
        maxPendingMessages: options.eventStreamMaxOutstandingMessages,
        lineEnd: '\r\n',
        // A scheduler that passes the stream on gives it up after 10 s of silence
        ...(flagOf(query, 'redirect', true) ? {} : { keepAliveMs: passedOnKeepAliveMs }),
      });
      const send: Send = (published, id) => {
        const { type } = published.event;
        if (wanted.size > 0 && !wanted.has(type)) return;
        const visible = visibleEvent(context, request, published);
        if (visible !== undefined) client.send(type, eventText(visible), id);
      };
      const lastEventId = request.headers['last-event-id'];
      const unsubscribe = flagOf(query, 'ids', false)
        ? follow(client, typeof lastEventId === 'string' ? lastEventId : undefined, send)
        : events.subscribe((published) => send(published));
      open.add(client);
      client.onClose(() => {
        open.delete(client);
        unsubscribe();
        events.publish({ type: 'event_stream_detached', remoteAddress });
      });
      events.publish({ type: 'event_stream_attached', remoteAddress });
      return reply;
    },
  });
}

/** Sends an event to one client if it is for that client. */
type Send = (published: PublishedEvent, id?: string) => void;
