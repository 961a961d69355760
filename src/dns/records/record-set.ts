import { dataOf, keyOf, recordTypes } from './record.js';
import { ancestorsOf } from '../served/ancestors.js';
import type { NameData } from '../served/zone-change.js';
import type { AddressRecord, DnsRecord, RecordType, SrvRecord } from './record.js';
import type { Owner } from './view.js';

/** All records of one name. The arrays stay the same until the name changes: they may be kept, but not written to. */
export interface NameRecords {
  readonly A: readonly AddressRecord[];
  readonly AAAA: readonly AddressRecord[];
  readonly SRV: readonly SrvRecord[];
}

interface Counted<R> {
  readonly record: R;
  owners: number;
}

/** One name's records by data, with the number of owners of each. */
class NameEntry implements NameRecords {
  readonly #counted = {
    A: new Map<string, Counted<AddressRecord>>(),
    AAAA: new Map<string, Counted<AddressRecord>>(),
    SRV: new Map<string, Counted<SrvRecord>>(),
  };
  #lists: { A?: AddressRecord[]; AAAA?: AddressRecord[]; SRV?: SrvRecord[] } = {};

  get A(): readonly AddressRecord[] {
    return (this.#lists.A ??= Array.from(this.#counted.A.values(), (c) => c.record));
  }
  get AAAA(): readonly AddressRecord[] {
    return (this.#lists.AAAA ??= Array.from(this.#counted.AAAA.values(), (c) => c.record));
  }
  get SRV(): readonly SrvRecord[] {
    return (this.#lists.SRV ??= Array.from(this.#counted.SRV.values(), (c) => c.record));
  }

  get isEmpty(): boolean {
    return recordTypes.every((type) => this.#counted[type].size === 0);
  }

  /** True when the record was not there before. */
  add(record: DnsRecord): boolean {
    const byData = this.#counted[record.type] as Map<string, Counted<DnsRecord>>;
    const data = dataOf(record);
    const known = byData.get(data);
    if (known !== undefined) {
      known.owners++;
      return false;
    }
    byData.set(data, { record, owners: 1 });
    this.#lists = {};
    return true;
  }

  /** True when the record is no longer there. */
  remove(record: DnsRecord): boolean {
    const byData = this.#counted[record.type] as Map<string, Counted<DnsRecord>>;
    const data = dataOf(record);
    const known = byData.get(data);
    if (known === undefined || --known.owners > 0) return false;
    byData.delete(data);
    this.#lists = {};
    return true;
  }
}

/**
 * All records, by name and by owner. A record that several owners have exists once, as long as one of them has it. Replacing
 * an owner's records costs those records, whatever the size of the set.
 */
export class RecordSet {
  readonly #names = new Map<string, NameEntry>();
  /** How many names exist below a name: what makes it an empty non-terminal (RFC 8020). */
  readonly #below = new Map<string, number>();
  readonly #owners = new Map<Owner, readonly DnsRecord[]>();
  readonly #changed = new Set<string>();
  #size = 0;

  /** Number of different records. */
  get size(): number {
    return this.#size;
  }

  /** All names that have records, in no particular order. */
  names(): IterableIterator<string> {
    return this.#names.keys();
  }

  /** The records of a name, which is compared octet by octet. */
  find(name: string): NameRecords | undefined {
    return this.#names.get(name);
  }

  /** Whether there are names below `name`. */
  hasNamesBelow(name: string): boolean {
    return this.#below.has(name);
  }

  /** The records of an owner, in the order they were given, without duplicates. */
  ofOwner(owner: Owner): readonly DnsRecord[] {
    return this.#owners.get(owner) ?? [];
  }

  /** Gives `owner` these records instead of those it had. True when that changed what a client can see. */
  replace(owner: Owner, records: readonly DnsRecord[]): boolean {
    const old = this.ofOwner(owner);
    const wanted = new Map(records.map((record) => [keyOf(record), record]));
    const stale = new Set(old.map(keyOf));
    let changed = false;
    for (const [key, record] of wanted) if (!stale.delete(key)) changed = this.#add(record) || changed;
    for (const record of old) if (stale.has(keyOf(record))) changed = this.#remove(record) || changed;
    if (wanted.size === 0) this.#owners.delete(owner);
    else this.#owners.set(owner, [...wanted.values()]);
    return changed;
  }

  /** The names whose records changed since this was last asked, with their records now; null: it has none. */
  takeChanges(): [name: string, data: NameData | null][] {
    const changes = Array.from(this.#changed, (name): [string, NameData | null] => {
      const records = this.#names.get(name);
      return [name, records === undefined ? null : nameDataOf(records)];
    });
    this.#changed.clear();
    return changes;
  }

  /** All names with their records. */
  allData(): [name: string, data: NameData][] {
    return Array.from(this.#names, ([name, records]) => [name, nameDataOf(records)]);
  }

  #add(record: DnsRecord): boolean {
    let entry = this.#names.get(record.name);
    if (entry === undefined) {
      entry = new NameEntry();
      this.#names.set(record.name, entry);
      for (const above of ancestorsOf(record.name)) this.#below.set(above, (this.#below.get(above) ?? 0) + 1);
    }
    if (!entry.add(record)) return false;
    this.#changed.add(record.name);
    this.#size++;
    return true;
  }

  #remove(record: DnsRecord): boolean {
    const entry = this.#names.get(record.name);
    if (entry?.remove(record) !== true) return false;
    this.#changed.add(record.name);
    this.#size--;
    if (entry.isEmpty) {
      this.#names.delete(record.name);
      for (const above of ancestorsOf(record.name)) {
        const left = (this.#below.get(above) ?? 0) - 1;
        if (left > 0) this.#below.set(above, left);
        else this.#below.delete(above);
      }
    }
    return true;
  }
}

/** Which of a name's records a question for `type` is about. */
export function recordsOfType(records: NameRecords, type: RecordType | 'ANY'): readonly DnsRecord[] {
  return type === 'ANY' ? [...records.SRV, ...records.A, ...records.AAAA] : records[type];
}

/** The records of a name as plain data, without what is empty. */
export function nameDataOf({ A, AAAA, SRV }: NameRecords): NameData {
  return {
    ...(A.length === 0 ? {} : { a: A.map(({ address }) => address) }),
    ...(AAAA.length === 0 ? {} : { aaaa: AAAA.map(({ address }) => address) }),
    ...(SRV.length === 0 ? {} : { srv: SRV.map(({ target, port }) => [target, port] as const) }),
  };
}
