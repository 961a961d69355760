import { statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Logger } from '../../../common/logger.js';
import type { HttpServer } from '../../../http/server.js';
import { sendHttpError, sendJson, sendNotFound } from '../../http-answers.js';
import { versionInfo } from '../../version.js';
import { filesRoutes } from './files-routes.js';
import { renderFlags, renderState } from './state.js';
import { renderContainers, renderMetrics, renderMonitorStatistics } from './usage.js';
import type { AgentView } from './view.js';

/** libprocess' name of the agent: most endpoints exist with and without it. */
const processName = '/slave(1)';

/** The agent's HTTP API, as far as the scheduler, Mesos' own UI and operators use it. */
export function agentRoutes(server: HttpServer, view: AgentView, logger: Logger): void {
  const version = versionInfo(Math.floor(statSync(fileURLToPath(import.meta.url)).mtimeMs));
  const json = (paths: readonly string[], render: () => unknown): void => {
    for (const path of paths) {
      server.get(path, async (request, reply) => sendJson(request, reply, await render()));
    }
  };
  const ofProcess = (...names: string[]): string[] => names.flatMap((name) => [`/${name}`, `${processName}/${name}`]);

  server.setNotFoundHandler((_request, reply) => sendNotFound(reply));
  server.setErrorHandler((error, request, reply) => {
    const { statusCode = 500 } = error as { statusCode?: number };
    if (statusCode >= 500) logger.error({ err: error, url: request.url }, 'a request to the agent failed');
    return sendHttpError(reply, error);
  });
  for (const path of ofProcess('health')) server.get(path, (_request, reply) => reply.code(200).send());
  json(ofProcess('state', 'state.json'), () => renderState(view, version));
  json(ofProcess('flags'), () => ({ flags: renderFlags(view) }));
  json(ofProcess('containers'), () => renderContainers(view));
  json(['/version'], () => version);
  json(['/metrics/snapshot'], () => renderMetrics(view));
  json(['/monitor/statistics', '/monitor/statistics.json', ...ofProcess('monitor/statistics').slice(1)], () =>
    renderMonitorStatistics(view),
  );
  filesRoutes(server, view);
}
