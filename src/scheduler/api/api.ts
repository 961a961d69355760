import { STATUS_CODES } from 'node:http';
import { silentLogger } from '../../common/logger.js';
import type { Logger } from '../../common/logger.js';
import { foreignOrigin } from '../../http/same-origin.js';
import { createHttpServer } from '../../http/server.js';
import type { HttpReply, HttpRequest, HttpServer } from '../../http/server.js';
import type { SchedulerService } from '../service.js';
import { openAccess } from './access.js';
import { ApiError } from './api-error.js';
import { pathOf, uriNotFound } from './context.js';
import type { ApiContext } from './context.js';
import { leaderOf } from './render/info.js';
import { sendJson } from './send.js';
import { addApp } from './routes/app.js';
import { addApps } from './routes/apps.js';
import { addCatalogStream } from './routes/catalog-stream.js';
import { addDeployments } from './routes/deployments.js';
import { addEvents } from './routes/events.js';
import { addExplain } from './routes/explain.js';
import { addInfo } from './routes/info.js';
import { addPing } from './routes/ping.js';
import { addQueue } from './routes/queue.js';
import { addTasks } from './routes/tasks.js';
import { addUi } from './routes/ui.js';

/** What the API is made of besides the scheduler itself; what is left out has its default or does not exist. */
export type ApiParts = Partial<Omit<ApiContext, 'service'>>;

/** Writes any error in Marathon's form: `{"message": …}`. */
function sendError(error: unknown, request: HttpRequest, reply: HttpReply, logger: Logger): HttpReply {
  if (error instanceof ApiError) return sendJson(reply.code(error.status), JSON.stringify(error.body));
  const { statusCode, message } = error as { statusCode?: number; message?: string };
  const status = statusCode !== undefined && statusCode >= 400 && statusCode < 600 ? statusCode : 500;
  if (status >= 500)
    logger.error({ err: error, method: request.method, path: pathOf(request.url) }, 'A request failed');
  return sendJson(reply.code(status), JSON.stringify({ message: message ?? STATUS_CODES[status] }));
}

/**
 * Marathon's REST API (marathon.md §1, §2) and Ekiden's own under `/ekiden/v1`, over a scheduler. The server does not listen yet.
 * Closing it ends the open streams.
 */
export function createApi(service: SchedulerService, parts: ApiParts = {}): HttpServer {
  const server = createHttpServer();
  const context: ApiContext = { service, clock: Date.now, logger: silentLogger, access: openAccess, ...parts };
  const { logger } = context;
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
  server.setErrorHandler((error, request, reply) => sendError(error, request, reply, logger));
  server.setNotFoundHandler((request) => {
    throw uriNotFound(request);
  });
  addUi(server);
  addPing(server);
  addApps(server, context);
  addApp(server, context);
  addTasks(server, context);
  addDeployments(server, context);
  addQueue(server, context);
  addInfo(server, context);
  addEvents(server, context);
  addCatalogStream(server, context);
  addExplain(server, context);
  return server;
}
