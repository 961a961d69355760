import type { Zone, ZoneSettings } from '../answer/zone.js';
import type { NameRecords } from '../records/record-set.js';
import type { AddressRecord, SrvRecord } from '../records/record.js';
import { ancestorsOf } from './ancestors.js';
import type { NameData, ZoneChange } from './zone-change.js';

/** One name of the zone, with its records as they came and, made when they are asked for, in the form of the answer chain. */
export class ServedName implements NameRecords {
  readonly name: string;
  readonly data: NameData;
  #a: readonly AddressRecord[] | undefined;
  #aaaa: readonly AddressRecord[] | undefined;
  #srv: readonly SrvRecord[] | undefined;

  constructor(name: string, data: NameData) {
    this.name = name;
    this.data = data;
  }

  get A(): readonly AddressRecord[] {
    return (this.#a ??= (this.data.a ?? []).map((address) => ({ type: 'A', name: this.name, address })));
  }
  get AAAA(): readonly AddressRecord[] {
    return (this.#aaaa ??= (this.data.aaaa ?? []).map((address) => ({ type: 'AAAA', name: this.name, address })));
  }
  get SRV(): readonly SrvRecord[] {
    const { name } = this;
    return (this.#srv ??= (this.data.srv ?? []).map(([target, port]) => ({ type: 'SRV', name, target, port })));
  }
}

/** The zone as a process that answers queries has it: what it was told last. A name that changes is another object. */
export class ServedZone implements Zone {
  readonly settings: ZoneSettings;
  serial = 0;
  synced = false;
  staleSinceMs: number | null = null;
  readonly records = this;
  readonly #names = new Map<string, ServedName>();
  /** How many names exist below a name: what makes it an empty non-terminal (RFC 8020). */
  readonly #below = new Map<string, number>();
  readonly #reasons = new Map<string, string>();

  constructor(settings: ZoneSettings) {
    this.settings = settings;
  }

  /** Number of names. */
  get size(): number {
    return this.#names.size;
  }

  apply(change: ZoneChange): void {
    for (const [name, data] of change.names) this.#set(name, data);
    for (const [name, reason] of change.reasons) {
      if (reason === null) this.#reasons.delete(name);
      else this.#reasons.set(name, reason);
    }
    this.serial = change.serial;
    this.synced = change.synced;
    this.staleSinceMs = change.staleSinceMs;
  }

  find(name: string): ServedName | undefined {
    return this.#names.get(name);
  }

  hasNamesBelow(name: string): boolean {
    return this.#below.has(name);
  }

  /** Why the name does not have what somebody may expect. */
  reasonOf(name: string): string | undefined {
    return this.#reasons.get(name);
  }

  /** All names, in no particular order. */
  names(): IterableIterator<ServedName> {
    return this.#names.values();
  }

  #set(name: string, data: NameData | null): void {
    const existed = this.#names.has(name);
    if (data !== null) this.#names.set(name, new ServedName(name, data));
    else this.#names.delete(name);
    if (existed === (data !== null)) return;
    for (const above of ancestorsOf(name)) {
      const count = (this.#below.get(above) ?? 0) + (existed ? -1 : 1);
      if (count > 0) this.#below.set(above, count);
      else this.#below.delete(above);
    }
  }
}
