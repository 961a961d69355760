import type { Clock } from '../common/time.js';
import { toTimestamp } from './core/timestamps.js';
import type { EventBus, PublishedEvent } from './service.js';

/**
 * The event bus of one leadership. What a listener publishes while it is told of an event comes after that event, for all
 * listeners. A listener that throws is a defect of the listener: the others still hear the event.
 */
export function createEventBus(now: Clock, onListenerError: (error: unknown) => void): EventBus {
  const listeners = new Set<(published: PublishedEvent) => void>();
  const waiting: PublishedEvent[] = [];
  let delivering = false;

  function deliver(published: PublishedEvent): void {
    for (const listener of listeners) {
      try {
        listener(published);
      } catch (error) {
        onListenerError(error);
      }
    }
  }

  return {
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    publish(event) {
      waiting.push({ event, timestamp: toTimestamp(now()) });
      if (delivering) return;
      delivering = true;
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) deliver(next);
      delivering = false;
    },
  };
}
