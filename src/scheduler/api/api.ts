import { silentLogger } from '../../common/logger.js';
import type { HttpServer } from '../../http/server.js';
import type { SchedulerService } from '../service.js';
import { openAccess } from './access.js';
import type { ApiContext } from './context.js';
import { createFront } from './front.js';
import { addApp } from './routes/app.js';
import { addOpenApi } from './routes/api-docs.js';
import { addApps } from './routes/apps.js';
import { addArtifacts } from './routes/artifacts.js';
import { addCatalogStream } from './routes/catalog-stream.js';
import { addCluster } from './routes/cluster.js';
import { addDeployments } from './routes/deployments.js';
import { addEdges } from './routes/edges.js';
import { addEventSubscriptions } from './routes/event-subscriptions.js';
import { addEvents } from './routes/events.js';
import { addExplain } from './routes/explain.js';
import { addGroups } from './routes/groups.js';
import { addHelp } from './routes/help.js';
import { addInfo } from './routes/info.js';
import { addLeading } from './routes/leading.js';
import { addLogging } from './routes/logging.js';
import { addMetrics } from './routes/metrics.js';
import { addOverview } from './routes/overview.js';
import { addPing } from './routes/ping.js';
import { addPlan } from './routes/plan.js';
import { addPlugins } from './routes/plugins.js';
import { addPods } from './routes/pods.js';
import { addQueue } from './routes/queue.js';
import { addReceipts } from './routes/receipts.js';
import { addSandbox } from './routes/sandbox.js';
import { addSchemas } from './routes/schemas.js';
import { addSystem } from './routes/system.js';
import { addTasks } from './routes/tasks.js';
import { addTimeline } from './routes/timeline.js';
import { addUi } from './routes/ui.js';

/** What the API is made of besides the scheduler itself; what is left out has its default or does not exist. */
export type ApiParts = Partial<Omit<ApiContext, 'service'>>;

/**
 * Marathon's REST API (marathon.md §1, §2) and Ekiden's own under `/ekiden/v1`, over a scheduler. The server does not listen yet.
 * Closing it ends the open streams. Throws StartupError when the files of the web interface are asked for and cannot be had.
 */
export function createApi(service: SchedulerService, parts: ApiParts = {}): HttpServer {
  const context: ApiContext = { service, clock: Date.now, logger: silentLogger, access: openAccess, ...parts };
  const server = createFront(context);
  addUi(server, context);
  addHelp(server, context);
  addPing(server);
  addSystem(server, context);
  addMetrics(server, context);
  addLogging(server, context);
  addApps(server, context);
  addApp(server, context);
  addPods(server, context);
  addGroups(server, context);
  addTasks(server, context);
  addDeployments(server, context);
  addQueue(server, context);
  addInfo(server, context);
  addLeading(server, context);
  addEvents(server, context);
  addEventSubscriptions(server, context);
  addCatalogStream(server, context);
  addReceipts(server, context);
  addEdges(server, context);
  addSandbox(server, context);
  addCluster(server, context);
  addOverview(server, context);
  addTimeline(server, context);
  addExplain(server, context);
  addPlan(server, context);
  addArtifacts(server, context);
  addPlugins(server, context);
  addSchemas(server);
  addOpenApi(server, context);
  return server;
}
