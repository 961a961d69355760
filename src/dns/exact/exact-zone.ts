import type { NameRecords } from '../records/record-set.js';
import type { AddressRecord, SrvRecord } from '../records/record.js';
import type { NameData } from '../served/zone-change.js';
import type { PreparedAddresses, PreparedServices } from './fast/prepared.js';

/** All names that a reload changed, with their records now; null: it has none any more. */
export type NameChanges = readonly (readonly [name: string, data: NameData | null])[];

/** One name with its records. It never changes: a name with other records is another object. */
export class ExactName implements NameRecords {
  readonly name: string;
  readonly #data: NameData;
  #a: readonly AddressRecord[] | undefined;
  #aaaa: readonly AddressRecord[] | undefined;
  #srv: readonly SrvRecord[] | undefined;
  /** What answers are copied from, by the type that is asked for, once it was; null: such an answer is made each time. */
  readonly prepared: {
    a?: PreparedAddresses | null;
    aaaa?: PreparedAddresses | null;
    srv?: PreparedServices | null;
    /** That of the zone when `srv` was made: it holds addresses of other names. */
    srvGeneration?: number;
  } = {};

  constructor(name: string, data: NameData) {
    this.name = name;
    this.#data = data;
  }

  get A(): readonly AddressRecord[] {
    return (this.#a ??= (this.#data.a ?? []).map((address) => ({ type: 'A', name: this.name, address })));
  }
  get AAAA(): readonly AddressRecord[] {
    return (this.#aaaa ??= (this.#data.aaaa ?? []).map((address) => ({ type: 'AAAA', name: this.name, address })));
  }
  get SRV(): readonly SrvRecord[] {
    const { name } = this;
    return (this.#srv ??= (this.#data.srv ?? []).map(([target, port]) => ({ type: 'SRV', name, target, port })));
  }

  get hasA(): boolean {
    return this.#data.a !== undefined;
  }
  get hasAaaa(): boolean {
    return this.#data.aaaa !== undefined;
  }
  get hasSrv(): boolean {
    return this.#data.srv !== undefined;
  }
}

/** More changed names than this are put into a copy, bit by bit, which then takes the place of the names. */
const maxAtOnce = 1_000;
const namesPerTurn = 2_000;

/** The names as queries are answered from: those of the last state that was read. */
export class ExactZone {
  #names = new Map<string, ExactName>();
  #serial = 0;
  #generation = 0;

  /** SOA serial: when the last state was read, in seconds since 1970. */
  get serial(): number {
    return this.#serial;
  }

  /** Another number whenever a record changed. */
  get generation(): number {
    return this.#generation;
  }

  get size(): number {
    return this.#names.size;
  }

  find(name: string): ExactName | undefined {
    return this.#names.get(name);
  }

  /** All names, in no particular order. */
  names(): IterableIterator<ExactName> {
    return this.#names.values();
  }

  /**
   * Takes what changed over, all at once for whoever asks. `whole`: what is not among the changes is gone. `turn` lets others go on meanwhile; only
   * one change at a time may be under way.
   */
  async apply(
    changes: NameChanges,
    {
      whole,
      serial,
      turn,
    }: { readonly whole: boolean; readonly serial: number; readonly turn: () => Promise<unknown> },
  ): Promise<void> {
    const aside = whole || changes.length > maxAtOnce;
    let names = this.#names;
    let done = 0;
    const pause = async (): Promise<void> => {
      if (aside && ++done % namesPerTurn === 0) await turn();
    };
    if (aside) {
      names = new Map();
      if (!whole) {
        for (const [name, records] of this.#names) {
          names.set(name, records);
          await pause();
        }
      }
    }
    for (const [name, data] of changes) {
      if (data === null) names.delete(name);
      else names.set(name, new ExactName(name, data));
      if (aside) await pause();
    }
    this.#names = names;
    this.#serial = serial;
    if (changes.length > 0) this.#generation++;
  }
}
