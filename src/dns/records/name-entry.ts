import type { NameData } from '../served/zone-change.js';
import { dataOf, recordTypes } from './record.js';
import type { AddressRecord, DnsRecord, PtrRecord, RecordType, SrvRecord } from './record.js';

/** All records of one name. The arrays stay the same until the name changes: they may be kept, but not written to. */
export interface NameRecords {
  readonly A: readonly AddressRecord[];
  readonly AAAA: readonly AddressRecord[];
  readonly SRV: readonly SrvRecord[];
  /** Absent: none, as in exact mode. */
  readonly PTR?: readonly PtrRecord[];
}

/** One record of a name, and how many owners have it: those who stand by it, and those to be avoided. */
export interface Slot {
  readonly entry: NameEntry;
  readonly record: DnsRecord;
  good: number;
  avoided: number;
}

/** How many records of a type a name has: all of them, and those with a good owner. */
interface Tally {
  all: number;
  good: number;
}

/** Records as they were asked for. */
interface Lists {
  A?: AddressRecord[];
  AAAA?: AddressRecord[];
  SRV?: SrvRecord[];
  PTR?: PtrRecord[];
}

/** From so many records on they are found by their data. */
const largeFrom = 16;

function sameData(a: DnsRecord, b: DnsRecord): boolean {
  if (a.type !== b.type) return false;
  switch (a.type) {
    case 'SRV':
      return b.type === 'SRV' && a.port === b.port && a.target === b.target;
    case 'PTR':
      return b.type === 'PTR' && a.target === b.target;
    default:
      return (b.type === 'A' || b.type === 'AAAA') && a.address === b.address;
  }
}

function isSmall(slots: readonly Slot[] | Map<string, Slot>): slots is readonly Slot[] {
  return Array.isArray(slots);
}

function keyIn(record: DnsRecord): string {
  return `${record.type} ${dataOf(record)}`;
}

/** How many records of a type are shown. An address with two names has none: nobody could say which. */
function shown(type: RecordType, { all, good }: Tally): number {
  if (type === 'PTR') return all === 1 ? 1 : 0;
  return good > 0 ? good : all;
}

/**
 * The records of one name. Those with a good owner are shown, or, where a type has none such, all: avoiding never empties a name. Most
 * names have one record or two, and there are many names: those make do with an array that is as long as it must be.
 */
export class NameEntry implements NameRecords {
  readonly name: string;
  #slots: readonly Slot[] | Map<string, Slot> = [];
  /** Of large names only; small ones are counted when it matters. */
  #tallies: Record<RecordType, Tally> | undefined;
  /** What was asked for since the last change. */
  #lists: Lists | undefined;

  constructor(name: string) {
    this.name = name;
  }

