import type { NameData } from '../served/zone-change.js';
import { recordTypes } from './record.js';
import type { AddressRecord, DnsRecord, PtrRecord, RecordType, SrvRecord } from './record.js';

/** All records of one name. */
export interface NameRecords {
  readonly A: readonly AddressRecord[];
  readonly AAAA: readonly AddressRecord[];
  readonly SRV: readonly SrvRecord[];
  /** Absent: none, as in exact mode. */
  readonly PTR?: readonly PtrRecord[];
}

/**
 * One record of a name, and how many owners have it: those who stand by it, and those to be avoided. There are hundreds of thousands:
 * records in the form of everybody else are made when somebody asks.
 */
export interface Slot {
  readonly entry: NameEntry;
  readonly type: RecordType;
  /** The address, or the target. */
  readonly value: string;
  /** Of SRV records; 0 for others. */
  readonly port: number;
  good: number;
  avoided: number;
}

/** How many records of a type a name has: all of them, and those with a good owner. */
export interface Tally {
  all: number;
  good: number;
}

/** A name with many records: they are found by their data, and counted as they come and go. */
interface Large {
  readonly byKey: Map<string, Slot>;
  readonly tallies: Record<RecordType, Tally>;
}

/** The records of a name: one, a few, or many. */
type Slots = Slot | readonly Slot[] | Large;

const largeFrom = 16;

function isFew(slots: Slots): slots is readonly Slot[] {
  return Array.isArray(slots);
}

function allOf(slots: Slots): Iterable<Slot> {
  if (isFew(slots)) return slots;
  return 'byKey' in slots ? slots.byKey.values() : [slots];
}

function valueOf(record: DnsRecord): string {
  return record.type === 'SRV' || record.type === 'PTR' ? record.target : record.address;
}

function portOf(record: DnsRecord): number {
  return record.type === 'SRV' ? record.port : 0;
}

function keyOf({ type, value, port }: Pick<Slot, 'type' | 'value' | 'port'>): string {
  return `${type} ${port} ${value}`;
}

/** How many records of a type are shown. An address with two names has none: nobody could say which. */
export function shown(type: RecordType, { all, good }: Tally): number {
  if (type === 'PTR') return all === 1 ? 1 : 0;
  return good > 0 ? good : all;
}

/** The record that a slot stands for. */
export function recordOf({ entry: { name }, type, value, port }: Slot): DnsRecord {
  switch (type) {
    case 'SRV':
      return { type, name, target: value, port };
    case 'PTR':
      return { type, name, target: value };
    default:
      return { type, name, address: value };
  }
}

/**
 * The records of one name. Those with a good owner are shown, or, where a type has none such, all: avoiding never empties a name. Most
 * names have one record or two, and there are many names: those cost no more than they must.
 */
export class NameEntry implements NameRecords {
  readonly name: string;
  #slots: Slots = [];

  constructor(name: string) {
    this.name = name;
  }

  get A(): readonly AddressRecord[] {
    return this.#addresses('A');
  }
  get AAAA(): readonly AddressRecord[] {
    return this.#addresses('AAAA');
  }
  get SRV(): readonly SrvRecord[] {
    const { name } = this;
    return this.#shownOf('SRV').map(({ value, port }) => ({ type: 'SRV', name, target: value, port }));
  }
  get PTR(): readonly PtrRecord[] {
    return this.#shownOf('PTR').map(({ value }) => ({ type: 'PTR', name: this.name, target: value }));
  }

