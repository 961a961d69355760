import type { Logger } from '../../../common/logger.js';
import type { MetricsSnapshot } from '../../../common/metrics.js';
import type { Clock } from '../../../common/time.js';
import type { MetricsOptions } from '../../options.js';
import { createDatadogSink } from './datadog.js';
import { createGraphiteSink } from './graphite.js';
import { SinkState } from './sink.js';
import type { Sink } from './sink.js';
import { createStatsdSink } from './statsd.js';

export interface Pushing {
  close(): Promise<void>;
}

/** Pushes now and every `intervalMs`, one report at a time: while a sink takes its time, reports are left out. */
function pushRegularly(sink: Sink, state: SinkState, intervalMs: number, snapshot: () => MetricsSnapshot): Pushing {
  let isBusy = false;
  let isClosed = false;
  async function push(): Promise<void> {
    if (isBusy) return;
    isBusy = true;
    try {
      await sink.push(snapshot());
    } catch (error) {
      if (!isClosed) state.fails(error);
    } finally {
      isBusy = false;
    }
  }
  const timer = setInterval(() => void push(), intervalMs).unref();
  void push();
  return {
    close() {
      isClosed = true;
      clearInterval(timer);
      return sink.close();
    },
  };
}

/** Begins to push metrics to every sink that the options name. A sink that is away disturbs nothing but its own reports. */
export function startPushing(
  { statsd, datadog, graphite }: MetricsOptions,
  snapshot: () => MetricsSnapshot,
  { clock, logger }: { readonly clock: Clock; readonly logger: Logger },
): Pushing {
  const all: Pushing[] = [];
  const start = (what: string, intervalMs: number, create: (state: SinkState) => Sink): void => {
    const state = new SinkState(what, logger);
    all.push(pushRegularly(create(state), state, intervalMs, snapshot));
  };
  if (statsd !== undefined) {
    start(`StatsD at ${statsd.host}:${statsd.port}`, statsd.intervalMs, (state) => createStatsdSink(statsd, state));
  }
  if (datadog !== undefined) {
    const what = datadog.protocol === 'udp' ? `Datadog's agent at ${datadog.host}:${datadog.port}` : 'Datadog';
    start(what, datadog.intervalMs, (state) => createDatadogSink(datadog, state, clock));
  }
  if (graphite !== undefined) {
    const { host, port, intervalMs } = graphite;
    start(`Graphite at ${host}:${port}`, intervalMs, (state) => createGraphiteSink(graphite, state, clock));
  }
  return {
    async close() {
      await Promise.all(all.map((pushing) => pushing.close()));
    },
  };
}
