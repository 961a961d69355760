import type { Clock } from '../common/time.js';
import { toTimestamp } from './core/timestamps.js';
import type { EventBus, PublishedEvent } from './service.js';

/** The event bus of one leadership. A listener that throws is a defect of the listener: the others still hear the event. */
export function createEventBus(now: Clock, onListenerError: (error: unknown) => void): EventBus {
  const listeners = new Set<(published: PublishedEvent) => void>();
  return {
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    publish(event) {
      const published: PublishedEvent = { event, timestamp: toTimestamp(now()) };
      for (const listener of listeners) {
        try {
          listener(published);
        } catch (error) {
          onListenerError(error);
        }
      }
    },
  };
}
