import type { Distributed, MetricsSnapshot } from '../../../common/metrics.js';
import type { Rates } from '../../../common/meter.js';

/** One number under one name. */
export interface Sample {
  readonly name: string;
  /** A counter's value only grows. */
  readonly kind: 'counter' | 'gauge';
  readonly value: number;
}

/** What the parts of a distribution are called behind the name of their metric. */
export type PartNames = Readonly<Record<Exclude<keyof Distributed, 'count' | 'sum'>, string>>;

/** Marathon's names for StatsD, and Dropwizard's for Graphite. */
export const plainPartNames: PartNames = {
  min: 'min',
  mean: 'mean',
  p50: 'p50',
  p75: 'p75',
  p95: 'p95',
  p98: 'p98',
  p99: 'p99',
  p999: 'p999',
  max: 'max',
  stddev: 'stddev',
};

/** Marathon's names for Datadog. */
export const datadogPartNames: PartNames = {
  min: 'min',
  mean: 'average',
  p50: 'median',
  p75: '75percentile',
  p95: '95percentile',
  p98: '98percentile',
  p99: '99percentile',
  p999: '999percentile',
  max: 'max',
  stddev: 'stddev',
};

function distributed(name: string, reading: Distributed, names: PartNames): Sample[] {
  const part = (part: keyof PartNames): Sample => ({
    name: `${name}.${names[part]}`,
    kind: 'gauge',
    value: reading[part],
  });
  return [
    { name: `${name}.count`, kind: 'gauge', value: reading.count },
    part('min'),
    part('mean'),
    part('p50'),
    part('p75'),
    part('p95'),
    part('p98'),
    part('p99'),
    part('p999'),
    part('max'),
    part('stddev'),
  ];
}

function rated(name: string, { mean, m1, m5, m15 }: Rates): Sample[] {
  return [
    { name: `${name}.mean_rate`, kind: 'gauge', value: mean },
    { name: `${name}.m1_rate`, kind: 'gauge', value: m1 },
    { name: `${name}.m5_rate`, kind: 'gauge', value: m5 },
    { name: `${name}.m15_rate`, kind: 'gauge', value: m15 },
  ];
}

/** A snapshot as single numbers, for systems that know nothing else. What a metric counted so far is a gauge unless it is a plain counter. */
export function samplesOf(snapshot: MetricsSnapshot, names: PartNames): readonly Sample[] {
  const samples: Sample[] = [];
  for (const [name, value] of snapshot.gauges) samples.push({ name, kind: 'gauge', value });
  for (const [name, value] of snapshot.counters) samples.push({ name, kind: 'counter', value });
  for (const [name, reading] of snapshot.histograms) samples.push(...distributed(name, reading, names));
  for (const [name, rates] of snapshot.meters) {
    samples.push({ name: `${name}.count`, kind: 'gauge', value: rates.count }, ...rated(name, rates));
  }
  for (const [name, reading] of snapshot.timers) {
    samples.push(...distributed(name, reading, names), ...rated(name, reading.rates));
  }
  return samples;
}
