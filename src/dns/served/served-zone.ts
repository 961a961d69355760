import type { Zone, ZoneSettings } from '../answer/zone.js';
import type { NameRecords } from '../records/record-set.js';
import type { AddressRecord, PtrRecord, SrvRecord } from '../records/record.js';
import type { ZoneSnapshot } from '../transfer/zone-records.js';
import { blockBytes, NameBlockReader, NameBlockWriter, srvCountOf, targetEntryAt } from './name-block.js';
import { NameTable } from './name-table.js';
import { maxWireNameBytes, writeWireName } from './wire-names.js';
import type { NameData, ZoneChange } from './zone-change.js';

/** One name of the zone as it was when it was looked up, in the form of the answer chain; made of octets as far as it is asked for. */
export class ServedName implements NameRecords {
  readonly name: string;
  readonly #block: NameBlockReader;

  constructor(name: string, block: NameBlockReader) {
    this.name = name;
    this.#block = block;
  }

  get A(): readonly AddressRecord[] {
    return this.#block.a.map((address) => ({ type: 'A', name: this.name, address }));
  }
  get AAAA(): readonly AddressRecord[] {
    return this.#block.aaaa.map((address) => ({ type: 'AAAA', name: this.name, address }));
  }
  get SRV(): readonly SrvRecord[] {
    const { name } = this;
    return this.#block.srv.map(([target, port]) => ({ type: 'SRV', name, target, port }));
  }
  get PTR(): readonly PtrRecord[] {
    return this.#block.ptr.map((target) => ({ type: 'PTR', name: this.name, target }));
  }
}

function readBlock(table: NameTable, block: number): NameBlockReader {
  const { bytes, words } = table.store;
  return new NameBlockReader(bytes.slice(block, block + blockBytes(words, block)));
}

function* namesOf(table: NameTable): Generator<ServedName, void, undefined> {
  for (const entry of table.entries()) {
    const block = table.dataOf(entry);
    if (block !== 0) yield new ServedName(table.textOf(entry), readBlock(table, block));
  }
}

/**
 * The zone as a process that answers queries has it: what it was told last. It is octets rather than objects (NameTable,
 * NameBlockWriter), which is a tenth of the memory, and replies are copied from there.
 */
export class ServedZone implements Zone {
  readonly settings: ZoneSettings;
  serial = 0;
  synced = false;
  staleSinceMs: number | null = null;
  readonly records = this;
  /** For those who read names as octets. */
  readonly table: NameTable;
  readonly #blocks: NameBlockWriter;
  readonly #reasons = new Map<string, string>();
  readonly #name = new Uint8Array(maxWireNameBytes);
  #size = 0;

  /** `seed`: any number; others should not know it. */
  constructor(settings: ZoneSettings, seed = Math.floor(Math.random() * 2 ** 31)) {
    this.settings = settings;
    this.table = new NameTable(seed);
    this.#blocks = new NameBlockWriter(settings);
  }

  /** Number of names. */
  get size(): number {
    return this.#size;
  }

  /** Names and targets that cannot be sent in a message are passed over. */
  apply(change: ZoneChange): void {
    for (const [name, data] of change.names) this.#set(name, data);
    for (const [name, reason] of change.reasons) this.#setReason(name, reason);
    this.serial = change.serial;
    this.synced = change.synced;
    this.staleSinceMs = change.staleSinceMs;
  }

  find(name: string): ServedName | undefined {
    const entry = this.#entryOf(name);
    const block = entry === 0 ? 0 : this.table.dataOf(entry);
    return block === 0 ? undefined : new ServedName(name, this.#read(block));
  }

  hasNamesBelow(name: string): boolean {
    const entry = this.#entryOf(name);
    return entry !== 0 && this.table.hasNamesBelow(entry);
  }

  /** Why the name does not have what somebody may expect. */
  reasonOf(name: string): string | undefined {
    return this.#reasons.get(name);
  }

  /** All names, in no particular order. Not to be gone on with after a change. */
  *names(): Generator<ServedName, void, undefined> {
    yield* namesOf(this.table);
  }

  /** The zone as it is now, whatever becomes of it: a copy of its octets, which takes a moment however many names there are. */
  snapshot(): ZoneSnapshot {
    const { settings, serial } = this;
    const table = this.table.copy();
    return { settings, serial, names: () => namesOf(table) };
  }

  #entryOf(name: string): number {
    const length = writeWireName(name, this.#name);
    return length === 0 ? 0 : this.table.find(this.#name, 0, length, this.table.hashOf(this.#name, 0, length));
  }

  #read(block: number): NameBlockReader {
    return readBlock(this.table, block);
  }

  #set(name: string, data: NameData | null): void {
    const { table } = this;
    const length = writeWireName(name, this.#name);
    if (length === 0) return;
    const entry = table.obtain(this.#name, 0, length);
    table.count(entry, 'targeted', 1); // stays until all is done, whatever lets go of it meanwhile
    const old = table.dataOf(entry);
    const block = data === null ? 0 : this.#store(data);
    table.setData(entry, block);
    if ((old === 0) !== (block === 0)) this.#countExisting(entry, block === 0 ? -1 : 1);
    if (old !== 0) this.#release(old);
    table.count(entry, 'targeted', -1);
    table.dropUnused(entry);
  }

  #setReason(name: string, reason: string | null): void {
    const { table } = this;
    const length = writeWireName(name, this.#name);
    if (length === 0) return;
    if (reason === null) this.#reasons.delete(name);
    else this.#reasons.set(name, reason);
    const entry = table.obtain(this.#name, 0, length);
    table.setHasReason(entry, reason !== null);
    table.dropUnused(entry);
  }

  /** Counts a name that came or went, here and at the names above it. */
  #countExisting(entry: number, change: 1 | -1): void {
    const { table } = this;
    this.#size += change;
    let at = table.nameAt(entry);
    let length = table.nameLength(entry);
    for (;;) {
      const label = (table.store.bytes[at] as number) + 1;
      at += label;
      length -= label;
      if (length === 1) return;
      const above = table.obtain(table.store.bytes, at, length);
      table.count(above, 'below', change);
      table.dropUnused(above);
    }
  }

  /** The new block for `data`; 0 when there is nothing in it. */
  #store(data: NameData): number {
    const { table } = this;
    const octets = this.#blocks.write(data, (bytes, start, length) => {
      const entry = table.obtain(bytes, start, length);
      table.count(entry, 'targeted', 1);
      return entry;
    });
    if (octets === undefined) return 0;
    const block = table.store.allocate(octets.length);
    table.store.bytes.set(octets, block);
    return block;
  }

  #release(block: number): void {
    const { table } = this;
    const { words } = table.store; // letting go of something moves nothing
    const targets = srvCountOf(words, block);
    for (let index = 0; index < targets; index++) {
      const target = targetEntryAt(words, block, index);
      table.count(target, 'targeted', -1);
      table.dropUnused(target);
    }
    table.store.release(block, blockBytes(words, block));
  }
}