  /** Nobody has a record of this name. */
  get isEmpty(): boolean {
    if (isFew(this.#slots)) return this.#slots.length === 0;
    return 'byKey' in this.#slots && this.#slots.byKey.size === 0;
  }

  /** It has no records that are shown. */
  get isHidden(): boolean {
    return recordTypes.every((type) => shown(type, this.tally(type)) === 0);
  }

  /** The slot of a record, made when there is none yet; without owners it counts for nothing. */
  slotOf(record: DnsRecord): Slot {
    const wanted = {
      entry: this,
      type: record.type,
      value: valueOf(record),
      port: portOf(record),
      good: 0,
      avoided: 0,
    };
    const known = this.#known(wanted);
    if (known === undefined) this.#add(wanted);
    return known ?? wanted;
  }

  /** How many records of a type it has. The object may be the one that is kept. */
  tally(type: RecordType): Readonly<Tally> {
    if ('byKey' in this.#slots) return this.#slots.tallies[type];
    const tally = { all: 0, good: 0 };
    for (const slot of allOf(this.#slots)) {
      if (slot.type !== type || slot.good + slot.avoided === 0) continue;
      tally.all++;
      if (slot.good > 0) tally.good++;
    }
    return tally;
  }

  /** Changes the number of owners of one of its records. A record without any is gone. */
  shift(slot: Slot, good: number, avoided: number): void {
    const tally = 'byKey' in this.#slots ? this.#slots.tallies[slot.type] : undefined;
    const count = (sign: 1 | -1): void => {
      if (tally === undefined || slot.good + slot.avoided === 0) return;
      tally.all += sign;
      if (slot.good > 0) tally.good += sign;
    };
    count(-1);
    slot.good += good;
    slot.avoided += avoided;
    count(1);
    if (slot.good + slot.avoided === 0) this.#remove(slot);
  }

  /** What is shown, as plain data; null: nothing. */
  data(): NameData | null {
    const a = this.#shownOf('A');
    const aaaa = this.#shownOf('AAAA');
    const srv = this.#shownOf('SRV');
    const ptr = this.#shownOf('PTR');
    if (a.length + aaaa.length + srv.length + ptr.length === 0) return null;
    return {
      ...(a.length === 0 ? {} : { a: a.map(({ value }) => value) }),
      ...(aaaa.length === 0 ? {} : { aaaa: aaaa.map(({ value }) => value) }),
      ...(srv.length === 0 ? {} : { srv: srv.map(({ value, port }) => [value, port] as const) }),
      ...(ptr.length === 0 ? {} : { ptr: ptr.map(({ value }) => value) }),
    };
  }

  #known({ type, value, port }: Slot): Slot | undefined {
    if ('byKey' in this.#slots) return this.#slots.byKey.get(keyOf({ type, value, port }));
    for (const slot of allOf(this.#slots)) {
      if (slot.type === type && slot.value === value && slot.port === port) return slot;
    }
    return undefined;
  }

  #add(slot: Slot): void {
    if ('byKey' in this.#slots) {
      this.#slots.byKey.set(keyOf(slot), slot);
      return;
    }
    const slots = [...allOf(this.#slots), slot];
    if (slots.length > largeFrom) {
      const tallies = { A: this.tally('A'), AAAA: this.tally('AAAA'), SRV: this.tally('SRV'), PTR: this.tally('PTR') };
      this.#slots = { byKey: new Map(slots.map((one) => [keyOf(one), one])), tallies };
    } else {
      this.#slots = slots.length === 1 ? slot : slots;
    }
  }

  #remove(slot: Slot): void {
    if ('byKey' in this.#slots) {
      this.#slots.byKey.delete(keyOf(slot));
      return;
    }
    const [only, ...more] = [...allOf(this.#slots)].filter((other) => other !== slot);
    this.#slots = only === undefined ? [] : more.length === 0 ? only : [only, ...more];
  }

  #addresses(type: 'A' | 'AAAA'): AddressRecord[] {
    return this.#shownOf(type).map(({ value }) => ({ type, name: this.name, address: value }));
  }

  #shownOf(type: RecordType): Slot[] {
    const tally = this.tally(type);
    if (shown(type, tally) === 0) return [];
    const onlyGood = type !== 'PTR' && tally.good > 0;
    const slots: Slot[] = [];
    for (const slot of allOf(this.#slots)) {
      if (slot.type === type && (onlyGood ? slot.good : slot.good + slot.avoided) > 0) slots.push(slot);
    }
    return slots;
  }
}
