import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import t from 'tap';
import { Meter } from '../../src/common/meter.js';
import { MetricRegistry, prometheusName, prometheusText } from '../../src/common/metrics.js';
import { RollingHistogram } from '../../src/common/rolling-histogram.js';

/** A clock that the test moves. */
function aClock(): { now: () => number; pass: (ms: number) => void } {
  let nowMs = 1_000_000;
  return { now: () => nowMs, pass: (ms) => void (nowMs += ms) };
}

t.test('a meter counts, and averages over 1, 5 and 15 minutes', async (t) => {
  const clock = aClock();
  const meter = new Meter(clock.now);
  t.same(meter.rates, { count: 0, mean: 0, m1: 0, m5: 0, m15: 0 });
  for (let i = 0; i < 50; i++) meter.mark();
  t.match(meter.rates, { count: 50, m1: 0 }, 'the averages move in ticks of 5 s');
  clock.pass(5000);
  t.same(meter.rates, { count: 50, mean: 10, m1: 10, m5: 10, m15: 10 }, 'the first tick sets what they start from');
  clock.pass(60_000);
  const { count, mean, m1, m5, m15 } = meter.rates;
  t.equal(count, 50);
  t.equal(mean, 50 / 65);
  t.ok(Math.abs(m1 - 10 / Math.E) < 1e-9, 'a minute of silence leaves 1/e of the average of a minute');
  t.ok(Math.abs(m5 - 10 * Math.exp(-1 / 5)) < 1e-9);
  t.ok(Math.abs(m15 - 10 * Math.exp(-1 / 15)) < 1e-9);
});

t.test('a meter says the same however often it is read', async () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.integer({ min: 0, max: 20_000 }), fc.nat(5)), { maxLength: 30 }), (steps) => {
      const clock = aClock();
      const [asked, left] = [new Meter(clock.now), new Meter(clock.now)];
      for (const [ms, marks] of steps) {
        clock.pass(ms);
        void asked.rates;
        for (let i = 0; i < marks; i++) {
          asked.mark();
          left.mark();
        }
      }
      clock.pass(7000);
      const difference = Math.abs(asked.rates.m1 - left.rates.m1);
      return asked.rates.count === left.rates.count && difference < 1e-9;
    }),
    { numRuns: 100 },
  );
});

t.test('a rolling histogram looks back on 30 to 60 seconds', async (t) => {
  const clock = aClock();
  const histogram = new RollingHistogram({ highest: 1_000_000, clock: clock.now });
  t.match(histogram.distribution, { min: 0, max: 0, mean: 0, p99: 0, stddev: 0 });
  for (let value = 1; value <= 100; value++) histogram.record(value);
  t.match(histogram.distribution, { min: 1, max: 100, p50: 50, p75: 75, p95: 95, p99: 99, p999: 100 });
  t.equal(histogram.distribution.mean, 50.5);
  clock.pass(31_000);
  histogram.record(1000);
  t.match(histogram.distribution, { min: 1, p50: 51 }, 'what is half a minute old counts');
  clock.pass(31_000);
  t.equal(histogram.distribution.p50, histogram.distribution.max, 'what is a minute old does not');
  clock.pass(3_600_000);
  t.match(histogram.distribution, { min: 0, max: 0 });
});

t.test('a rolling histogram takes any number', async (t) => {
  const histogram = new RollingHistogram({ highest: 1000, clock: () => 0 });
  for (const value of [0, -5, 0.4, 1e12]) histogram.record(value);
  const { min, max } = histogram.distribution;
  t.equal(min, 1);
  t.ok(max >= 1000 && max <= 1010, `at most the highest value to 1 % (${max})`);
});

t.test('the quantiles are exact to 1 %', async () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 3_000_000_000 }), { minLength: 1, maxLength: 200 }), (values) => {
      const histogram = new RollingHistogram({ highest: 3_600_000_000, clock: () => 0 });
      for (const value of values) histogram.record(value);
      const sorted = [...values].sort((a, b) => a - b);
      const median = sorted[Math.ceil(sorted.length / 2) - 1] ?? 0;
      return Math.abs(histogram.distribution.p50 - median) <= median * 0.01;
    }),
    { numRuns: 100 },
  );
});

function aRegistry(): MetricRegistry {
  const clock = aClock();
  const registry = new MetricRegistry(clock.now);
  registry.counter('m.seen.counter', 'Things seen').increment(3);
  registry.counted('m.kept.counter.bytes', 'Kept elsewhere', () => 7);
  registry.gauge('m.held.gauge', 'Held\nnow \\ "quoted"', () => 2.5);
  registry.gauge('m.unknown.gauge', 'Not a number', () => NaN);
  registry.histogram('m.size.histogram', 'Sizes').record(5);
  registry.meter('m.2xx.rate.meter', 'Answers').mark();
  registry.timer('m.wait.timer.seconds', 'Waits').record(1500);
  clock.pass(5000);
  return registry;
}

