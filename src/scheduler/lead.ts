import { EdgeRegistry } from '../catalog/edges.js';
import type { CatalogFeed } from '../catalog/feed.js';
import type { Logger } from '../common/logger.js';
import type { Opened } from '../common/opened.js';
import type { RoleContext } from '../common/role.js';
import type { HttpServer } from '../http/server.js';
import type { MasterAccess } from '../mesos/master-access.js';
import { createAbdication } from './abdication.js';
import type { openArtifacts } from './adapters/artifacts/open-artifacts.js';
import { createChecker } from './adapters/checks/checker.js';
import { openMesosAgents, openMesosCluster, openMesosViews } from './adapters/mesos/open-cluster.js';
import type { AccessControl } from './api/access.js';
import { createApi } from './api/api.js';
import { loadState } from './core/load.js';
import { createDefinitions } from './definitions.js';
import { watchDrains } from './drain/drain-watch.js';
import { Engine } from './engine.js';
import { createEventBus } from './event-bus.js';
import { startHttpCallbacks } from './events/http-callbacks.js';
import { exitStatus } from './exit-status.js';
import { readRecords } from './load-store.js';
import { createMetrics } from './metrics/create-metrics.js';
import type { SchedulerOptions } from './options.js';
import { describeTask } from './plugins/describe-task.js';
import type { Plugins } from './plugins/load-plugins.js';
import { processedCluster } from './plugins/processed-cluster.js';
import { runSpecValidatorOf } from './plugins/run-spec-validator.js';
import type { Store } from './ports/store.js';
import type { SchedulerService } from './service.js';
import { createStateChanges } from './state-changes.js';
import { recordTimeline } from './timeline/timeline.js';

/** What a scheduler has whether it leads or not. */
export interface Equipment {
  readonly options: SchedulerOptions;
  readonly plugins: Plugins;
  readonly access: AccessControl;
  readonly artifacts: Awaited<ReturnType<typeof openArtifacts>>;
  readonly masters: MasterAccess;
}

/** With what a scheduler leads. */
export interface LeaderParts {
  /** Closed by whoever leads. */
  readonly store: Store;
  readonly catalog: CatalogFeed;
  /** Whether this process may act as the leader at this very moment; absent where nobody else can. */
  readonly leading?: () => boolean;
}

/** A scheduler that leads. */
export interface Leader {
  /** Does not listen yet. */
  readonly api: HttpServer;
  /** Subscribes with Mesos. */
  connect(): void;
  /** For a process that may not act any more: from the return of this on nothing is stored, sent to Mesos or answered. */
  halt(reason: string): void;
}

/**
 * Opens what leading takes, one part after the other, each with those that it needs, and notes in `opened` how it is closed. Closed the
 * other way round, nothing new is taken first; what was accepted is finished; then Mesos hears no more from this process, and the store
 * is closed. Resolves when the state is loaded and the API could answer.
 */
export async function lead(
  { options, plugins, access, artifacts, masters }: Equipment,
  { store, catalog, leading }: LeaderParts,
  context: RoleContext,
  opened: Opened,
): Promise<Leader> {
  const { logger } = context;
  const random = Math.random;
  const clock = Date.now;
  const loggerOf = (component: string): Logger => logger.child({ component });
  const pluginLogger = loggerOf('plugins');

  opened.add(store);
  const state = loadState(await readRecords(store));
  const events = createEventBus(clock, (err) => logger.error({ err }, 'a listener of the event bus failed'));
  const changes = createStateChanges((err) => logger.error({ err }, 'who shows the state could not take in a change'));
  const timeline = recordTimeline({ events, changes, state, clock });
  const mesos = opened.add(
    openMesosCluster(options, {
      masters,
      ...(leading === undefined ? {} : { mayAct: leading }),
      logger: loggerOf('mesos'),
      clock,
      random,
    }),
  );
  const agents = openMesosAgents(options, masters);
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
      cluster: mesos,
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
    changes,
    ...(artifacts === undefined ? {} : { artifacts: artifacts.resolver }),
    logger: loggerOf('engine'),
    now: clock,
    random,
    fatal: (error) => context.fatal(error, exitStatus.storeOrFramework),
  });
  opened.onClose(() => engine.stop());
  await engine.load();

  const edges = new EdgeRegistry(catalog, clock);
  const drains = opened.add(
    watchDrains({ edges, feed: catalog, state, submit: (input) => engine.heardOfEdges(input), clock }),
  );
  const service: SchedulerService = {
    options,
    state,
    events,
    catalog,
    changes,
    timeline,
    edges,
    drains,
    execute: metrics.meteredExecute((command) => engine.execute(command)),
    plan: (command) => engine.plan(command),
    ...createDefinitions(state, store),
    ...(leading === undefined ? {} : { leading }),
    abdicate: createAbdication({ engine, store, options, fatal: context.fatal, logger: loggerOf('backup'), clock }),
  };
  opened.add(await startHttpCallbacks(service, { logger: loggerOf('callbacks'), clock }));
  const api = createApi(service, {
    logger: loggerOf('api'),
    metrics,
    access,
    plugins,
    agents,
    ...openMesosViews(masters, clock),
    ...(artifacts === undefined ? {} : { artifacts: artifacts.store }),
  });
  opened.onClose(() => api.close());
  logger.info({ apps: state.apps.size, instances: state.instances.size }, 'the state is loaded');
  return {
    api,
    connect: () => engine.connect(),
    halt(reason) {
      engine.halt(reason);
      // What is on its way to Mesos is cut off before this returns; the rest of the closing may take its time.
      void mesos.close();
    },
  };
}
