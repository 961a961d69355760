import type { NameData, ZoneChange } from '../served/zone-change.js';

/** So many names, and so many records, are told in one message: about a millisecond of work for whoever sends or gets it. */
export const maxNamesPerParcel = 256;
export const maxRecordsPerParcel = 4_096;

/** The state of the zone as a whole, which holds when the names of a change have all been told. */
export type Position = Pick<ZoneChange, 'serial' | 'synced' | 'staleSinceMs'>;

/** A part of a change as it goes to the workers. It is written when the first of them is told. */
export class Parcel {
  /** How many records (and names without any, and reasons) it tells of: what it costs. */
  readonly weight: number;
  #content: ZoneChange | string;

  constructor(change: ZoneChange, weight: number) {
    this.#content = change;
    this.weight = weight;
  }

  /** The ZoneChange as JSON. */
  get text(): string {
    if (typeof this.#content !== 'string') this.#content = JSON.stringify(this.#content);
    return this.#content;
  }
}

function weightOf(data: NameData | null): number {
  if (data === null) return 1;
  const { a = [], aaaa = [], srv = [], ptr = [] } = data;
  return Math.max(1, a.length + aaaa.length + srv.length + ptr.length);
}

/**
 * Cuts a change into parts that neither side is long at; together they are the change. A name is never cut: one with more records
 * than a part should have is a part of its own. Only the last part is at the position of the change, those before it at `before`.
 */
export function* parcelsOf(change: ZoneChange, before: Position): Generator<Parcel, void, undefined> {
  const { serial, synced, staleSinceMs } = before;
  const started = (): { names: ZoneChange['names'][number][]; reasons: ZoneChange['reasons'][number][] } => ({
    names: [],
    reasons: [],
  });
  let part = started();
  let weight = 0;
  const isFull = (more: number): boolean => {
    const entries = part.names.length + part.reasons.length;
    return entries > 0 && (entries >= maxNamesPerParcel || weight + more > maxRecordsPerParcel);
  };
  const finish = (position: Position): Parcel => {
    const parcel = new Parcel({ ...part, ...position }, weight);
    part = started();
    weight = 0;
    return parcel;
  };

  for (const entry of change.names) {
    const more = weightOf(entry[1]);
    if (isFull(more)) yield finish({ serial, synced, staleSinceMs });
    part.names.push(entry);
    weight += more;
  }
  for (const entry of change.reasons) {
    if (isFull(1)) yield finish({ serial, synced, staleSinceMs });
    part.reasons.push(entry);
    weight += 1;
  }
  yield finish({ serial: change.serial, synced: change.synced, staleSinceMs: change.staleSinceMs });
}
