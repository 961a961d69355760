import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { CatalogFeed } from '../catalog/feed.js';
import { StartupError } from '../common/errors.js';
import { createHttpClient } from '../common/http-client.js';
import type { RoleContext, RoleHandle } from '../common/role.js';
import { serve } from '../http/serve.js';
import { createAbdication } from './abdication.js';
import { openArtifacts } from './adapters/artifacts/open-artifacts.js';
import { createChecker } from './adapters/checks/checker.js';
import { openEmbeddedStore } from './adapters/embedded/embedded-store.js';
import { createMesosCluster } from './adapters/mesos/mesos-cluster.js';
import { createAccessControl } from './api/access/create-access-control.js';
import { createApi } from './api/api.js';
import { loadState } from './core/load.js';
import { createDefinitions } from './definitions.js';
import { Engine } from './engine.js';
import { createEventBus } from './event-bus.js';
import { startHttpCallbacks } from './events/http-callbacks.js';
import type { HttpCallbacks } from './events/http-callbacks.js';
import { leaderUrl } from './leader-address.js';
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
const mesosTimeoutMs = 10_000;
/** One for the calls in order, the others for acknowledgements (adapters/mesos/outbox.ts). */
const mesosConnections = 8;

async function openStore(options: SchedulerOptions, context: RoleContext): Promise<Store> {
  try {
    return await openEmbeddedStore(join(options.workDir, 'scheduler', 'store'), context.logger);
  } catch (error) {
    throw error instanceof StoreLockedError ? new StartupError(error.message) : error;
  }
}

/**
 * Starts the scheduler: loads what is stored, serves the REST API, subscribes with Mesos. Resolves when the API answers.
 * Throws StartupError for a busy port or a store that another scheduler holds.
 */
export async function startScheduler(options: SchedulerOptions, context: RoleContext): Promise<RoleHandle> {
  const { logger } = context;
  const random = Math.random;
  const now = Date.now;
  const pluginLogger = logger.child({ component: 'plugins' });
  const plugins =
    options.plugins === undefined ? noPlugins : await loadPlugins(options.plugins, { logger: pluginLogger });
  const access = await createAccessControl({ options, plugins, logger: logger.child({ component: 'access' }) });
  const artifacts = await openArtifacts(options, logger.child({ component: 'artifacts' }));
  const store = await openStore(options, context);
  const state = loadState(await readRecords(store));
  const events = createEventBus(now, (err) => logger.error({ err }, 'a listener of the event bus failed'));
  // A process leads from its start to its end (the embedded store admits one at a time): one epoch.
  const catalog = new CatalogFeed(randomUUID());
  const http = createHttpClient({ timeoutMs: mesosTimeoutMs, connections: mesosConnections });
  const cluster = createMesosCluster({
    http,
    masters: options.master.split(','),
    framework: {
      name: options.frameworkName,
      user: options.mesosUser ?? '',
      role: options.mesosRole,
      failoverTimeoutSeconds: options.failoverTimeoutSeconds,
      hostname: options.hostname,
      webuiUrl: options.webuiUrl ?? leaderUrl(options),
    },
    logger: logger.child({ component: 'mesos' }),
    clock: now,
    random,
  });
  const checker = createChecker({
    maxConcurrent: options.maxConcurrentHealthChecks,
    clock: now,
    random,
    logger: logger.child({ component: 'health-checks' }),
  });
  const metrics = createMetrics({
    options: options.metrics,
    settings: options,
    state,
    store,
    cluster,
    events,
    clock: now,
    logger: logger.child({ component: 'metrics' }),
  });
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
    logger: logger.child({ component: 'engine' }),
    now,
    random,
    fatal: (error) => context.fatal(error, fatalExitStatus),
  });

  const service: SchedulerService = {
    options,
    state,
    events,
    catalog,
    execute: metrics.meteredExecute((command) => engine.execute(command)),
    ...createDefinitions(state, store),
    abdicate: createAbdication(context.fatal),
  };
  const api = createApi(service, {
    logger: logger.child({ component: 'api' }),
    metrics,
    access,
    plugins,
    ...(artifacts === undefined ? {} : { artifacts: artifacts.store }),
  });

  let callbacks: HttpCallbacks | undefined;
  async function stop(): Promise<void> {
    // Nothing new is taken first; what was accepted is finished; then Mesos hears no more from this process.
    await api.close();
    await access.close();
    await engine.stop();
    await artifacts?.close();
    await callbacks?.close();
    await cluster.close();
    await checker.close();
    await http.close();
    await metrics.close();
    await store.close();
  }

  let stopping: Promise<void> | undefined;
  try {
    await engine.load();
    callbacks = await startHttpCallbacks(service, { logger: logger.child({ component: 'callbacks' }), clock: now });
    const ports = await serve(api, options, logger);
    logger.info(
      { host: options.host, ...ports, apps: state.apps.size, instances: state.instances.size },
      'scheduler is serving',
    );
    engine.connect();
  } catch (error) {
    await stop();
    throw error;
  }
  return { stop: () => (stopping ??= stop()) };
}
