import type { MetricsSnapshot } from '../../common/metrics.js';

/** Name then, name now under the prefix, and what a value now is multiplied by to be one then. */
type Seed = readonly [then: string, now: string, factor?: number];

const marathon = (name: string): string => `service.mesosphere.marathon.${name}`;
const jetty = (name: string): string => `org.eclipse.jetty.servlet.ServletContextHandler.${name}`;
const milliseconds = 1000;

const gauges: readonly Seed[] = [
  [marathon('app.count'), 'apps.active.gauge'],
  [marathon('group.count'), 'groups.active.gauge'],
  [marathon('leaderDuration'), 'leadership.duration.gauge.seconds', milliseconds],
  [marathon('task.running.count'), 'instances.running.gauge'],
  [marathon('task.staged.count'), 'instances.staged.gauge'],
  [marathon('uptime'), 'uptime.gauge.seconds', milliseconds],
  ...['heap', 'non-heap', 'total'].flatMap((area) =>
    ['committed', 'init', 'max', 'used'].map((what): Seed => [
      `jvm.memory.${area}.${what}`,
      `jvm.memory.${area}.${what}.gauge.bytes`,
    ]),
  ),
  ['jvm.memory.heap.usage', 'jvm.memory.heap.usage.gauge'],
  ['jvm.memory.non-heap.usage', 'jvm.memory.non-heap.usage.gauge'],
  ['jvm.buffers.direct.capacity', 'jvm.buffers.direct.capacity.gauge.bytes'],
  ['jvm.buffers.direct.used', 'jvm.buffers.direct.memory.used.gauge.bytes'],
  ['jvm.buffers.mapped.capacity', 'jvm.buffers.mapped.capacity.gauge.bytes'],
  ['jvm.buffers.mapped.count', 'jvm.buffers.mapped.gauge'],
  ['jvm.buffers.mapped.used', 'jvm.buffers.mapped.memory.used.gauge.bytes'],
  ['jvm.threads.count', 'jvm.threads.active.gauge'],
  ...['incremental-marking', 'mark-sweep', 'scavenge'].flatMap((collector): Seed[] => [
    [`jvm.gc.${collector}.count`, `jvm.gc.${collector}.collections.gauge`],
    [`jvm.gc.${collector}.time`, `jvm.gc.${collector}.collections.duration.gauge.seconds`, milliseconds],
  ]),
];

/** What was a counter that goes up and down is a gauge now. */
const countersFromGauges: readonly Seed[] = [[jetty('active-requests'), 'http.requests.active.gauge']];

const counters: readonly Seed[] = [
  [marathon('api.HTTPMetricsFilter.bytesRead'), 'http.requests.size.counter.bytes'],
  [marathon('api.HTTPMetricsFilter.bytesWritten'), 'http.responses.size.counter.bytes'],
];

const meters: readonly Seed[] = ['1xx', '2xx', '3xx', '4xx', '5xx'].map((statusClass) => [
  jetty(`${statusClass}-responses`),
  `http.responses.${statusClass}.rate.meter`,
]);

const timers: readonly Seed[] = [
  [jetty('dispatches'), 'http.requests.duration.timer.seconds'],
  [jetty('requests'), 'http.requests.duration.timer.seconds'],
  ...['delete', 'get', 'head', 'options', 'other', 'post', 'put'].map((method): Seed => [
    jetty(`${method}-requests`),
    `http.requests.${method}.duration.timer.seconds`,
  ]),
];

function renamed<T>(
  metrics: ReadonlyMap<string, T>,
  seeds: readonly Seed[],
  prefix: string,
  scaled: (value: T, factor: number) => T,
): [string, T][] {
  return seeds.flatMap(([then, now, factor]): [string, T][] => {
    const value = metrics.get(`${prefix}.${now}`);
    if (value === undefined) return [];
    return [[then, factor === undefined ? value : scaled(value, factor)]];
  });
}

/** Those metrics that Marathon 0.15 had, too, by the names and in the units that they had then. */
export function seedSnapshot(snapshot: MetricsSnapshot, prefix: string): MetricsSnapshot {
  const times = (value: number, factor: number): number => value * factor;
  const same = <T>(value: T): T => value;
  return {
    gauges: new Map(renamed(snapshot.gauges, gauges, prefix, times)),
    counters: new Map([
      ...renamed(snapshot.gauges, countersFromGauges, prefix, times),
      ...renamed(snapshot.counters, counters, prefix, times),
    ]),
    histograms: new Map(),
    meters: new Map(renamed(snapshot.meters, meters, prefix, same)),
    timers: new Map(renamed(snapshot.timers, timers, prefix, same)),
  };
}
