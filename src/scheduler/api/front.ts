import { STATUS_CODES } from 'node:http';
import { createBasicAuth } from '../../http/basic-auth.js';
import { createCrossOrigin } from '../../http/cross-origin.js';
import { finishAnswers } from '../../http/finish-answers.js';
import { addGzip } from '../../http/gzip.js';
import { RequestLimit } from '../../http/request-limit.js';
import { createHttpServer } from '../../http/server.js';
import type { HttpReply, HttpRequest, HttpServer } from '../../http/server.js';
import { leaderUrl } from '../leader-address.js';
import type { HttpOptions } from '../options.js';
import { WrittenAnswer } from './access/written-answer.js';
import { ApiError } from './api-error.js';
import { pathOf, uriNotFound } from './context.js';
import type { FrontContext } from './front-context.js';
import { allMethods } from './resource.js';
import { sendJson } from './send.js';

/** Asked by load balancers, which know no password; it tells nothing but who leads. */
export const leadingPath = '/ekiden/v1/leading';

/** What stays open for hours, and what asks whether this process lives: neither counts as a concurrent request. */
const uncounted: ReadonlySet<string> = new Set([
  '/ping',
  leadingPath,
  '/v2/events',
  '/ekiden/v1/catalog/stream',
  '/ekiden/v1/overview/stream',
]);

/** The streams whose URLs name something. */
const uncountedPattern = /^\/ekiden\/v1\/(?:sandbox\/[^/]+\/follow|edges\/[^/]+\/ekiden\/v1\/events)$/;

function isUncounted(path: string): boolean {
  return uncounted.has(path) || uncountedPattern.test(path);
}

/** Who asks for a large answer must read it; no answer takes this long to begin, and streams of events say something every ten seconds. */
const idleMs = 120_000;

/** How the sockets are to be on which the API is served. */
export const apiTimeouts = { idleMs } as const;

/** A turn of the engine takes some milliseconds; who stops the scheduler does not wait long. */
export const finishMs = 500;

/** An error that fastify itself answers a request with. */
interface FrameworkError {
  readonly statusCode?: number;
  readonly code?: string;
  readonly message?: string;
}

function frameworkMessage({ code, message }: FrameworkError, status: number, request: HttpRequest): string {
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') {
    const { bodyLimit } = request.routeOptions;
    return `The body is larger than ${bodyLimit} bytes, which is what is accepted here (--http_max_request_bytes)`;
  }
  return message ?? STATUS_CODES[status] ?? 'Error';
}

/** Writes any error in Marathon's form: `{"message": …}`. */
export function sendError(
  error: unknown,
  request: HttpRequest,
  reply: HttpReply,
  { logger }: Pick<FrontContext, 'logger'>,
): HttpReply {
  if (error instanceof WrittenAnswer) return reply.code(error.status).headers(error.headers).send(error.content);
  if (error instanceof ApiError) return sendJson(reply.code(error.status), JSON.stringify(error.body));
  const problem = error as FrameworkError;
  const { statusCode } = problem;
  const status = statusCode !== undefined && statusCode >= 400 && statusCode < 600 ? statusCode : 500;
  if (status >= 500)
    logger.error({ err: error, method: request.method, path: pathOf(request.url) }, 'A request failed');
  return sendJson(reply.code(status), JSON.stringify({ message: frameworkMessage(problem, status, request) }));
}

/** The headers that Marathon's every answer has, besides the leader's name (marathon.md §1.2). */
export const commonHeaders: Readonly<Record<string, string>> = {
  'X-Frame-Options': 'DENY',
  'X-XSS-Protection': '1; mode=block',
  'Cache-Control': 'no-cache, no-store, must-revalidate',
  Pragma: 'no-cache',
  Expires: '0',
};

function isRead({ method }: HttpRequest): boolean {
  return method === 'GET' || method === 'HEAD';
}

/** The path without a slash at its end. */
function plainPath(request: HttpRequest): string {
  const path = pathOf(request.url);
  return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
}

/** Whether anybody may ask this, whoever it is. */
function isOpen(request: HttpRequest): boolean {
  return isRead(request) && plainPath(request) === leadingPath;
}

/** `--http_credentials`: every other path, `/ping` too, is for whoever knows them, unless the access control knows users by name. */
function requireCredentials(server: HttpServer, { service, access }: FrontContext): void {
  const { credentials, realm } = service.options;
  if (credentials === undefined || access.authenticates === true) return;
  const auth = createBasicAuth({ ...credentials, realm });
  server.addHook('onRequest', (request, reply, done) => {
    if (isOpen(request) || auth.admits(request.headers.authorization)) {
      done();
      return;
    }
    void reply.header('WWW-Authenticate', auth.challenge);
    done(new ApiError(401, 'A user and a password are needed (HTTP basic authentication, --http_credentials)'));
  });
}

/** `--http_max_concurrent_requests` */
function limitRequests(server: HttpServer, { maxConcurrentRequests }: HttpOptions): void {
  if (maxConcurrentRequests === undefined) return;
  const limit = new RequestLimit(maxConcurrentRequests);
  server.addHook('onRequest', (request, reply, done) => {
    const counts = !isRead(request) || !isUncounted(plainPath(request));
    if (!counts || limit.enter(reply.raw)) done();
    else done(new ApiError(503, `Too many concurrent requests! Allowed: ${maxConcurrentRequests}.`));
  });
}

/**
 * What every request to the API passes before it reaches its route, in this order, and the form of every answer that says no. There are
 * no routes yet.
 */
export function createFront(context: FrontContext): HttpServer {
  const { service, access } = context;
  const { options } = service;
  const server = createHttpServer({
    bodyLimitBytes: options.maxRequestBytes,
    mountPrefix: options.mountPrefix,
    headers: { 'X-Marathon-Leader': leaderUrl(options), ...commonHeaders },
    timeouts: apiTimeouts,
  });
  context.metrics?.watch(server);
  finishAnswers(server, {
    limitMs: finishMs,
    refusal: () => new ApiError(503, 'The scheduler is stopping: send the request again'),
  });
  const crossOrigin = createCrossOrigin(options.allowedOrigins);

  server.addHook('onRequest', async (request, reply) => {
    crossOrigin.allow(request, reply);
    // Browsers ask without credentials what they may ask with them.
    return crossOrigin.isPreflight(request) ? reply.code(200).send() : undefined;
  });
  requireCredentials(server, context);
  limitRequests(server, options);
  server.addHook('onRequest', (request, _reply, done) => {
    // Who may post an app may run commands: a page that somebody happens to look at may not.
    const refused = crossOrigin.refusal(request);
    done(refused === undefined ? undefined : new ApiError(403, refused));
  });
  server.addHook('onRequest', async (request, reply) => {
    if (!isOpen(request)) await access.authenticate(request, reply);
  });
  if (options.compression) addGzip(server);

  server.setErrorHandler((error, request, reply) => sendError(error, request, reply, context));
  server.setNotFoundHandler((request, reply) => {
    if (allMethods.includes(request.method)) throw uriNotFound(request);
    void reply.header('Allow', allMethods.join(', '));
    throw new ApiError(405, 'Method Not Allowed');
  });
  return server;
}
