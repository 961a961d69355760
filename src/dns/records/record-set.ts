import { ancestorsOf } from '../served/ancestors.js';
import type { NameData } from '../served/zone-change.js';
import { NameEntry, recordOf } from './name-entry.js';
import type { NameRecords, Slot } from './name-entry.js';
import type { DnsRecord, RecordType } from './record.js';
import { TypeWatch } from './type-watch.js';
import type { Owner } from './view.js';

export type { NameRecords } from './name-entry.js';

/** What an owner has. */
interface Holding {
  readonly slots: ReadonlySet<Slot> | readonly Slot[];
  readonly avoided: boolean;
}

const nothingHeld: Holding = { slots: [], avoided: false };

/** A change of one owner's records as it is made: what of it a client can see is known when all of it is done. */
class Step {
  readonly #watches = new Map<NameEntry, Partial<Record<RecordType, TypeWatch>>>();

  shift(slot: Slot, good: number, avoided: number): void {
    const { entry, type } = slot;
    let ofEntry = this.#watches.get(entry);
    if (ofEntry === undefined) this.#watches.set(entry, (ofEntry = {}));
    (ofEntry[type] ??= new TypeWatch(entry, type)).note(slot, good, avoided);
    entry.shift(slot, good, avoided);
  }

  /** Names of which something changed that is shown, by how many records there are more in all, and all names that it was about. */
  end(): { changed: string[]; growth: number; touched: Iterable<NameEntry> } {
    const changed: string[] = [];
    let growth = 0;
    for (const [entry, watches] of this.#watches) {
      const all = Object.values(watches);
      for (const watch of all) growth += watch.growth;
      if (all.some((watch) => watch.hasChanged)) changed.push(entry.name);
    }
    return { changed, growth, touched: this.#watches.keys() };
  }
}

/**
 * All records, by name and by owner. A record that several owners have exists once, as long as one of them has it. Records whose owners
 * are all to be avoided are shown only where a name has no other ones of their type. Replacing an owner's records costs those records,
 * whatever the size of the set.
 */
export class RecordSet {
  readonly #names = new Map<string, NameEntry>();
  /** How many names exist below a name: what makes it an empty non-terminal (RFC 8020). */
  readonly #below = new Map<string, number>();
  readonly #owners = new Map<Owner, Holding>();
  /** Addresses with several names: they have records, but none that is shown. */
  readonly #hidden = new Set<NameEntry>();
  readonly #changed = new Set<string>();
  #size = 0;

  /** Number of different records that are shown. */
  get size(): number {
    return this.#size;
  }

  /** Number of names that have records. */
  get nameCount(): number {
    return this.#names.size - this.#hidden.size;
  }

  /** All names that have records, in no particular order. */
  *names(): Generator<string, void, undefined> {
    for (const [name, entry] of this.#names) if (!this.#hidden.has(entry)) yield name;
  }

  /** The records of a name, which is compared octet by octet. */
  find(name: string): NameRecords | undefined {
    const entry = this.#names.get(name);
    return entry === undefined || this.#hidden.has(entry) ? undefined : entry;
  }

  /** Whether there are names below `name`. */
  hasNamesBelow(name: string): boolean {
    return this.#below.has(name);
  }

  /** The records of an owner, in the order they were given, without duplicates. */
  ofOwner(owner: Owner): readonly DnsRecord[] {
    return Array.from((this.#owners.get(owner) ?? nothingHeld).slots, recordOf);
  }

  /**
   * Gives `owner` these records instead of those it had. `avoided`: they are shown only where there are no others. True when that changed
   * what a client can see.
   */
  replace(owner: Owner, records: readonly DnsRecord[], avoided = false): boolean {
    const old = this.#owners.get(owner) ?? nothingHeld;
    const [oldGood, oldAvoided] = old.avoided ? [0, 1] : [1, 0];
    const [good, bad] = avoided ? [0, 1] : [1, 0];
    const stale = new Set(old.slots);
    const wanted = new Set<Slot>();
    const step = new Step();
    for (const record of records) {
      const slot = this.#entryOf(record.name).slotOf(record);
      if (wanted.has(slot)) continue;
      wanted.add(slot);
      if (!stale.delete(slot)) step.shift(slot, good, bad);
      else if (avoided !== old.avoided) step.shift(slot, good - oldGood, bad - oldAvoided);
    }
    for (const slot of stale) step.shift(slot, -oldGood, -oldAvoided);
    for (const { entry } of stale) if (entry.isEmpty) this.#removeEntry(entry);
    if (wanted.size === 0) this.#owners.delete(owner);
    else this.#owners.set(owner, { slots: [...wanted], avoided });

    const { changed, growth, touched } = step.end();
    this.#size += growth;
    for (const name of changed) this.#changed.add(name);
    for (const entry of touched) {
      if (entry.tally('PTR').all > 1 && entry.isHidden) this.#hidden.add(entry);
      else this.#hidden.delete(entry);
    }
    return changed.length > 0;
  }

  /** The names whose records changed since this was last asked, with their records now; null: it has none. */
  takeChanges(): [name: string, data: NameData | null][] {
    const changes = Array.from(this.#changed, (name): [string, NameData | null] => [
      name,
      this.#names.get(name)?.data() ?? null,
    ]);
    this.#changed.clear();
    return changes;
  }

  /** All names with their records. */
  allData(): [name: string, data: NameData][] {
    const all: [string, NameData][] = [];
    for (const [name, entry] of this.#names) {
      const data = entry.data();
      if (data !== null) all.push([name, data]);
    }
    return all;
  }

  #entryOf(name: string): NameEntry {
    const known = this.#names.get(name);
    if (known !== undefined) return known;
    const entry = new NameEntry(name);
    this.#names.set(name, entry);
    for (const above of ancestorsOf(name)) this.#below.set(above, (this.#below.get(above) ?? 0) + 1);
    return entry;
  }

  #removeEntry({ name }: NameEntry): void {
    if (!this.#names.delete(name)) return;
    for (const above of ancestorsOf(name)) {
      const left = (this.#below.get(above) ?? 0) - 1;
      if (left > 0) this.#below.set(above, left);
      else this.#below.delete(above);
    }
  }
}

/** Which of a name's records a question for `type` is about. */
export function recordsOfType(records: NameRecords, type: RecordType | 'ANY'): readonly DnsRecord[] {
  const { A, AAAA, SRV, PTR = [] } = records;
  return type === 'ANY' ? [...SRV, ...A, ...AAAA, ...PTR] : (records[type] ?? []);
}
