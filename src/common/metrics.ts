import {
  Counter as PromCounter,
  Gauge as PromGauge,
  Histogram as PromHistogram,
  Registry,
  Summary as PromSummary,
} from 'prom-client';
import { Meter } from './meter.js';
import type { Rates } from './meter.js';
import { RollingHistogram } from './rolling-histogram.js';
import type { Distribution } from './rolling-histogram.js';

/** Only grows. */
export class Counter {
  #count = 0;

  /** `by` is not negative. */
  increment(by = 1): void {
    this.#count += by;
  }

  get count(): number {
    return this.#count;
  }
}

/** What a histogram or a timer says: everything so far in `count` and `sum`, the last minute in the distribution. */
export interface Distributed extends Distribution {
  readonly count: number;
  readonly sum: number;
}

/** How values that are recorded are spread. */
export interface Histogram {
  /** A whole number from 1 on. */
  record(value: number): void;
}

/** How long something takes, and how often it happens. */
export interface Timer {
  record(milliseconds: number): void;
}

export type TimerReading = Distributed & { readonly rates: Rates };

/** All metrics at one moment, by name, in the order of their registration. Durations in seconds, rates per second. */
export interface MetricsSnapshot {
  readonly counters: ReadonlyMap<string, number>;
  readonly gauges: ReadonlyMap<string, number>;
  readonly histograms: ReadonlyMap<string, Distributed>;
  readonly meters: ReadonlyMap<string, Rates>;
  readonly timers: ReadonlyMap<string, TimerReading>;
}

const microsPerSecond = 1_000_000;
/** Longer than any request or write that still is one. */
const highestMicros = 3600 * microsPerSecond;
const highestValue = 1_000_000_000;

class RecordedHistogram implements Histogram {
  readonly #values: RollingHistogram;
  #count = 0;
  #sum = 0;

  constructor(clock: () => number) {
    this.#values = new RollingHistogram({ highest: highestValue, clock });
  }

  record(value: number): void {
    this.#count++;
    this.#sum += value;
    this.#values.record(value);
  }

  get reading(): Distributed {
    return { count: this.#count, sum: this.#sum, ...this.#values.distribution };
  }
}

class RecordedTimer implements Timer {
  readonly #micros: RollingHistogram;
  readonly #meter: Meter;
  #sumMs = 0;

  constructor(clock: () => number) {
    this.#micros = new RollingHistogram({ highest: highestMicros, clock });
    this.#meter = new Meter(clock);
  }

  record(milliseconds: number): void {
    this.#sumMs += milliseconds;
    this.#micros.record(milliseconds * 1000);
    this.#meter.mark();
  }

  get reading(): TimerReading {
    const micros = this.#micros.distribution;
    const rates = this.#meter.rates;
    return {
      count: rates.count,
      sum: this.#sumMs / 1000,
      min: micros.min / microsPerSecond,
      mean: micros.mean / microsPerSecond,
      max: micros.max / microsPerSecond,
      p50: micros.p50 / microsPerSecond,
      p75: micros.p75 / microsPerSecond,
      p95: micros.p95 / microsPerSecond,
      p98: micros.p98 / microsPerSecond,
      p99: micros.p99 / microsPerSecond,
      p999: micros.p999 / microsPerSecond,
      stddev: micros.stddev / microsPerSecond,
      rates,
    };
  }
}

function read<T, R>(metrics: ReadonlyMap<string, T>, reading: (metric: T) => R): ReadonlyMap<string, R> {
  return new Map([...metrics].map(([name, metric]) => [name, reading(metric)]));
}

/** Not a number is nothing that a reader could work with. */
const finite = (value: number): number => (Number.isFinite(value) ? value : 0);

/**
 * The metrics of one process, each with a name in Marathon's form (words of letters, digits and dashes, joined by dots) and a line of help.
 * Registering a name twice throws. What happens often (`increment`, `mark`, `record`) allocates nothing; gauges, and counters that
 * somebody else keeps, are asked when a snapshot is taken.
 */
export class MetricRegistry {
  readonly #clock: () => number;
  readonly #help = new Map<string, string>();
  readonly #counters = new Map<string, () => number>();
  readonly #gauges = new Map<string, () => number>();
  readonly #histograms = new Map<string, RecordedHistogram>();
  readonly #meters = new Map<string, Meter>();
  readonly #timers = new Map<string, RecordedTimer>();

