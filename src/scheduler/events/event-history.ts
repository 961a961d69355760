import type { EventBus, PublishedEvent } from '../service.js';

/** How much is kept for readers who were away. */
export interface EventHistoryLimits {
  readonly maxEvents: number;
  /** Of all kept events together, on the wire. */
  readonly maxBytes: number;
}

const defaultLimits: EventHistoryLimits = { maxEvents: 4096, maxBytes: 8 << 20 };

/** An event with its id, `<epoch>-<number>`: an id of another leadership is known by its epoch. */
export interface NumberedEvent {
  readonly id: string;
  readonly published: PublishedEvent;
}

/**
 * The last events of one leadership by id, for clients of `/v2/events?ids=true` that come back after a lost connection. Marathon
 * has no such thing (marathon.md §14.1: nothing is replayed). It begins with the first reader who asks for ids: before, nobody can
 * hold one, and nothing is kept or rendered.
 */
export class EventHistory {
  readonly #events: EventBus;
  readonly #epoch: string;
  readonly #bytesOf: (published: PublishedEvent) => number;
  readonly #limits: EventHistoryLimits;
  readonly #listeners = new Set<(event: NumberedEvent) => void>();
  readonly #kept: (NumberedEvent & { readonly bytes: number })[] = [];
  #keptBytes = 0;
  #lastNumber = 0;
  #recording = false;

  /** `epoch`: unique to this leadership. `bytesOf`: the size of an event on the wire. */
  constructor(
    events: EventBus,
    epoch: string,
    bytesOf: (published: PublishedEvent) => number,
    limits: Partial<EventHistoryLimits> = {},
  ) {
    this.#events = events;
    this.#epoch = epoch;
    this.#bytesOf = bytesOf;
    this.#limits = { ...defaultLimits, ...limits };
  }

  /** The id of the newest event. */
  get lastId(): string {
    return `${this.#epoch}-${this.#lastNumber}`;
  }

  /** What came after the event with this id; undefined when that is not known: the id is of another epoch, too old, or none. */
  since(id: string): readonly NumberedEvent[] | undefined {
    const dash = id.lastIndexOf('-');
    const number = id.slice(dash + 1);
    if (id.slice(0, Math.max(0, dash)) !== this.#epoch || !/^\d{1,15}$/.test(number)) return undefined;
    const missed = this.#lastNumber - Number(number);
    if (missed < 0 || missed > this.#kept.length) return undefined;
    return this.#kept.slice(this.#kept.length - missed);
  }

  /** Every event from now on, with its id. Returns the function that ends the subscription. */
  subscribe(listener: (event: NumberedEvent) => void): () => void {
    if (!this.#recording) {
      this.#recording = true;
      this.#events.subscribe((published) => this.#record(published));
    }
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #record(published: PublishedEvent): void {
    this.#lastNumber++;
    const event: NumberedEvent = { id: this.lastId, published };
    const bytes = this.#bytesOf(published);
    this.#kept.push({ ...event, bytes });
    this.#keptBytes += bytes;
    while (this.#kept.length > this.#limits.maxEvents || this.#keptBytes > this.#limits.maxBytes) {
      this.#keptBytes -= this.#kept.shift()?.bytes ?? 0;
    }
    for (const listener of this.#listeners) listener(event);
  }
}