  get A(): readonly AddressRecord[] {
    return (this.#kept.A ??= this.#addresses('A'));
  }
  get AAAA(): readonly AddressRecord[] {
    return (this.#kept.AAAA ??= this.#addresses('AAAA'));
  }
  get SRV(): readonly SrvRecord[] {
    return (this.#kept.SRV ??= this.#shownOf('SRV').filter((record) => record.type === 'SRV'));
  }
  get PTR(): readonly PtrRecord[] {
    return (this.#kept.PTR ??= this.#shownOf('PTR').filter((record) => record.type === 'PTR'));
  }

  /** Nobody has a record of this name. */
  get isEmpty(): boolean {
    return (isSmall(this.#slots) ? this.#slots.length : this.#slots.size) === 0;
  }

  /** It has records, but none that is shown. */
  get isHidden(): boolean {
    return recordTypes.every((type) => shown(type, this.tally(type)) === 0);
  }

  /** The slot of a record, made when there is none yet; without owners it counts for nothing. */
  slotOf(record: DnsRecord): Slot {
    const known = isSmall(this.#slots)
      ? this.#slots.find((slot) => sameData(slot.record, record))
      : this.#slots.get(keyIn(record));
    if (known !== undefined) return known;
    const slot: Slot = { entry: this, record, good: 0, avoided: 0 };
    if (!isSmall(this.#slots)) this.#slots.set(keyIn(record), slot);
    else if (this.#slots.length < largeFrom) this.#slots = [...this.#slots, slot];
    else this.#grow([...this.#slots, slot]);
    return slot;
  }

  /** How many records of a type it has. The object may be the one that is kept. */
  tally(type: RecordType): Readonly<Tally> {
    if (this.#tallies !== undefined) return this.#tallies[type];
    const tally = { all: 0, good: 0 };
    for (const slot of this.#all()) {
      if (slot.record.type !== type || slot.good + slot.avoided === 0) continue;
      tally.all++;
      if (slot.good > 0) tally.good++;
    }
    return tally;
  }

  /** Changes the number of owners of one of its records. A record without any is gone. */
  shift(slot: Slot, good: number, avoided: number): void {
    const tally = this.#tallies?.[slot.record.type];
    const count = (sign: 1 | -1): void => {
      if (tally === undefined || slot.good + slot.avoided === 0) return;
      tally.all += sign;
      if (slot.good > 0) tally.good += sign;
    };
    count(-1);
    slot.good += good;
    slot.avoided += avoided;
    count(1);
    this.#lists = undefined;
    if (slot.good + slot.avoided > 0) return;
    if (isSmall(this.#slots)) this.#slots = this.#slots.filter((other) => other !== slot);
    else this.#slots.delete(keyIn(slot.record));
  }

  /** What is shown, as plain data; null: nothing. */
  data(): NameData | null {
    const a = this.#addresses('A');
    const aaaa = this.#addresses('AAAA');
    const srv = this.#shownOf('SRV');
    const ptr = this.#shownOf('PTR');
    if (a.length + aaaa.length + srv.length + ptr.length === 0) return null;
    return {
      ...(a.length === 0 ? {} : { a: a.map(({ address }) => address) }),
      ...(aaaa.length === 0 ? {} : { aaaa: aaaa.map(({ address }) => address) }),
      ...(srv.length === 0
        ? {}
        : { srv: srv.flatMap((record) => (record.type === 'SRV' ? [[record.target, record.port] as const] : [])) }),
      ...(ptr.length === 0 ? {} : { ptr: ptr.flatMap((record) => (record.type === 'PTR' ? [record.target] : [])) }),
    };
  }

  get #kept(): Lists {
    return (this.#lists ??= {});
  }

  #all(): Iterable<Slot> {
    return isSmall(this.#slots) ? this.#slots : this.#slots.values();
  }

  #grow(slots: readonly Slot[]): void {
    const tallies = { A: this.tally('A'), AAAA: this.tally('AAAA'), SRV: this.tally('SRV'), PTR: this.tally('PTR') };
    this.#slots = new Map(slots.map((slot) => [keyIn(slot.record), slot]));
    this.#tallies = tallies;
  }

  #addresses(type: 'A' | 'AAAA'): AddressRecord[] {
    return this.#shownOf(type).filter((record): record is AddressRecord => record.type === type);
  }

  #shownOf(type: RecordType): DnsRecord[] {
    const records: DnsRecord[] = [];
    const tally = this.tally(type);
    if (shown(type, tally) === 0) return records;
    const onlyGood = type !== 'PTR' && tally.good > 0;
    for (const { record, good, avoided } of this.#all()) {
      if (record.type === type && (onlyGood ? good : good + avoided) > 0) records.push(record);
    }
    return records;
  }
}

/** Watches what happens to the records of one type at one name, and tells whether those shown are others in the end. */
export class TypeWatch {
  readonly #entry: NameEntry;
  readonly #type: RecordType;
  readonly #before: Tally;
  /** A record became good or ceased to be; it appeared or vanished; it did both at once. */
  #goodChanged = false;
  #presenceChanged = false;
  #cameGoodOrWentGood = false;

  constructor(entry: NameEntry, type: RecordType) {
    this.#entry = entry;
    this.#type = type;
    this.#before = { ...entry.tally(type) };
  }

  /** Before `slot` is shifted. */
  note(slot: Slot, good: number, avoided: number): void {
    const [goodBefore, goodAfter] = [slot.good > 0, slot.good + good > 0];
    const thereBefore = slot.good + slot.avoided > 0;
    const thereAfter = slot.good + good + slot.avoided + avoided > 0;
    this.#goodChanged ||= goodBefore !== goodAfter;
    this.#presenceChanged ||= thereBefore !== thereAfter;
    this.#cameGoodOrWentGood ||= (goodBefore && !thereAfter) || (goodAfter && !thereBefore);
  }

  /** By how many more records are shown now. */
  get growth(): number {
    return shown(this.#type, this.#entry.tally(this.#type)) - shown(this.#type, this.#before);
  }

  /** Whether other records are shown than before. */
  get hasChanged(): boolean {
    const before = this.#before;
    const after = this.#entry.tally(this.#type);
    if (this.#type === 'PTR') return this.#presenceChanged && (before.all === 1 || after.all === 1);
    if (before.good > 0 && after.good > 0) return this.#goodChanged;
    if (before.good === 0 && after.good === 0) return this.#presenceChanged;
    // All that are there on one side are shown, on the other one those that are good: the same ones, if none came or went and all are good.
    const [good, all] = before.good > 0 ? [before.good, after.all] : [after.good, before.all];
    return this.#cameGoodOrWentGood || good !== all;
  }
}