  /** `clock` gives milliseconds and never goes back. */
  constructor(clock: () => number = () => performance.now()) {
    this.#clock = clock;
  }

  #register<T>(metrics: Map<string, T>, name: string, help: string, metric: T): T {
    if (this.#help.has(name)) throw new Error(`the metric ${name} exists already`);
    this.#help.set(name, help);
    metrics.set(name, metric);
    return metric;
  }

  counter(name: string, help: string): Counter {
    const counter = new Counter();
    this.#register(this.#counters, name, help, () => counter.count);
    return counter;
  }

  /** A counter that is kept elsewhere; `count` must never fall. */
  counted(name: string, help: string, count: () => number): void {
    this.#register(this.#counters, name, help, count);
  }

  gauge(name: string, help: string, value: () => number): void {
    this.#register(this.#gauges, name, help, value);
  }

  histogram(name: string, help: string): Histogram {
    return this.#register(this.#histograms, name, help, new RecordedHistogram(this.#clock));
  }

  meter(name: string, help: string): Meter {
    return this.#register(this.#meters, name, help, new Meter(this.#clock));
  }

  timer(name: string, help: string): Timer {
    return this.#register(this.#timers, name, help, new RecordedTimer(this.#clock));
  }

  /** The line of help of a metric. */
  helpOf(name: string): string {
    return this.#help.get(name) ?? name;
  }

