import { signal } from '@preact/signals';
import type { ReadonlySignal } from '@preact/signals';
import { eventKinds } from '../../api/events.js';
import type { MarathonEvent } from '../../api/events.js';
import { openStream } from '../../live/stream.js';
import type { LiveStream } from '../../live/stream.js';
import { EventLog, gapKind } from './event-log.js';

/** So many events are kept. */
export const maxEvents = 2_000;
/** What comes in quick succession is drawn at once. */
const drawMs = 100;

export interface FollowedEvents {
  readonly log: EventLog;
  readonly stream: LiveStream;
  /** Grows when there is something new to be drawn. */
  readonly version: ReadonlySignal<number>;
  /** What the reader did is drawn at once. */
  readonly redraw: () => void;
  readonly close: () => void;
}

/** Follows Marathon's event bus, beginning now. */
export function followEvents(): FollowedEvents {
  const log = new EventLog(maxEvents);
  const version = signal(0);
  let timer: number | undefined;
  let wasOpen = false;
  const redraw = (): void => {
    clearTimeout(timer);
    timer = undefined;
    version.value += 1;
  };
  const take = (event: MarathonEvent): void => {
    log.take(event);
    timer ??= setTimeout(redraw, drawMs);
  };
  const stream = openStream('v2/events', {
    // A scheduler that does not lead would send the page to another server, which it may not ask
    query: () => ({ redirect: false }),
    on: Object.fromEntries(eventKinds.map((kind) => [kind, take])),
    opened: () => {
      if (wasOpen) take({ eventType: gapKind, timestamp: new Date().toISOString() });
      wasOpen = true;
    },
  });
  return {
    log,
    stream,
    version,
    redraw,
    close() {
      clearTimeout(timer);
      stream.close();
    },
  };
}