t.test('a snapshot has every metric, durations in seconds', async (t) => {
  const snapshot = aRegistry().snapshot();
  t.same(
    [...snapshot.counters],
    [
      ['m.seen.counter', 3],
      ['m.kept.counter.bytes', 7],
    ],
  );
  t.same(
    [...snapshot.gauges],
    [
      ['m.held.gauge', 2.5],
      ['m.unknown.gauge', 0],
    ],
  );
  t.match(snapshot.histograms.get('m.size.histogram'), { count: 1, sum: 5, min: 5, max: 5, p50: 5 });
  t.match(snapshot.meters.get('m.2xx.rate.meter'), { count: 1, mean: 0.2, m1: 0.2 });
  const wait = snapshot.timers.get('m.wait.timer.seconds');
  t.match(wait, { count: 1, sum: 1.5, rates: { count: 1, m1: 0.2 } });
  t.ok(Math.abs((wait?.p50 ?? 0) - 1.5) < 0.015, `p50 is ${wait?.p50}`);
});

t.test('a name is taken once', async (t) => {
  const registry = aRegistry();
  t.throws(() => registry.gauge('m.seen.counter', '', () => 0), /m\.seen\.counter exists already/);
});

t.test('names for Prometheus', async (t) => {
  t.equal(prometheusName('marathon.jvm.non-heap.used.gauge.bytes'), 'marathon_jvm_non_heap_used_gauge_bytes');
  t.equal(prometheusName('1st'), '_1st');
  fc.assert(fc.property(fc.string({ minLength: 1 }), (name) => /^[a-zA-Z_][a-zA-Z0-9_]*$/.test(prometheusName(name))));
});

t.test('the text for Prometheus, line by line', async (t) => {
  const registry = aRegistry();
  const lines = (await prometheusText(registry.snapshot(), (name) => registry.helpOf(name))).split('\n');
  for (const line of [
    '# HELP m_seen_counter Things seen',
    '# TYPE m_seen_counter counter',
    'm_seen_counter 3',
    'm_kept_counter_bytes 7',
    '# TYPE m_held_gauge gauge',
    'm_held_gauge 2.5',
    'm_unknown_gauge 0',
    '# TYPE m_size_histogram summary',
    'm_size_histogram{quantile="0.5"} 5',
    'm_size_histogram{quantile="0.999"} 5',
    'm_size_histogram_sum 5',
    'm_size_histogram_count 1',
    '# TYPE m_size_histogram_min gauge',
    '# TYPE m_2xx_rate_meter_count gauge',
    'm_2xx_rate_meter_count 1',
    'm_2xx_rate_meter_m1_rate 0.2',
    '# TYPE m_wait_timer_seconds summary',
    'm_wait_timer_seconds_sum 1.5',
    'm_wait_timer_seconds_count 1',
    'm_wait_timer_seconds_mean_rate 0.2',
    'm_wait_timer_seconds_m15_rate 0.2',
  ]) {
    t.ok(lines.includes(line), line);
  }
  t.equal(lines.filter((line) => line.startsWith('# HELP m_held_gauge')).length, 1, 'help stays on its line');
  t.equal(lines.at(-1), '', 'the last line ends');
});

t.test('two names that are one to Prometheus', async (t) => {
  const registry = new MetricRegistry();
  registry.gauge('a-b', 'First', () => 1);
  registry.gauge('a.b', 'Second', () => 2);
  registry.counter('a_b', 'Third');
  registry.timer('a+b', 'Fourth').record(1);
  const text = await prometheusText(registry.snapshot(), (name) => registry.helpOf(name));
  t.equal(text.match(/^a_b /gm)?.length, 1);
  t.match(text, /^a_b 1$/m);
  t.match(text, /^a_b_m1_rate /m);
});

const promtool = spawnSync('promtool', ['--version']);

t.test(
  "Prometheus' own parser takes the text",
  { skip: promtool.error === undefined ? false : `promtool cannot be run here: ${promtool.error.message}` },
  async (t) => {
    const registry = aRegistry();
    const text = await prometheusText(registry.snapshot(), (name) => registry.helpOf(name));
    const { status, stderr } = spawnSync('promtool', ['check', 'metrics'], { input: text, encoding: 'utf8' });
    // 3: it would call some of Marathon's names differently
    t.ok(status === 0 || status === 3, stderr);
  },
);