  snapshot(): MetricsSnapshot {
    return {
      counters: read(this.#counters, (count) => finite(count())),
      gauges: read(this.#gauges, (value) => finite(value())),
      histograms: read(this.#histograms, (histogram) => histogram.reading),
      meters: read(this.#meters, (meter) => meter.rates),
      timers: read(this.#timers, (timer) => timer.reading),
    };
  }
}

/** Content-Type of `prometheusText`. */
export const prometheusContentType = Registry.PROMETHEUS_CONTENT_TYPE;

/** A name as Prometheus allows it: what is neither letter, digit nor underscore becomes an underscore. */
export function prometheusName(name: string): string {
  const safe = name.replace(/[^a-zA-Z0-9_]/g, '_');
  return /^[0-9]/.test(safe) ? `_${safe}` : safe;
}

/** A summary whose numbers are known already, instead of being computed from observations. */
class ReadSummary extends PromSummary<'quantile'> {
  readonly #name: string;
  readonly #reading: Distributed;

  constructor(name: string, help: string, reading: Distributed, registry: Registry) {
    super({ name, help, registers: [registry] });
    this.#name = name;
    this.#reading = reading;
  }

  override async get(): ReturnType<PromSummary<'quantile'>['get']> {
    const { p50, p75, p95, p98, p99, p999, sum, count } = this.#reading;
    const quantiles: readonly (readonly [number, number])[] = [
      [0.5, p50],
      [0.75, p75],
      [0.95, p95],
      [0.98, p98],
      [0.99, p99],
      [0.999, p999],
    ];
    return {
      ...(await super.get()),
      values: [
        ...quantiles.map(([quantile, value]) => ({ value, labels: { quantile } })),
        { value: sum, labels: {}, metricName: `${this.#name}_sum` },
        { value: count, labels: {}, metricName: `${this.#name}_count` },
      ],
    };
  }
}

/**
 * A snapshot in Prometheus' text format 0.0.4. What one metric here says in several numbers becomes several there, as Marathon 1.11 does it: a
 * meter `_count`, `_mean_rate`, `_m1_rate`, `_m5_rate`, `_m15_rate`; a histogram or timer a summary and `_min`, `_mean`, `_max`, `_stddev`. Of two
 * names that are the same to Prometheus, the second is left out.
 */
export async function prometheusText(snapshot: MetricsSnapshot, helpOf: (name: string) => string): Promise<string> {
  const registry = new Registry();
  const isTaken = (name: string): boolean => registry.getSingleMetric(name) !== undefined;
  const gauge = (name: string, help: string, value: number): void => {
    if (!isTaken(name)) new PromGauge({ name, help, registers: [registry] }).set(value);
  };
  const rates = (name: string, help: string, { mean, m1, m5, m15 }: Rates): void => {
    gauge(`${name}_mean_rate`, `${help}: per second, since the start`, mean);
    gauge(`${name}_m1_rate`, `${help}: per second, over 1 minute`, m1);
    gauge(`${name}_m5_rate`, `${help}: per second, over 5 minutes`, m5);
    gauge(`${name}_m15_rate`, `${help}: per second, over 15 minutes`, m15);
  };
  const distributed = (name: string, help: string, reading: Distributed): void => {
    if (!isTaken(name)) new ReadSummary(name, help, reading, registry);
    gauge(`${name}_min`, `${help}: least`, reading.min);
    gauge(`${name}_mean`, `${help}: mean`, reading.mean);
    gauge(`${name}_max`, `${help}: greatest`, reading.max);
    gauge(`${name}_stddev`, `${help}: standard deviation`, reading.stddev);
  };

  for (const [name, value] of snapshot.gauges) gauge(prometheusName(name), helpOf(name), value);
  for (const [name, count] of snapshot.counters) {
    const promName = prometheusName(name);
    if (isTaken(promName)) continue;
    new PromCounter({ name: promName, help: helpOf(name), registers: [registry] }).inc(count);
  }
  for (const [name, reading] of snapshot.histograms) distributed(prometheusName(name), helpOf(name), reading);
  for (const [name, reading] of snapshot.meters) {
    gauge(`${prometheusName(name)}_count`, `${helpOf(name)}: all so far`, reading.count);
    rates(prometheusName(name), helpOf(name), reading);
  }
  for (const [name, reading] of snapshot.timers) {
    distributed(prometheusName(name), helpOf(name), reading);
    rates(prometheusName(name), helpOf(name), reading.rates);
  }
  return registry.metrics();
}

/** One number of a metric, told from its others by its labels. */
export interface Sample {
  readonly labels?: Readonly<Record<string, string>>;
  readonly value: number;
}

/** What was counted by size: how many values were at most `bound`, in ascending order, and all of them. */
export interface Buckets {
  readonly buckets: readonly (readonly [bound: number, count: number])[];
  readonly count: number;
  readonly sum: number;
}

/** A metric of Prometheus as its name and help, and what it says at the moment. */
export type PromFamily = { readonly name: string; readonly help: string } & (
  | { readonly type: 'counter' | 'gauge'; readonly samples: readonly Sample[] }
  | ({ readonly type: 'histogram' } & Buckets)
);

/** A histogram whose numbers are known already, instead of being computed from observations. */
class ReadHistogram extends PromHistogram<'le'> {
  readonly #family: { readonly name: string; readonly help: string } & Buckets;

  constructor(family: { readonly name: string; readonly help: string } & Buckets, registry: Registry) {
    super({ name: family.name, help: family.help, registers: [registry] });
    this.#family = family;
  }

  /** What the registry asks for. */
  getForPromString(): object {
    const { name, help, buckets, count, sum } = this.#family;
    const metricName = `${name}_bucket`;
    const values = [
      ...buckets.map(([bound, value]) => ({ metricName, labels: { le: String(bound) }, value })),
      { metricName, labels: { le: '+Inf' }, value: count },
      { metricName: `${name}_sum`, labels: {}, value: sum },
      { metricName: `${name}_count`, labels: {}, value: count },
    ];
    return { name, help, type: 'histogram', aggregator: 'sum', values };
  }
}

/** Metrics in Prometheus' text format 0.0.4. Names are unique, and as Prometheus allows them; samples of one have the same labels; one without samples is left out. */
export function prometheusFamilies(families: readonly PromFamily[]): Promise<string> {
  const registry = new Registry();
  for (const family of families) {
    if (family.type === 'histogram') {
      new ReadHistogram(family, registry);
      continue;
    }
    const { name, help, samples } = family;
    if (samples.length === 0) continue;
    const labelNames = Object.keys(samples[0]?.labels ?? {});
    const options = { name, help, labelNames, registers: [registry] };
    if (family.type === 'counter') {
      const counter = new PromCounter(options);
      for (const { labels = {}, value } of samples) counter.inc(labels, value);
    } else {
      const gauge = new PromGauge(options);
      for (const { labels = {}, value } of samples) gauge.set(labels, value);
    }
  }
  return registry.metrics();
}
