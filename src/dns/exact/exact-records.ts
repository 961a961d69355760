import type { NameRecords } from '../records/record-set.js';
import { dataOf } from '../records/record.js';
import type { AddressRecord, DnsRecord, SrvRecord } from '../records/record.js';

/** With so many records of a name, those that are there are looked up and not compared one by one. */
const manyRecords = 8;

/** Different records in the order in which they came. */
class Distinct<R extends DnsRecord> {
  readonly records: R[] = [];
  #data: Set<string> | undefined;

  /** False when such a record is there. */
  add(record: R): boolean {
    const { records } = this;
    const data = dataOf(record);
    if (records.length >= manyRecords) {
      const known = (this.#data ??= new Set(records.map(dataOf)));
      if (known.has(data)) return false;
      known.add(data);
    } else if (records.some((one) => dataOf(one) === data)) return false;
    records.push(record);
    return true;
  }
}

class NameOfRecords implements NameRecords {
  readonly a = new Distinct<AddressRecord>();
  readonly aaaa = new Distinct<AddressRecord>();
  readonly srv = new Distinct<SrvRecord>();

  get A(): readonly AddressRecord[] {
    return this.a.records;
  }
  get AAAA(): readonly AddressRecord[] {
    return this.aaaa.records;
  }
  get SRV(): readonly SrvRecord[] {
    return this.srv.records;
  }

  add(record: DnsRecord): boolean {
    switch (record.type) {
      case 'A':
        return this.a.add(record);
      case 'AAAA':
        return this.aaaa.add(record);
      case 'SRV':
        return this.srv.add(record);
      case 'PTR':
        return false;
    }
  }
}

/** All records of one state, by name. Nothing is ever taken out: the next state has records of its own. */
export class ExactRecords {
  readonly #names = new Map<string, NameOfRecords>();
  #size = 0;

  /** Number of different records. */
  get size(): number {
    return this.#size;
  }

  *names(): Generator<string, void, undefined> {
    yield* this.#names.keys();
  }

  find(name: string): NameRecords | undefined {
    return this.#names.get(name);
  }

  add(record: DnsRecord): void {
    let ofName = this.#names.get(record.name);
    if (ofName === undefined) this.#names.set(record.name, (ofName = new NameOfRecords()));
    if (ofName.add(record)) this.#size++;
  }
}
