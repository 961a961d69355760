import type { Distributed, MetricsSnapshot, TimerReading } from '../../../common/metrics.js';
import type { Rates } from '../../../common/meter.js';

/** What the original says in `version`: the version of Dropwizard's format. */
const formatVersion = '4.0.0';
const seedFormatVersion = '3.0.0';

type Rendered = Readonly<Record<string, object>>;

function rendered<T>(metrics: ReadonlyMap<string, T>, render: (metric: T) => object): Rendered {
  return Object.fromEntries([...metrics].map(([name, metric]) => [name, render(metric)]));
}

function renderDistributed(reading: Distributed): object {
  const { count, min, mean, max, p50, p75, p95, p98, p99, p999, stddev } = reading;
  return { count, min, mean, max, p50, p75, p95, p98, p99, p999, stddev };
}

const renderRates = ({ m1, m5, m15, mean }: Rates): object => ({
  m1_rate: m1,
  m5_rate: m5,
  m15_rate: m15,
  mean_rate: mean,
});

const renderCounter = (count: number): object => ({ count });
const renderGauge = (value: number): object => ({ value });
const renderMeter = (rates: Rates): object => ({ count: rates.count, ...renderRates(rates), units: 'events/second' });
const renderTimer = (reading: TimerReading): object => ({
  ...renderDistributed(reading),
  ...renderRates(reading.rates),
  duration_units: 'seconds',
  rate_units: 'calls/second',
});

/** Marathon's Metrics document. */
export interface MetricsDocument {
  readonly version: string;
  readonly counters: Rendered;
  readonly gauges: Rendered;
  readonly histograms: Rendered;
  readonly meters: Rendered;
  readonly timers: Rendered;
}

/** `/metrics` as Marathon 1.11 shows it (newMetrics.raml). */
export function renderMetrics(snapshot: MetricsSnapshot): MetricsDocument {
  return {
    version: formatVersion,
    counters: rendered(snapshot.counters, renderCounter),
    gauges: rendered(snapshot.gauges, renderGauge),
    histograms: rendered(snapshot.histograms, renderDistributed),
    meters: rendered(snapshot.meters, renderMeter),
    timers: rendered(snapshot.timers, renderTimer),
  };
}

/** `/metrics` as Marathon 0.15 shows it; the snapshot has the names of then. */
export function renderSeedMetrics(snapshot: MetricsSnapshot): MetricsDocument {
  const { counters, gauges, histograms, meters, timers } = renderMetrics(snapshot);
  return { version: seedFormatVersion, gauges, counters, histograms, meters, timers };
}
