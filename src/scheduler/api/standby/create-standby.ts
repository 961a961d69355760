import { setMaxListeners } from 'node:events';
import type { Logger } from '../../../common/logger.js';
import { finishAnswers } from '../../../http/finish-answers.js';
import { normalisedPrefix, unmounted } from '../../../http/mount.js';
import { createHttpServer } from '../../../http/server.js';
import type { HttpReply, HttpRequest, HttpServer } from '../../../http/server.js';
import { leaderAddress } from '../../leader-address.js';
import type { HttpOptions, SchedulerOptions } from '../../options.js';
import { ApiError } from '../api-error.js';
import { pathOf } from '../context.js';
import { apiTimeouts, commonHeaders, finishMs, leadingPath, sendError } from '../front.js';
import { acceptedTypes } from '../parse/accept.js';
import { allMethods, dispatch } from '../resource.js';
import type { Handlers } from '../resource.js';
import { sendJson } from '../send.js';
import { findLeader } from './find-leader.js';
import { LeaderProxy } from './leader-proxy.js';
import { leaderTargetOf } from './leader-target.js';

/** What a scheduler that does not lead works with. */
export interface StandbyContext {
  readonly options: HttpOptions & Pick<SchedulerOptions, 'hostname' | 'flags' | 'leaderProxy'>;
  /** `host:port` of the leader as ZooKeeper has it; undefined while there is none or none is known; this process's own address while it takes over. */
  readonly leader: () => string | undefined;
  /**
   * The API of this process as soon as it leads: whoever waits here for a leader is answered by it. Without it, they are told after 2.5 s
   * that there is no leader.
   */
  readonly ownApi?: () => HttpServer | undefined;
  readonly logger: Logger;
}

function isStopping(): ApiError {
  return new ApiError(503, 'The scheduler is stopping: send the request again');
}

/**
 * How a client is sent to the leader for a stream of events; undefined: what it asks for is none, or is passed on. Pages may follow nothing
 * but the server that they came from: their streams are passed on, and so is that of Marathon's events with `?redirect=false`.
 */
function redirectStatusOf(request: HttpRequest, path: string): 302 | 307 | undefined {
  if (path === '/ekiden/v1/catalog/stream') return 307;
  if (path === '/v2/events') return /[?&]redirect=false(?:&|$)/.test(request.originalUrl) ? undefined : 302;
  if (path === '/ekiden/v1/overview/stream' || /^\/ekiden\/v1\/(?:edges|sandbox)\//.test(path)) return undefined;
  const isRead = request.method === 'GET' || request.method === 'HEAD';
  return isRead && acceptedTypes(request).includes('text/event-stream') ? 302 : undefined;
}

/** A path and query as they may stand in a URL: clients send more than that. */
function asUrl(path: string): string {
  return path.replace(/[^\x21-\x7e]/g, (char) => `%${char.charCodeAt(0).toString(16).padStart(2, '0').toUpperCase()}`);
}

/**
 * What a scheduler answers while another one leads (marathon.md §16.2): everything is passed on to the leader as it comes, whatever the
 * method and the path, and answered with what the leader says; streams of events are redirected to it. Who may do what is
 * the leader's business: credentials are passed on, and nothing but the leader is ever connected to. `/ekiden/v1/leading` alone is
 * answered here: 503. The server does not listen yet; closing it breaks the connections to the leader.
 */
export function createStandby({ options, leader, ownApi, logger }: StandbyContext): HttpServer {
  const own = leaderAddress(options);
  const prefix = normalisedPrefix(options.mountPrefix);
  const scheme = options.httpDisabled ? 'https' : 'http';
  const source = { leader, ...(ownApi === undefined ? {} : { ownApi }) };
  const proxy = new LeaderProxy({ options, own, logger });
  const stopping = new AbortController();
  // Every request that waits for a leader listens
  setMaxListeners(0, stopping.signal);
  const server = createHttpServer({ headers: commonHeaders, ignoresUrls: true, timeouts: apiTimeouts });

  /** The leader, if it is another scheduler. */
  function otherLeader(): string | undefined {
    const address = leader();
    return address === undefined || address === own ? undefined : leaderTargetOf(address)?.address;
  }

  const leading: Handlers = {
    GET: (_request, reply) =>
      sendJson(reply.code(503), JSON.stringify({ leading: false, leader: otherLeader() ?? null })),
  };

  /** Resolves with the leader that answers a request; undefined when its client is gone. */
  async function leaderFor(reply: HttpReply): Promise<Awaited<ReturnType<typeof findLeader>>> {
    const giveUp = new AbortController();
    const abort = (): void => giveUp.abort();
    reply.raw.on('close', abort);
    stopping.signal.addEventListener('abort', abort);
    const found = await findLeader(source, own, giveUp.signal);
    reply.raw.off('close', abort);
    stopping.signal.removeEventListener('abort', abort);
    if (found !== undefined || reply.raw.destroyed) return found;
    if (stopping.signal.aborted) throw isStopping();
    const seen = leader();
    const details =
      seen === undefined
        ? 'ZooKeeper names no leader: an election is under way, or ZooKeeper cannot be reached'
        : seen === own
          ? 'this scheduler was elected and is not ready to lead yet'
          : `the address of the leader in ZooKeeper is not host:port: ${JSON.stringify(seen)}`;
    throw new ApiError(502, 'Could not determine the current leader', { details });
  }

  async function answer(request: HttpRequest, reply: HttpReply): Promise<unknown> {
    const { originalUrl } = request;
    const path = pathOf(unmounted(originalUrl, prefix)).replace(/(?<=.)\/$/, '');
    if (path === leadingPath) return dispatch(leading, request, reply);
    if (request.method === 'TRACE') {
      // It would show what a browser hides from its pages, credentials above all
      void reply.header('Allow', allMethods.join(', '));
      throw new ApiError(405, 'Method Not Allowed');
    }
    const found = await leaderFor(reply);
    if (found === undefined) return reply.hijack();
    if (found.type === 'self') {
      // What comes before that would never be answered
      await found.api.ready();
      reply.hijack();
      request.raw.url = originalUrl;
      found.api.routing(request.raw, reply.raw);
      return reply;
    }
    const status = redirectStatusOf(request, path);
    if (status !== undefined) {
      const location = `${scheme}://${found.target.address}${asUrl(unmounted(originalUrl, undefined))}`;
      return reply.code(status).header('Location', location).send();
    }
    await proxy.pass(request, reply, found.target);
    // Whoever went away before an answer began gets none
    return reply.sent ? reply : reply.hijack();
  }

  server.addHook('preClose', (done) => {
    stopping.abort();
    done();
  });
  finishAnswers(server, { limitMs: finishMs, refusal: isStopping });
  server.addHook('onRequest', async (request, reply) => {
    const address = otherLeader();
    if (address !== undefined) void reply.header('X-Marathon-Leader', `${scheme}://${address}`);
    await answer(request, reply);
    return reply;
  });
  server.setErrorHandler((error, request, reply) => sendError(error, request, reply, { logger }));
  server.addHook('onClose', () => proxy.close());
  return server;
}
