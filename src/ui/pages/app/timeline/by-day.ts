import type { TimelineEntry } from '../../../api/timeline.js';

export interface Day {
  /** `2026-11-21`, of the reader. */
  readonly day: string;
  readonly entries: readonly TimelineEntry[];
}

/** The day of an instant where the reader is; `offsetMinutes`: as Date.getTimezoneOffset gives it for that instant. */
export function dayOf(at: string, offsetMinutes: number): string {
  const ms = Date.parse(at);
  return Number.isNaN(ms) ? '' : new Date(ms - offsetMinutes * 60_000).toISOString().slice(0, 10);
}

/** Entries by days, in the order that they have. */
export function byDay(entries: readonly TimelineEntry[], offsetOf: (at: string) => number): readonly Day[] {
  const days: { day: string; entries: TimelineEntry[] }[] = [];
  for (const entry of entries) {
    const day = dayOf(entry.at, offsetOf(entry.at));
    const last = days.at(-1);
    if (last?.day === day) last.entries.push(entry);
    else days.push({ day, entries: [entry] });
  }
  return days;
}

/** The kinds that there are, with how many of each, in the order of the contract. */
export function kindsOf(
  entries: readonly TimelineEntry[],
): readonly { readonly kind: TimelineEntry['kind']; readonly count: number }[] {
  const order = ['deployment', 'definition', 'instance', 'health', 'kill', 'delay', 'drain'] as const;
  return order.flatMap((kind) => {
    const count = entries.filter((entry) => entry.kind === kind).length;
    return count === 0 ? [] : [{ kind, count }];
  });
}
