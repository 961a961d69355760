import { MetricRegistry, prometheusText } from '../../common/metrics.js';
import type { MetricsSnapshot } from '../../common/metrics.js';
import type { Logger } from '../../common/logger.js';
import type { Clock } from '../../common/time.js';
import type { HttpServer } from '../../http/server.js';
import type { Command, Outcome } from '../core/commands.js';
import type { CoreSettings } from '../core/settings.js';
import type { SchedulerState } from '../core/state.js';
import type { MetricsOptions } from '../options.js';
import type { Cluster } from '../ports/cluster.js';
import type { Store } from '../ports/store.js';
import type { EventBus } from '../service.js';
import { countEvents, meteredExecute } from './deployment-counters.js';
import { HttpMetrics } from './http-metrics.js';
import { InstanceCensus } from './instance-census.js';
import { meteredCluster } from './metered-cluster.js';
import { meteredStore } from './metered-store.js';
import { startPushing } from './push/start-pushing.js';
import { addRuntimeGauges } from './runtime-gauges.js';
import { addSchedulerGauges } from './scheduler-gauges.js';
import { seedSnapshot } from './seed-names.js';

export interface MetricsParts {
  readonly options: MetricsOptions;
  readonly settings: Pick<CoreSettings, 'taskLaunchConfirmTimeoutMs' | 'taskLaunchTimeoutMs'>;
  /** As it was loaded. */
  readonly state: SchedulerState;
  readonly store: Store;
  readonly cluster: Cluster;
  readonly events: EventBus;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Whose names and units: Marathon 1.11's, or those of 0.15. */
export type NamesOf = 'marathon' | 'seed';

/** The metrics of one scheduler (marathon.md §17): counted at its ports, read at `/metrics`, pushed where the options say. */
export interface SchedulerMetrics {
  /** The given store and cluster, measured: the engine is to work with these. */
  readonly store: Store;
  readonly cluster: Cluster;
  /** The same for carrying out commands. To be called once. */
  meteredExecute(execute: (command: Command) => Promise<Outcome>): (command: Command) => Promise<Outcome>;
  /** The engine has done a turn. */
  turnDone(inputs: number, tookMs: number): void;
  /** Measures the requests to a server. To be called before other hooks are added. */
  watch(server: HttpServer): void;
  snapshot(names: NamesOf): MetricsSnapshot;
  /** Prometheus' text format 0.0.4. */
  prometheusText(): Promise<string>;
  /** Pushes nothing any more, and measures nothing that is not asked. */
  close(): Promise<void>;
}

/** Makes the metrics of a scheduler, and begins to push them where the options say. */
export function createMetrics(parts: MetricsParts): SchedulerMetrics {
  const { options, settings, state, events, clock, logger } = parts;
  const prefix = options.namePrefix;
  const registry = new MetricRegistry();
  const census = new InstanceCensus(state, settings);
  addSchedulerGauges(registry, prefix, { state, census, clock });
  const store = meteredStore(parts.store, registry, prefix, (id) => census.look(id));
  const cluster = meteredCluster(parts.cluster, registry, prefix, (taskId) => census.killAsked(taskId));
  const http = new HttpMetrics(registry, prefix);
  const turns = registry.timer(
    `${prefix}.ekiden.turns.duration.timer.seconds`,
    'Turns of the engine, effects included',
  );
  const inputsPerTurn = registry.histogram(`${prefix}.ekiden.turns.inputs.histogram`, 'Inputs per turn of the engine');
  const endCounting = countEvents(events, registry, prefix);
  const endRuntime = addRuntimeGauges(registry, prefix);

  function snapshot(names: NamesOf): MetricsSnapshot {
    http.settle();
    const all = registry.snapshot();
    return names === 'seed' ? seedSnapshot(all, prefix) : all;
  }
  const pushing = startPushing(options, () => snapshot(options.seedNames ? 'seed' : 'marathon'), { clock, logger });

  return {
    store,
    cluster,
    meteredExecute: (execute) => meteredExecute(execute, registry, prefix),
    turnDone(inputs, tookMs) {
      turns.record(tookMs);
      inputsPerTurn.record(inputs);
    },
    watch: (server) => http.watch(server),
    snapshot,
    prometheusText: () => prometheusText(snapshot('marathon'), (name) => registry.helpOf(name)),
    async close() {
      endCounting();
      endRuntime();
      await pushing.close();
    },
  };
}
