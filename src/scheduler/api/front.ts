import { STATUS_CODES } from 'node:http';
import type { Logger } from '../../common/logger.js';
import { foreignOrigin } from '../../http/same-origin.js';
import { createHttpServer } from '../../http/server.js';
import type { HttpReply, HttpRequest, HttpServer } from '../../http/server.js';
import { ApiError } from './api-error.js';
import { pathOf, uriNotFound } from './context.js';
import type { ApiContext } from './context.js';
import { leaderOf } from './render/info.js';
import { sendJson } from './send.js';

/** Writes any error in Marathon's form: `{"message": …}`. */
function sendError(error: unknown, request: HttpRequest, reply: HttpReply, logger: Logger): HttpReply {
  if (error instanceof ApiError) return sendJson(reply.code(error.status), JSON.stringify(error.body));
  const { statusCode, message } = error as { statusCode?: number; message?: string };
  const status = statusCode !== undefined && statusCode >= 400 && statusCode < 600 ? statusCode : 500;
  if (status >= 500)
    logger.error({ err: error, method: request.method, path: pathOf(request.url) }, 'A request failed');
  return sendJson(reply.code(status), JSON.stringify({ message: message ?? STATUS_CODES[status] }));
}

/** What every request to the API passes before it reaches its route, and the form of every answer that says no. No routes yet. */
export function createFront({ service, logger, access }: ApiContext): HttpServer {
  const server = createHttpServer();
  const headers = {
    'X-Marathon-Leader': `http://${leaderOf(service)}`,
    'X-Frame-Options': 'DENY',
    'X-XSS-Protection': '1; mode=block',
    'Cache-Control': 'no-cache, no-store, must-revalidate',
    Pragma: 'no-cache',
    Expires: '0',
  };
  server.addHook('onRequest', (request, reply, done) => {
    void reply.headers(headers);
    const reads = ['GET', 'HEAD', 'OPTIONS'].includes(request.method);
    const refused = reads ? undefined : foreignOrigin(request);
    // Who may post an app may run commands: a page that somebody happens to look at may not.
    done(refused === undefined ? undefined : new ApiError(403, refused));
  });
  server.addHook('onRequest', (request, reply) => access.authenticate(request, reply));
  server.setErrorHandler((error, request, reply) => sendError(error, request, reply, logger));
  server.setNotFoundHandler((request) => {
    throw uriNotFound(request);
  });
  return server;
}
