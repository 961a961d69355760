import t from 'tap';
import type { MarathonEvent } from '../../../src/ui/api/events.js';
import { countsByKind, EventLog, filteredEvents, gapKind, jsonLines } from '../../../src/ui/pages/events/event-log.js';

function event(eventType: string, more: object = {}): MarathonEvent {
  return { eventType, timestamp: '2026-01-01T00:00:00.000Z', ...more };
}

const seqs = (log: EventLog): number[] => log.list.map(({ seq }) => seq);

t.test('the last events are kept, in their order', (t) => {
  const log = new EventLog(3);
  for (let n = 0; n < 5; n++) log.take(event('a'));
  t.same(seqs(log), [3, 4, 5]);
  log.clear();
  log.take(event('a'));
  t.same(seqs(log), [6], 'numbers go on');
  t.end();
});

t.test('while it is paused the list stays, and what comes is counted and shown afterwards', (t) => {
  const log = new EventLog(3);
  log.take(event('a'));
  log.pause();
  const before = log.list;
  for (let n = 0; n < 5; n++) log.take(event('b'));
  log.pause();
  t.equal(log.list, before);
  t.same(seqs(log), [1]);
  t.equal(log.heldCount, 5);
  t.ok(log.isPaused);
  log.resume();
  t.notOk(log.isPaused);
  t.equal(log.heldCount, 0);
  t.same(seqs(log), [4, 5, 6], 'of those, too, only the last are kept');
  log.resume();
  t.same(seqs(log), [4, 5, 6]);
  t.end();
});

t.test('filters by kind and by words in any part; a lost connection is always shown', (t) => {
  const log = new EventLog(10);
  log.take(event('status_update_event', { appId: '/web', host: 'h1' }));
  log.take(event('status_update_event', { appId: '/db', host: 'h1' }));
  log.take(event(gapKind));
  log.take(event('deployment_success', { id: 'd', plan: { steps: [{ actions: [{ app: '/web' }] }] } }));
  const found = (kinds: readonly string[], text: string) =>
    filteredEvents(log.list, new Set(kinds), text).map(({ seq }) => seq);
  t.equal(filteredEvents(log.list, new Set(), '  '), log.list);
  t.same(found(['deployment_success'], ''), [3, 4]);
  t.same(found([], '/WEB'), [1, 3, 4]);
  t.same(found(['status_update_event'], 'h1 /db'), [2, 3]);
  t.same(found([], 'nothing like that'), [3]);
  t.same(
    [...countsByKind(log.list)],
    [
      ['status_update_event', 2],
      [gapKind, 1],
      ['deployment_success', 1],
    ],
  );
  t.end();
});

t.test('as lines of JSON, as they came', (t) => {
  const log = new EventLog(10);
  const first = event('a', { text: 'line\nbreak' });
  log.take(first);
  log.take(event(gapKind));
  log.take(event('b'));
  const lines = jsonLines(log.list).split('\n');
  t.equal(lines.length, 3);
  t.same(JSON.parse(lines[0] ?? ''), first);
  t.equal(lines[2], '');
  t.end();
});
