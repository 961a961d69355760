import type { CatalogMessage, CatalogPosition } from '../../../catalog/types.js';
import type { HttpServer } from '../../../http/server.js';
import { startSse } from '../../../http/sse.js';
import type { ApiContext } from '../context.js';
import { parseAnnouncement } from '../parse/receipt.js';
import { textOf } from '../parse/query.js';
import type { Query } from '../parse/query.js';
import { addResource } from '../resource.js';

/** A snapshot of a large cluster must fit into what may wait for a reader. */
const maxPendingBytes = 256 << 20;
/** Readers look for another leader when this one has been silent for three times as long. */
const keepAliveMs = 5_000;

/** Reads `epoch:seq`; undefined for anything else: the reader then gets a snapshot. */
function parsePosition(text: string | undefined): CatalogPosition | undefined {
  const match = /^([^:]{1,200}):(\d{1,15})$/.exec(text ?? '');
  return match?.[1] === undefined ? undefined : { epoch: match[1], seq: Number(match[2]) };
}

const texts = new WeakMap<CatalogMessage, string>();

/** A message as JSON; made once, however many read it. */
function messageText(message: CatalogMessage): string {
  const known = texts.get(message);
  if (known !== undefined) return known;
  const text = JSON.stringify(message);
  // A snapshot is made for one reader and is large
  if (message.type === 'change') texts.set(message, text);
  return text;
}

/**
 * `/ekiden/v1/catalog/stream`: the catalog as server-sent events (src/catalog/types.ts), from where the reader was
 * (`Last-Event-ID` or `?position=epoch:seq`) or with a snapshot. An edge introduces itself (`?edge=…&role=…&apiUrl=…`). It tells of every app: like `/v2/events`, it is for those who may view
 * events, whatever paths they may view.
 */
export function addCatalogStream(server: HttpServer, { access, service }: ApiContext): void {
  addResource(server, '/ekiden/v1/catalog/stream', {
    GET: (request, reply) => {
      access.demand(request, 'view', { kind: 'system', name: 'events' });
      if (request.method === 'HEAD') return reply.type('text/event-stream').send();
      const header = request.headers['last-event-id'];
      const last = typeof header === 'string' ? header : textOf(request.query as Query, 'position');
      const announcement = parseAnnouncement(request.query as Query);
      const client = startSse(reply, { maxPendingBytes, keepAliveMs });
      const unsubscribe = service.catalog.subscribe(parsePosition(last), (message) => {
        client.send(message.type, messageText(message), `${message.epoch}:${message.seq}`);
      });
      client.onClose(unsubscribe);
      if (announcement !== undefined) client.onClose(service.edges.open(announcement));
      return reply;
    },
  });
}
