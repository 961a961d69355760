import type { Test } from 'tap';
import { EdgeRegistry } from '../../src/catalog/edges.js';
import { CatalogFeed } from '../../src/catalog/feed.js';
import { silentLogger } from '../../src/common/logger.js';
import type { HttpServer } from '../../src/http/server.js';
import { createApi } from '../../src/scheduler/api/api.js';
import type { ApiParts } from '../../src/scheduler/api/api.js';
import type { ClusterCall } from '../../src/scheduler/core/effects.js';
import { liveTaskIdsOf } from '../../src/scheduler/core/launch/task-id.js';
import { loadState } from '../../src/scheduler/core/load.js';
import { instancesOf, runSpecOf } from '../../src/scheduler/core/state.js';
import { createDefinitions } from '../../src/scheduler/definitions.js';
import { watchDrains } from '../../src/scheduler/drain/drain-watch.js';
import { Engine } from '../../src/scheduler/engine.js';
import { createEventBus } from '../../src/scheduler/event-bus.js';
import { readRecords } from '../../src/scheduler/load-store.js';
import { createMetrics } from '../../src/scheduler/metrics/create-metrics.js';
import type { Instance, IpAddress } from '../../src/scheduler/model/instance.js';
import type { Offer } from '../../src/scheduler/model/offer.js';
import type { SchedulerOptions } from '../../src/scheduler/options.js';
import { describeTask } from '../../src/scheduler/plugins/describe-task.js';
import { noPlugins } from '../../src/scheduler/plugins/load-plugins.js';
import { processedCluster } from '../../src/scheduler/plugins/processed-cluster.js';
import { runSpecValidatorOf } from '../../src/scheduler/plugins/run-spec-validator.js';
import type { ClusterListener } from '../../src/scheduler/ports/cluster.js';
import type { SchedulerService } from '../../src/scheduler/service.js';
import { createStateChanges } from '../../src/scheduler/state-changes.js';
import { recordTimeline } from '../../src/scheduler/timeline/timeline.js';
import { settings } from '../sim/simulated-world.js';
import { createFakeChecker } from './fake-checker.js';
import type { FakeChecker } from './fake-checker.js';
import { frontOptions } from './fake-front.js';
import { createMemoryStore } from './memory-store.js';
import { anOffer } from './scheduler-fixtures.js';
import { waitFor } from './wait.js';

export const options: SchedulerOptions = {
  ...settings,
  ...frontOptions,
  master: 'zk://user:secret@zk1:2181/mesos',
  mesos: {
    credentials: undefined,
    secretFile: undefined,
    tls: false,
    caFile: undefined,
    heartbeatIntervalMs: 15_000,
    heartbeatFailureThreshold: 5,
    checkpoint: true,
  },
  zookeeper: undefined,
  ha: false,
  prepareTimeoutMs: 180_000,
  leaderProxy: { connectTimeoutMs: 5_000, readTimeoutMs: 10_000, ignoreHostname: false, maxOpenConnections: 64 },
  backupLocation: undefined,
  workDir: '/nowhere',
  frameworkName: 'marathon',
  mesosUser: undefined,
  failoverTimeoutSeconds: 604_800,
  webuiUrl: undefined,
  maxConcurrentHealthChecks: 256,
  eventStreamMaxOutstandingMessages: 1024,
  httpCallback: undefined,
  artifactMaxBytes: 1 << 30,
  aclFile: undefined,
  plugins: undefined,
  metrics: {
    namePrefix: 'marathon',
    prometheus: true,
    seedNames: false,
    statsd: undefined,
    datadog: undefined,
    graphite: undefined,
  },
};

/** The scheduler as the REST API sees it: the real core and engine over a store in memory and a cluster played by the test. */
export interface FakeScheduler {
  readonly service: SchedulerService;
  readonly api: HttpServer;
  /** What was said to Mesos. */
  readonly calls: readonly ClusterCall[];
  /** Runs health checks when the test says so. */
  readonly checker: FakeChecker;
  /** Makes every instance of an app or pod that waits for an offer run; resolves with all of its instances. `offer`: what is special about it. */
  run(appId: string, offer?: Partial<Offer>): Promise<readonly Instance[]>;
  /** A status update of a task. */
  status(
    taskId: string,
    state: string,
    message?: string,
    ipAddresses?: readonly IpAddress[],
    healthy?: boolean,
  ): Promise<void>;
}

