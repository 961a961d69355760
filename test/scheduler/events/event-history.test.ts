import fc from 'fast-check';
import t from 'tap';
import { createEventBus } from '../../../src/scheduler/event-bus.js';
import { EventHistory } from '../../../src/scheduler/events/event-history.js';
import type { EventHistoryLimits, NumberedEvent } from '../../../src/scheduler/events/event-history.js';

function aHistory(limits: Partial<EventHistoryLimits> = {}) {
  const events = createEventBus(Date.now, (error) => t.fail(String(error)));
  const history = new EventHistory(events, 'e-1', () => 10, limits);
  const publish = (count: number): void => {
    for (let i = 0; i < count; i++) events.publish({ type: 'app_terminated_event', appId: `/a${i}` });
  };
  return { history, publish };
}

const ids = (events: readonly NumberedEvent[] | undefined): readonly string[] | undefined =>
  events?.map(({ id }) => id);

t.test('nothing is kept before somebody asks for ids', (t) => {
  const { history, publish } = aHistory();
  publish(3);
  t.equal(history.lastId, 'e-1-0');
  const heard: NumberedEvent[] = [];
  const stop = history.subscribe((event) => heard.push(event));
  publish(2);
  t.same(ids(heard), ['e-1-1', 'e-1-2']);
  stop();
  publish(1);
  t.equal(heard.length, 2);
  t.same(ids(history.since('e-1-1')), ['e-1-2', 'e-1-3'], 'it goes on while nobody listens');
  t.end();
});

t.test('an id that does not tell where to go on', (t) => {
  const { history, publish } = aHistory({ maxEvents: 2 });
  history.subscribe(() => undefined);
  publish(5);
  t.same(ids(history.since('e-1-5')), []);
  t.same(ids(history.since('e-1-3')), ['e-1-4', 'e-1-5']);
  for (const id of ['e-1-2', 'e-1-6', 'e-2-5', 'e-1', 'e-1-', '5', '', '-5', 'e-1--1', 'e-1-5x', 'e-1-1e0']) {
    t.equal(history.since(id), undefined, `"${id}"`);
  }
  t.end();
});

t.test('what is kept is bounded in bytes, too', (t) => {
  const { history, publish } = aHistory({ maxBytes: 35 });
  history.subscribe(() => undefined);
  publish(10);
  t.same(ids(history.since('e-1-7')), ['e-1-8', 'e-1-9', 'e-1-10']);
  t.equal(history.since('e-1-6'), undefined);
  t.end();
});

t.test('property: whoever goes on hears exactly what came after, or learns that it cannot', (t) => {
  fc.assert(
    fc.property(fc.nat(40), fc.nat(40), fc.integer({ min: 1, max: 50 }), (before, after, maxEvents) => {
      const { history, publish } = aHistory({ maxEvents });
      history.subscribe(() => undefined);
      publish(before);
      const here = history.lastId;
      publish(after);
      const missed = ids(history.since(here));
      if (after > maxEvents) return missed === undefined;
      return missed?.join() === Array.from({ length: after }, (_, i) => `e-1-${before + i + 1}`).join();
    }),
    { numRuns: 50 },
  );
  t.pass('holds');
  t.end();
});

t.test('the bus: what a listener publishes comes after what it was told of, for all', (t) => {
  const events = createEventBus(Date.now, () => undefined);
  const heard: string[] = [];
  events.subscribe(({ event }) => {
    if (event.type === 'app_terminated_event' && event.appId === '/a') {
      events.publish({ type: 'app_terminated_event', appId: '/b' });
    }
  });
  events.subscribe(() => {
    throw new Error('a defect of this listener');
  });
  events.subscribe(({ event }) => heard.push(event.type === 'app_terminated_event' ? event.appId : ''));
  events.publish({ type: 'app_terminated_event', appId: '/a' });
  t.same(heard, ['/a', '/b']);
  t.end();
});
