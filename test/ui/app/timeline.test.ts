import t from 'tap';
import type { TimelineEntry } from '../../../src/ui/api/timeline.js';
import { byDay, kindsOf } from '../../../src/ui/pages/app/timeline/by-day.js';

const entry = (seq: number, at: string, kind: TimelineEntry['kind'] = 'instance'): TimelineEntry => ({
  seq,
  at,
  kind,
  level: 'info',
  text: '',
  why: null,
  instance: null,
  task: null,
  host: null,
  deployment: null,
  version: null,
});

t.test('entries by the days of the reader', (t) => {
  const entries = [
    entry(4, '2026-03-02T00:30:00.000Z', 'kill'),
    entry(3, '2026-03-01T23:30:00.000Z'),
    entry(2, '2026-03-01T20:00:00.000Z', 'deployment'),
    entry(1, '2026-02-28T00:00:00.000Z'),
  ];
  const days = (offset: number) =>
    byDay(entries, () => offset).map(({ day, entries: own }) => [day, own.map(({ seq }) => seq)]);
  t.same(days(0), [
    ['2026-03-02', [4]],
    ['2026-03-01', [3, 2]],
    ['2026-02-28', [1]],
  ]);
  t.same(
    days(-60),
    [
      ['2026-03-02', [4, 3]],
      ['2026-03-01', [2]],
      ['2026-02-28', [1]],
    ],
    'an hour east of Greenwich',
  );
  t.same(kindsOf(entries), [
    { kind: 'deployment', count: 1 },
    { kind: 'instance', count: 2 },
    { kind: 'kill', count: 1 },
  ]);
  t.same(
    byDay([], () => 0),
    [],
  );
  t.end();
});
