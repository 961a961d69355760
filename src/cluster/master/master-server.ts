import type { Logger } from '../../common/logger.js';
import type { HttpServer } from '../../http/server.js';
import { createHttpServer } from '../../http/server.js';
import { sendHttpError, sendNotFound } from '../http-answers.js';
import { endpoints } from './api/endpoints.js';
import { maintenanceEndpoints } from './api/maintenance-endpoints.js';
import { operatorApi } from './api/operator-api.js';
import { schedulerApi } from './api/scheduler-api.js';
import type { Standing } from './api/standing.js';
import { answerWhileStandingBy } from './api/standing.js';
import type { MasterDriver } from './master-driver.js';
import type { MasterFacts } from './views/summaries.js';

/** An ACCEPT may launch many tasks with long commands. */
const bodyLimitBytes = 32 << 20;

/** The HTTP server of a master, ready to listen. With a `standing` it is one of several, and passes requests on unless it leads. */
export function createMasterServer(
  driver: MasterDriver,
  facts: MasterFacts,
  logger: Logger,
  standing?: Standing,
): HttpServer {
  const server = createHttpServer({ bodyLimitBytes });
  server.setNotFoundHandler((_request, reply) => sendNotFound(reply));
  server.setErrorHandler((error, request, reply) => {
    const { statusCode = 500 } = error as { statusCode?: number };
    if (statusCode >= 500) logger.error({ err: error, url: request.url }, 'a request to the master failed');
    return sendHttpError(reply, error);
  });
  if (standing !== undefined) answerWhileStandingBy(server, standing);
  schedulerApi(server, driver);
  operatorApi(server, driver, facts);
  endpoints(server, driver, facts);
  maintenanceEndpoints(server, driver);
  return server;
}
