import fc from 'fast-check';
import t from 'tap';
import { CounterDeltas } from '../../../src/scheduler/metrics/push/counter-deltas.js';
import { seriesUrlOf } from '../../../src/scheduler/metrics/push/datadog.js';
import { datagramsOf, dogstatsdLine, graphiteLine, statsdLine } from '../../../src/scheduler/metrics/push/lines.js';
import type { Sample } from '../../../src/scheduler/metrics/push/samples.js';

const gauge = (name: string, value: number): Sample => ({ name, kind: 'gauge', value });
const counter = (name: string, value: number): Sample => ({ name, kind: 'counter', value });

t.test('lines for StatsD', async (t) => {
  t.equal(statsdLine(gauge('marathon.apps.active.gauge', 3)), 'marathon.apps.active.gauge:3|g');
  t.equal(statsdLine(counter('marathon.mesos.offers.used.counter', 2)), 'marathon.mesos.offers.used.counter:2|c');
  t.equal(statsdLine(gauge('m.max', -1)), 'm.max:0|g\nm.max:-1|g', 'a sign alone would be taken as a change');
  t.equal(statsdLine(gauge('a:b|c@d', 1)), 'a_b_c_d:1|g');
  t.equal(statsdLine(gauge('m', 0.000_000_1)), 'm:0.0000001|g', 'no exponents');
  t.equal(statsdLine(gauge('m', 1e-12)), 'm:0|g');
});

t.test("lines for Datadog's agent", async (t) => {
  t.equal(dogstatsdLine(gauge('m.non-heap', -1), '', []), 'm.non_heap:-1|g');
  t.equal(dogstatsdLine(counter('m.c', 4), 'test', ['a:1', 'b']), 'test.m.c:4|c|#a:1,b');
  t.equal(dogstatsdLine(counter('m.c', 4), '', ['x|y,z']), 'm.c:4|c|#x_y_z');
});

t.test('lines for Graphite', async (t) => {
  t.equal(graphiteLine(counter('m.c-d', 4), 'test', 1_700_000_000), 'test.m.c-d 4 1700000000');
  t.equal(graphiteLine(gauge('m x', -0.5), '', 1), 'm_x -0.5 1');
});

t.test('datagrams hold all lines, in order, and no more than fits', async () => {
  fc.assert(
    fc.property(fc.array(fc.stringMatching(/^[a-zé.]{1,300}:1\|g$/), { maxLength: 60 }), (lines) => {
      const datagrams = datagramsOf(lines);
      const all = datagrams.flatMap((datagram) => datagram.split('\n'));
      return JSON.stringify(all) === JSON.stringify(lines) && datagrams.every((d) => Buffer.byteLength(d) <= 1432);
    }),
    { numRuns: 100 },
  );
});

t.test('a line that is too long for a datagram goes alone', async (t) => {
  const long = 'x'.repeat(2000);
  t.same(datagramsOf(['a', long, 'b']), ['a', long, 'b']);
  t.same(datagramsOf([]), []);
});

t.test('counters by their growth since they were delivered', async (t) => {
  const deltas = new CounterDeltas();
  t.same(deltas.since([counter('c', 5), gauge('g', 1)]), [counter('c', 5), gauge('g', 1)]);
  t.same(deltas.since([counter('c', 6)]), [counter('c', 6)], 'what was not delivered is not lost');
  deltas.delivered([counter('c', 6)]);
  t.same(deltas.since([counter('c', 6)]), [counter('c', 0)]);
  t.same(deltas.since([counter('c', 9)]), [counter('c', 3)]);
});

t.test("where Datadog's series are", async (t) => {
  t.equal(seriesUrlOf('https://app.datadoghq.com'), 'https://app.datadoghq.com/api/v1/series');
  t.equal(seriesUrlOf('http://127.0.0.1:1/proxy/series'), 'http://127.0.0.1:1/proxy/series');
});
