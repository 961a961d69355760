import type { MarathonEvent } from '../../api/events.js';

/** An event as the list shows it. */
export interface LoggedEvent {
  /** Counts from 1 on as long as the page is open. */
  readonly seq: number;
  readonly event: MarathonEvent;
}

/** Stands in the list where the connection was lost for a while: what happened meanwhile is not there. */
export const gapKind = 'connection_lost';

/**
 * The last events, at most `max`. While it is paused the list stays as it is, and what comes is kept beside it (at most `max`, too) until it
 * goes on.
 */
export class EventLog {
  readonly #max: number;
  #list: LoggedEvent[] = [];
  #held: LoggedEvent[] | undefined;
  #heldCount = 0;
  #nextSeq = 1;

  constructor(max: number) {
    this.#max = max;
  }

  /** The oldest first. */
  get list(): readonly LoggedEvent[] {
    return this.#list;
  }
  get isPaused(): boolean {
    return this.#held !== undefined;
  }
  /** How many came since it was paused, those included that were too many to be kept. */
  get heldCount(): number {
    return this.#heldCount;
  }

  take(event: MarathonEvent): void {
    const entry = { seq: this.#nextSeq++, event };
    if (this.#held === undefined) {
      this.#list = this.#with(this.#list, [entry]);
      return;
    }
    this.#held = this.#with(this.#held, [entry]);
    this.#heldCount++;
  }

  pause(): void {
    this.#held ??= [];
  }

  resume(): void {
    this.#list = this.#with(this.#list, this.#held ?? []);
    this.#held = undefined;
    this.#heldCount = 0;
  }

  clear(): void {
    this.#list = [];
  }

  /** Appends in place; cuts in large pieces, so that an event costs little. */
  #with(list: LoggedEvent[], entries: readonly LoggedEvent[]): LoggedEvent[] {
    list.push(...entries);
    return list.length > this.#max ? list.slice(-this.#max) : list;
  }
}

/** How many there are of each kind. */
export function countsByKind(list: readonly LoggedEvent[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { event } of list) counts.set(event.eventType, (counts.get(event.eventType) ?? 0) + 1);
  return counts;
}

const texts = new WeakMap<MarathonEvent, string>();

function textOf(event: MarathonEvent): string {
  const known = texts.get(event);
  if (known !== undefined) return known;
  const text = JSON.stringify(event).toLowerCase();
  texts.set(event, text);
  return text;
}

/** Those of the kinds (none given: of all) that have all words of `text` anywhere in them. A lost connection is always shown. */
export function filteredEvents(
  list: readonly LoggedEvent[],
  kinds: ReadonlySet<string>,
  text: string,
): readonly LoggedEvent[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (kinds.size === 0 && words.length === 0) return list;
  return list.filter(({ event }) => {
    if (event.eventType === gapKind) return true;
    if (kinds.size > 0 && !kinds.has(event.eventType)) return false;
    return words.length === 0 || words.every((word) => textOf(event).includes(word));
  });
}

/** One event a line, as it came. */
export function jsonLines(list: readonly LoggedEvent[]): string {
  return list
    .filter(({ event }) => event.eventType !== gapKind)
    .map(({ event }) => `${JSON.stringify(event)}\n`)
    .join('');
}
