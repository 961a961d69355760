import fc from 'fast-check';
import t from 'tap';
import { fromTimestamp, nextVersion, toTimestamp } from '../../../src/scheduler/core/timestamps.js';

t.test('agrees with the calendar of the platform', async () => {
  fc.assert(
    fc.property(fc.integer({ min: Date.UTC(1970, 0, 1), max: Date.UTC(9999, 11, 31) }), (ms) => {
      const text = toTimestamp(ms);
      return text === new Date(ms).toISOString() && fromTimestamp(text) === ms;
    }),
    { numRuns: 2000 },
  );
});

t.test('leap days and the ends of months', async (t) => {
  for (const text of [
    '2000-02-29T00:00:00.000Z',
    '2024-02-29T23:59:59.999Z',
    '2100-03-01T00:00:00.000Z',
    '1970-01-01T00:00:00.000Z',
  ]) {
    t.equal(toTimestamp(fromTimestamp(text)), text);
  }
  t.ok(Number.isNaN(fromTimestamp('2024-02-29')));
});

t.test('versions grow even when the clock does not', async (t) => {
  t.equal(nextVersion(0, undefined), '1970-01-01T00:00:00.000Z');
  t.equal(nextVersion(5, '1970-01-01T00:00:00.005Z'), '1970-01-01T00:00:00.006Z');
  t.equal(nextVersion(5, '1970-01-01T00:00:01.999Z'), '1970-01-01T00:00:02.000Z');
});
