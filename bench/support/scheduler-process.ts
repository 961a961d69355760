import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EdgeRegistry } from '../../src/catalog/edges.js';
import { CatalogFeed } from '../../src/catalog/feed.js';
import { silentLogger } from '../../src/common/logger.js';
import { listen } from '../../src/http/server.js';
import { openEmbeddedStore } from '../../src/scheduler/adapters/embedded/embedded-store.js';
import { createApi } from '../../src/scheduler/api/api.js';
import { loadState } from '../../src/scheduler/core/load.js';
import { createDefinitions } from '../../src/scheduler/definitions.js';
import { watchDrains } from '../../src/scheduler/drain/drain-watch.js';
import { Engine } from '../../src/scheduler/engine.js';
import { createEventBus } from '../../src/scheduler/event-bus.js';
import { readRecords } from '../../src/scheduler/load-store.js';
import { createMetrics } from '../../src/scheduler/metrics/create-metrics.js';
import type { SchedulerOptions } from '../../src/scheduler/options.js';
import type { Store } from '../../src/scheduler/ports/store.js';
import type { SchedulerService } from '../../src/scheduler/service.js';
import { createStateChanges } from '../../src/scheduler/state-changes.js';
import { recordTimeline } from '../../src/scheduler/timeline/timeline.js';
import { createFakeChecker } from '../../test/support/fake-checker.js';
import { options as testOptions } from '../../test/support/fake-service.js';
import { createPlayedCluster } from './played-cluster.js';
import type { SchedulerUsage, UsageQuestion } from './scheduler-child.js';

/**
 * The scheduler under test, as `ekiden scheduler` puts it together, in a process of its own: real engine, real store on disk, real API
 * on a socket. Only Mesos is played. It tells its parent its port, answers every message with what it has used so far, and ends with the
 * channel to its parent.
 */
const options: SchedulerOptions = {
  ...testOptions,
  // Marathon's defaults, but for two: every benchmark app needs a port, and a closed loop of 50 creations is not to meet limits.
  localPortMin: 10_000,
  localPortMax: 60_000,
  maxRunningDeployments: 100_000,
  maxVersions: 50,
  minReviveOffersIntervalMs: 20,
  flags: {},
};

const workDir = mkdtempSync(join(tmpdir(), 'ekiden-bench-api-'));
const fatal = (error: unknown): never => {
  rmSync(workDir, { recursive: true, force: true });
  console.error(error);
  process.exit(1);
};

let writes = 0;
const opened = await openEmbeddedStore(join(workDir, 'store'), silentLogger);
const counted: Store = {
  get bytesWritten() {
    return opened.bytesWritten ?? 0;
  },
  get: (key) => opened.get(key),
  list: (prefix) => opened.list(prefix),
  write: (operations) => {
    writes++;
    return opened.write(operations);
  },
  close: () => opened.close(),
};
const state = loadState(await readRecords(counted));
const events = createEventBus(Date.now, fatal);
let published = 0;
events.subscribe(() => published++);
const catalog = new CatalogFeed('bench');
const changes = createStateChanges(fatal);
const timeline = recordTimeline({ events, changes, state, clock: Date.now });
const metrics = createMetrics({
  options: options.metrics,
  settings: options,
  state,
  store: counted,
  cluster: createPlayedCluster({ agents: 100, offerEveryMs: 5 }),
  events,
  clock: Date.now,
  logger: silentLogger,
});
const engine = new Engine({
  state,
  settings: options,
  store: metrics.store,
  cluster: metrics.cluster,
  checker: createFakeChecker(),
  events,
  catalog,
  changes,
  logger: silentLogger,
  now: Date.now,
  random: Math.random,
  onTurn: (inputs, tookMs) => metrics.turnDone(inputs, tookMs),
  fatal,
});
const edges = new EdgeRegistry(catalog, Date.now);
const service: SchedulerService = {
  options,
  state,
  events,
  catalog,
  changes,
  timeline,
  edges,
  drains: watchDrains({ edges, feed: catalog, state, submit: (input) => engine.heardOfEdges(input), clock: Date.now }),
  execute: metrics.meteredExecute((command) => engine.execute(command)),
  plan: (command) => engine.plan(command),
  ...createDefinitions(state, counted),
};
const api = createApi(service, { metrics });
await engine.load();
engine.connect();
const port = await listen(api, { host: '127.0.0.1', port: 0, flag: 'http_port' });

function usage(collectGarbage: boolean): SchedulerUsage {
  if (collectGarbage) globalThis.gc?.();
  const { user, system } = process.cpuUsage();
  return {
    heapBytes: process.memoryUsage().heapUsed,
    cpuMicros: user + system,
    storeWrites: writes,
    storeBytes: opened.bytesWritten ?? 0,
    events: published,
    queued: state.queue.size,
    deployments: state.deployments.size,
    instances: state.instances.size,
  };
}

process.on('message', (question: UsageQuestion) => process.send?.(usage(question.collectGarbage)));
process.on('disconnect', () => {
  void (async () => {
    await api.close();
    await engine.stop();
    await metrics.close();
    await opened.close();
    rmSync(workDir, { recursive: true, force: true });
    process.exit(0);
  })();
});
process.send?.({ port });
