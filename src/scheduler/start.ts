import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { CatalogFeed } from '../catalog/feed.js';
import { messageOf, StartupError } from '../common/errors.js';
import type { Logger } from '../common/logger.js';
import { Opened } from '../common/opened.js';
import type { RoleContext, RoleHandle } from '../common/role.js';
import { serve } from '../http/serve.js';
import { createAbdication } from './abdication.js';
import { openArtifacts } from './adapters/artifacts/open-artifacts.js';
import { createChecker } from './adapters/checks/checker.js';
import { openEmbeddedStore } from './adapters/embedded/embedded-store.js';
import { openMesosAgents } from './adapters/mesos/agents.js';
import { openMesosCluster } from './adapters/mesos/open-cluster.js';
import { createAccessControl } from './api/access/create-access-control.js';
import { createApi } from './api/api.js';
import { loadState } from './core/load.js';
import { createDefinitions } from './definitions.js';
import { Engine } from './engine.js';
import { createEventBus } from './event-bus.js';
import { startHttpCallbacks } from './events/http-callbacks.js';
import { readRecords } from './load-store.js';
import { createMetrics } from './metrics/create-metrics.js';
import type { SchedulerOptions } from './options.js';
import { describeTask } from './plugins/describe-task.js';
import { loadPlugins, noPlugins } from './plugins/load-plugins.js';
import { processedCluster } from './plugins/processed-cluster.js';
import { runSpecValidatorOf } from './plugins/run-spec-validator.js';
import type { Store } from './ports/store.js';
import { StoreLockedError } from './ports/store.js';
import type { SchedulerService } from './service.js';

/** Marathon's exit status when it cannot go on with its store or has lost its framework. */
const fatalExitStatus = 105;

async function openStore({ workDir }: SchedulerOptions, logger: Logger): Promise<Store> {
  try {
    return await openEmbeddedStore(join(workDir, 'scheduler', 'store'), logger);
  } catch (error) {
    throw error instanceof StoreLockedError ? new StartupError(error.message) : error;
  }
}

/**
 * Opens one part of the scheduler after the other, each with those that it needs, and notes how it is closed. Closed the other way round,
 * nothing new is taken first; what was accepted is finished; then Mesos hears no more from this process, and the store is closed.
 */
async function openAll(options: SchedulerOptions, context: RoleContext, opened: Opened): Promise<void> {
  const { logger } = context;
  const random = Math.random;
  const clock = Date.now;
  const loggerOf = (component: string): Logger => logger.child({ component });

  const pluginLogger = loggerOf('plugins');
  const plugins =
    options.plugins === undefined ? noPlugins : await loadPlugins(options.plugins, { logger: pluginLogger });
  const access = opened.add(await createAccessControl({ options, plugins, logger: loggerOf('access') }));
  const store = opened.add(await openStore(options, logger));
  const artifacts = await openArtifacts(options, {
    asksForNames: plugins.authenticator !== undefined,
    logger: loggerOf('artifacts'),
  });
  if (artifacts !== undefined) opened.add(artifacts);

  const state = loadState(await readRecords(store));
  const events = createEventBus(clock, (err) => logger.error({ err }, 'a listener of the event bus failed'));
  // A process leads from its start to its end (the embedded store admits one at a time): one epoch.
  const catalog = new CatalogFeed(randomUUID());
  const cluster = opened.add(openMesosCluster(options, { logger: loggerOf('mesos'), clock, random }));
  const agents = opened.add(openMesosAgents(options));
  const checker = opened.add(
    createChecker({
      maxConcurrent: options.maxConcurrentHealthChecks,
      clock,
      random,
      logger: loggerOf('health-checks'),
    }),
  );
  const metrics = opened.add(
    createMetrics({
      options: options.metrics,
      settings: options,
      state,
      store,
      cluster,
      events,
      clock,
      logger: loggerOf('metrics'),
    }),
  );

  const engine = new Engine({
    state,
    settings: options,
    store: metrics.store,
    cluster: processedCluster(metrics.cluster, {
      processors: plugins.processors,
      describe: describeTask(state),
      logger: pluginLogger,
    }),
    validateRunSpec: runSpecValidatorOf(plugins, pluginLogger),
    onTurn: (inputs, tookMs) => metrics.turnDone(inputs, tookMs),
    checker,
    events,
    catalog,
    ...(artifacts === undefined ? {} : { artifacts: artifacts.resolver }),
    logger: loggerOf('engine'),
    now: clock,
    random,
    fatal: (error) => context.fatal(error, fatalExitStatus),
  });
  opened.onClose(() => engine.stop());
  await engine.load();

  const service: SchedulerService = {
    options,
    state,
    events,
    catalog,
    execute: metrics.meteredExecute((command) => engine.execute(command)),
    plan: (command) => engine.plan(command),
    ...createDefinitions(state, store),
    abdicate: createAbdication(context.fatal),
  };
  opened.add(await startHttpCallbacks(service, { logger: loggerOf('callbacks'), clock }));
  const api = createApi(service, {
    logger: loggerOf('api'),
    metrics,
    access,
    plugins,
    agents,
    ...(artifacts === undefined ? {} : { artifacts: artifacts.store }),
  });
  opened.onClose(() => api.close());
  const ports = await serve(api, options, logger);
  logger.info(
    { host: options.host, ...ports, apps: state.apps.size, instances: state.instances.size },
    'scheduler is serving',
  );
  engine.connect();
}

/**
 * Starts the scheduler: loads what is stored, serves the REST API, subscribes with Mesos. Resolves when the API answers.
 * Throws StartupError for a busy port, a store that another scheduler holds, and whatever else the options name that cannot be used;
 * nothing is left open then.
 */
export async function startScheduler(options: SchedulerOptions, context: RoleContext): Promise<RoleHandle> {
  const opened = new Opened();
  try {
    await openAll(options, context, opened);
  } catch (error) {
    await opened.close().catch((closing: unknown) => {
      context.logger.warn({ err: closing }, `not everything was closed: ${messageOf(closing)}`);
    });
    throw error;
  }
  return { stop: () => opened.close() };
}
