import t from 'tap';
import type { LbBackend, LbBackends } from '../../../src/ui/api/edge-live.js';
import { linePoints, Samples, seriesText } from '../../../src/ui/stores/backend-samples.js';

function backend(name: string, given: Partial<LbBackend> = {}): LbBackend {
  return {
    name,
    app: null,
    up: true,
    sessions: 0,
    queued: 0,
    rate: 0,
    total: 0,
    bytesIn: 0,
    bytesOut: 0,
    errors: 0,
    responses: { '2xx': 0, '3xx': 0, '4xx': 0, '5xx': 0 },
    responseMs: null,
    servers: [],
    ...given,
  };
}

function at(seconds: number, ...backends: readonly LbBackend[]): LbBackends {
  return { at: new Date(1_000_000 + seconds * 1000).toISOString(), total: backends.length, backends };
}

const failing = (count: number): Partial<LbBackend> => ({
  errors: count,
  responses: { '2xx': 0, '3xx': 0, '4xx': 0, '5xx': 2 * count },
});

t.test('samples of backends become series', (t) => {
  const samples = new Samples();
  samples.take(at(0, backend('a', { rate: 3, sessions: 1, ...failing(10) })));
  samples.take(at(2, backend('a', { rate: 5, responseMs: 7, ...failing(14) })));
  samples.take(at(2, backend('a', { rate: 99 })));
  samples.take(at(4));
  samples.take(at(6, backend('a', failing(1))));
  samples.take({ at: 'never', total: 0, backends: [] });
  t.same(samples.of('a'), {
    at: [1000, 1002, 1004, 1006],
    rate: [3, 5, null, 0],
    sessions: [1, 0, null, 0],
    errors: [null, 2, null, null],
    serverErrors: [null, 4, null, null],
    responseMs: [null, 7, null, null],
  });
  t.same(samples.of('b').rate, [null, null, null, null], 'one that is not there');
  samples.clear();
  t.equal(samples.size, 0);
  t.end();
});

t.test('a counter that begins anew is not a negative rate', (t) => {
  const samples = new Samples();
  samples.take(at(0, backend('a', failing(10))));
  samples.take(at(2, backend('a', failing(1))));
  t.same(samples.of('a').errors, [null, null]);
  t.end();
});

t.test('what is older than five minutes is forgotten, and what comes too often, too', (t) => {
  const samples = new Samples();
  for (let second = 0; second <= 400; second += 2) samples.take(at(second, backend('a')));
  t.equal(samples.of('a').at.at(0), 1000 + 100);
  t.equal(samples.size, 151);
  for (let step = 0; step < 500; step += 1) samples.take(at(401 + step / 100, backend('a')));
  t.equal(samples.size, 200);
  t.end();
});

t.test('series in words and as lines', (t) => {
  t.equal(seriesText([1, null, 3.14, 2], ' ms'), 'now 2 ms, between 1 ms and 3.1 ms');
  t.equal(seriesText([2, null], ''), 'not known now, all the time');
  t.equal(seriesText([2, 2], '/s'), 'now 2/s, all the time');
  t.equal(seriesText([null], ''), 'nothing known yet');
  t.same(linePoints([0, 2, 4], 100, 24), ['0,24 50,12 100,0']);
  t.same(linePoints([1, null, 1, 1, null], 100, 24), ['50,0 75,0'], 'a gap; a point alone is no line');
  t.same(linePoints([], 100, 24), []);
  t.end();
});
