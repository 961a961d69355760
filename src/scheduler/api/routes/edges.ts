import { finished } from 'node:stream';
import type { EdgeState } from '../../../catalog/edges.js';
import { forwardedHeaders } from '../../../catalog/forwarded-headers.js';
import type { HttpReply, HttpRequest, HttpServer } from '../../../http/server.js';
import { startSse } from '../../../http/sse.js';
import { edgeAuthorizationOf, unauthorizedAt } from '../../edge-forward/edge-authorization.js';
import { openEdgeForwarder } from '../../edge-forward/edge-forwarder.js';
import type { ForwardedAnswer, ForwardedRequest } from '../../edge-forward/edge-forwarder.js';
import { edgeUrl } from '../../edge-forward/edge-url.js';
import { forwardedText, forwardingOf, methodsOf } from '../../edge-forward/forwarded-paths.js';
import type { ForwardedMethod, Forwarding } from '../../edge-forward/forwarded-paths.js';
import { readEvents } from '../../edge-forward/read-events.js';
import { ApiError } from '../api-error.js';
import { uriNotFound } from '../context.js';
import type { ApiContext } from '../context.js';
import { renderEdges } from '../render/edges.js';
import { addResource } from '../resource.js';
import { sendJson } from '../send.js';

/** So many edges are named to whoever asks for one that is not there. */
const maxNamed = 20;
/** Of one reader of an edge's events; he is sent no more before he has read. */
const maxPendingBytes = 16 << 20;
/** Schedulers that do not lead pass the stream on, and give it up after 10 s of silence. */
const keepAliveMs = 5_000;

const urlPattern = /^\/ekiden\/v1\/edges\/[^/?]+\/([^?]+)(\?.*)?$/;

/** The edge with that name and, where there are several, the one that a path is forwarded to. Throws ApiError 404. */
function edgeNamed(edges: readonly EdgeState[], name: string, path: string): EdgeState {
  const named = edges.filter(({ edge }) => edge === name);
  const found = named.find(({ role }) => methodsOf(role, path).length > 0) ?? named[0];
  if (found !== undefined) return found;
  const known = [...new Set(edges.map(({ edge }) => edge))];
  const more = known.length > maxNamed ? ` and ${known.length - maxNamed} more` : '';
  const list = known.length === 0 ? 'no edge follows this scheduler' : known.slice(0, maxNamed).join(', ') + more;
  throw new ApiError(404, `There is no edge ${name.slice(0, 300)}; known are: ${list}`);
}

/** What becomes of the request. Throws ApiError 404 and 405 for what is not forwarded. */
function forwardingFor({ role, edge }: EdgeState, method: ForwardedMethod, path: string, reply: HttpReply): Forwarding {
  const forwarding = forwardingOf(role, method, path);
  if (forwarding !== undefined) return forwarding;
  const methods = methodsOf(role, path);
  const what = `Forwarded to the edge ${edge} (${role}) are: ${forwardedText(role)}`;
  if (methods.length === 0) throw new ApiError(404, `${path.slice(0, 300)} is not forwarded. ${what}`);
  void reply.header('Allow', methods.join(', '));
  throw new ApiError(405, `${method} ${path.slice(0, 300)} is not forwarded. ${what}`);
}

/** Where the API of an edge that can be asked is. Throws ApiError 503. */
function apiUrlOf({ edge, isLive, apiUrl, seenAtMs }: EdgeState): string {
  if (!isLive) {
    const last = new Date(seenAtMs).toISOString();
    throw new ApiError(503, `The edge ${edge} does not follow this scheduler now; it was last heard of at ${last}`);
  }
  if (apiUrl === undefined) throw new ApiError(503, `The edge ${edge} has not said where its API is`);
  return apiUrl;
}

function bodyOf({ body }: HttpRequest, { maxBodyBytes }: Forwarding): string | undefined {
  if (typeof body !== 'string') return undefined;
  if (Buffer.byteLength(body) <= maxBodyBytes) return body;
  throw new ApiError(413, `The body is larger than ${maxBodyBytes} bytes, which is what is forwarded here`);
}

/** What is aborted when whoever asks has gone, or has his answer. */
function departureOf(reply: HttpReply): AbortSignal {
  const left = new AbortController();
  finished(reply.raw, () => left.abort());
  return left.signal;
}

/** Sends events as they come, no faster than they are read, until one of the two ends. */
async function passEvents(events: AsyncIterable<Uint8Array>, reply: HttpReply): Promise<void> {
  const client = startSse(reply, { keepAliveMs, maxPendingBytes });
  try {
    for await (const { event, data, id } of readEvents(events)) {
      client.send(event, data, id);
      await client.drained();
    }
  } catch {
    // The edge has broken off, or the reader has gone; the end of the stream says so
  }
  client.close();
}

/**
 * `/ekiden/v1/edges`: the name servers and load balancers that follow this scheduler. `/ekiden/v1/edges/{edge}/…`: what of their own
 * APIs is forwarded to them, to the addresses that they have announced. Reading is for those who may view `events`, like the stream that
 * edges follow; who changes something there must be allowed to update `edges`. The credentials of the scheduler's users stay here.
 */
export function addEdges(server: HttpServer, { access, service }: ApiContext): void {
  const forwarder = openEdgeForwarder();
  server.addHook('onClose', () => forwarder.close());
  const events = { kind: 'system', name: 'events' } as const;

  function send(reply: HttpReply, { status, contentType, body }: ForwardedAnswer): HttpReply {
    void reply.code(status).header('Content-Type', contentType).header('X-Content-Type-Options', 'nosniff');
    return reply.send(body);
  }

  async function forward(request: HttpRequest, reply: HttpReply): Promise<HttpReply> {
    access.demand(request, 'view', events);
    const { edge: name } = request.params as { readonly edge: string };
    const [, path, query = ''] = urlPattern.exec(request.url) ?? [];
    if (path === undefined) throw uriNotFound(request);
    const edge = edgeNamed(service.edges.edges(), name, path);
    const method = (request.method === 'HEAD' ? 'GET' : request.method) as ForwardedMethod;
    const forwarding = forwardingFor(edge, method, path, reply);
    if (forwarding.changes) access.demand(request, 'update', { kind: 'system', name: 'edges' });
    const authorization = edgeAuthorizationOf(request.headers['x-ekiden-edge-authorization']);
    const body = bodyOf(request, forwarding);
    const asked: ForwardedRequest = {
      method,
      url: edgeUrl(apiUrlOf(edge), `${path}${query}`),
      headers: {
        accept: forwarding.streams ? 'text/event-stream' : 'application/json, text/plain',
        ...(authorization === undefined ? {} : { authorization }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...forwardedHeaders(edge, request.ip),
      },
      body,
      signal: departureOf(reply),
    };
    if (forwarding.streams && request.method === 'HEAD') return reply.type('text/event-stream').send();
    const answer = await (forwarding.streams ? forwarder.stream(edge.edge, asked) : forwarder.answer(edge.edge, asked));
    if (!('status' in answer)) {
      void passEvents(answer, reply);
      return reply;
    }
    if (answer.status === 401) throw unauthorizedAt(edge.edge, authorization);
    return send(reply, answer);
  }

  addResource(server, '/ekiden/v1/edges', {
    GET: (request, reply) => {
      access.demand(request, 'view', events);
      return sendJson(reply, JSON.stringify(renderEdges(service.edges)));
    },
  });
  addResource(server, '/ekiden/v1/edges/:edge/*', { GET: forward, POST: forward, PUT: forward, DELETE: forward });
}