/** Starts one; it ends with the test. */
export async function startFakeScheduler(
  t: Test,
  changes: Partial<SchedulerOptions> = {},
  parts: ApiParts = {},
): Promise<FakeScheduler> {
  const store = createMemoryStore();
  const calls: ClusterCall[] = [];
  const checker = createFakeChecker();
  const events = createEventBus(Date.now, (error) => t.fail(String(error)));
  const catalog = new CatalogFeed('epoch');
  const changed = createStateChanges((error) => t.fail(String(error)));
  const state = loadState(await readRecords(store));
  const timeline = recordTimeline({ events, changes: changed, state, clock: parts.clock ?? Date.now });
  const metrics = createMetrics({
    options: changes.metrics ?? options.metrics,
    settings: { ...settings, ...changes },
    state,
    store,
    cluster: {
      start: (_frameworkId, listener) => void (engineOfCluster = listener),
      send: async (sent) => void calls.push(...sent),
      close: async () => undefined,
    },
    events,
    clock: Date.now,
    logger: silentLogger,
  });
  const { plugins = noPlugins } = parts;
  const engine = new Engine({
    state,
    settings: { ...settings, ...changes },
    store: metrics.store,
    cluster: processedCluster(metrics.cluster, {
      processors: plugins.processors,
      describe: describeTask(state),
      logger: silentLogger,
    }),
    validateRunSpec: runSpecValidatorOf(plugins, silentLogger),
    onTurn: (inputs, tookMs) => metrics.turnDone(inputs, tookMs),
    checker,
    events,
    catalog,
    changes: changed,
    logger: silentLogger,
    now: Date.now,
    random: () => 0,
    fatal: (error) => t.fail(error.message),
  });
  /** The engine, as the cluster sees it. */
  let engineOfCluster: ClusterListener = engine;
  await engine.load();
  engine.connect();
  engineOfCluster.registered('framework-1', 'master:5050');
  // A command is stepped after what came before it
  const settled = async (): Promise<void> =>
    void (await engine.execute({ type: 'killTasks', taskIds: [], scale: false, force: false }));
  await settled();
  const clock = parts.clock ?? Date.now;
  const edges = new EdgeRegistry(catalog, clock);
  const drains = watchDrains({ edges, feed: catalog, state, submit: (input) => engine.heardOfEdges(input), clock });
  const service: SchedulerService = {
    options: { ...options, ...changes },
    state,
    events,
    catalog,
    changes: changed,
    timeline,
    edges,
    drains,
    execute: metrics.meteredExecute((command) => engine.execute(command)),
    plan: (command) => engine.plan(command),
    ...createDefinitions(state, store),
  };
  const api = createApi(service, { metrics, ...parts });
  t.teardown(async () => {
    await api.close();
    await drains.close();
    await engine.stop();
    await metrics.close();
  });

  let offers = 0;
  async function status(
    taskId: string,
    taskState: string,
    message = '',
    ipAddresses: readonly IpAddress[] = [],
    healthy?: boolean,
  ): Promise<void> {
    engineOfCluster.status({
      taskId,
      state: taskState,
      message,
      agentId: 'S1',
      ipAddresses,
      ...(healthy === undefined ? {} : { healthy }),
    });
    await settled();
  }
  return {
    service,
    api,
    calls,
    checker,
    status,
    async run(appId, offer = {}) {
      await waitFor(`the instances of ${appId}`, async () => {
        engineOfCluster.offers([{ ...anOffer({}, { id: `O${offers++}` }), ...offer }]);
        await settled();
        return instancesOf(state, appId).length >= (runSpecOf(state, appId)?.instances ?? 0);
      });
      for (const instance of instancesOf(state, appId)) {
        if (instance.condition === 'Running') continue;
        for (const taskId of liveTaskIdsOf(instance)) await status(taskId, 'TASK_RUNNING');
      }
      return instancesOf(state, appId);
    },
  };
}

interface Identifiable {
  readonly id: string;
}

interface TaskBody extends Identifiable {
  readonly state: string;
}

/** An app in an answer, as far as tests look into it by name. */
interface AppBody extends Identifiable {
  readonly version: string;
  readonly deployments: readonly Identifiable[];
  readonly tasks: readonly TaskBody[];
  readonly tasksRunning: number;
  readonly healthChecks: readonly object[];
  readonly lastTaskFailure: object;
  readonly readinessCheckResults: readonly object[];
  readonly taskStats: { readonly totalSummary: { readonly stats: { readonly counts: object } } };
}

/** What answers may hold: each test names what its answer has to hold. */
export interface AnswerBody extends AppBody {
  readonly message: string;
  readonly details: readonly { readonly path: string; readonly errors: readonly string[] }[];
  readonly deploymentId: string;
  readonly app: AppBody;
  readonly apps: readonly AppBody[];
  readonly '*': readonly AppBody[];
  readonly task: TaskBody;
  readonly versions: readonly string[];
  readonly marathon_config: Readonly<Record<string, unknown>>;
  readonly reasons: readonly string[];
  readonly queue: readonly {
    readonly processedOffersSummary: { readonly rejectSummaryLastOffers: readonly { readonly reason: string }[] };
  }[];
}

/** An answer of the API; `json` is its body read as JSON, undefined if it is none. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly text: string;
  readonly json: AnswerBody;
}

/** Sends a request without a socket. An object as body is sent as JSON, a text as it is. */
export async function ask(
  api: HttpServer,
  method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'OPTIONS',
  url: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const payload = body === undefined ? {} : { payload: typeof body === 'string' ? body : JSON.stringify(body) };
  const response = await api.inject({
    method,
    url,
    headers: { 'content-type': 'application/json', ...headers },
    ...payload,
  });
  const isJson = String(response.headers['content-type']).startsWith('application/json') && response.body !== '';
  return {
    status: response.statusCode,
    headers: response.headers as Readonly<Record<string, string | undefined>>,
    text: response.body,
    json: (isJson ? JSON.parse(response.body) : undefined) as AnswerBody,
  };
}
