import { OctetStore } from './octet-store.js';
import { hashOctets, wireNameText } from './wire-names.js';

/** Words of an entry; the name in the form of a message follows them. */
const word = { hash: 0, data: 1, below: 2, targeted: 3, hasReason: 4, nameLength: 5 } as const;
const headBytes = 24;
const initialSlots = 1024;

/**
 * Names, by their octets, in one piece of memory. There is an entry for each name that has records, is the target of some, is
 * above another name, or has a reason told; it stays where it is as long as one of that is so. An entry is a number, never 0.
 * The octets of names are compared as they are; lengths count the root's octet.
 */
export class NameTable {
  readonly store: OctetStore;
  /** What hashes begin with: a guess at names that fall onto the same place is worth nothing elsewhere. */
  readonly seed: number;
  /** Pairs of hash and entry (0: free), at the hash or behind it; never more than half full. */
  #slots = new Int32Array(2 * initialSlots);
  #size = 0;

  constructor(seed: number, store = new OctetStore()) {
    this.seed = seed;
    this.store = store;
  }

  /** The entry of the name at `start`; 0: there is none. `hash`: as `hashOf`. */
  find(bytes: Uint8Array, start: number, length: number, hash: number): number {
    const slots = this.#slots;
    const mask = slots.length - 1;
    for (let slot = (hash << 1) & mask; ; slot = (slot + 2) & mask) {
      const entry = slots[slot + 1] as number;
      if (entry === 0) return 0;
      if (slots[slot] === hash && this.#hasName(entry, bytes, start, length)) return entry;
    }
  }

  /** The entry of the name at `start`, which may be a new one that nothing needs yet. */
  obtain(bytes: Uint8Array, start: number, length: number): number {
    const hash = this.hashOf(bytes, start, length);
    const found = this.find(bytes, start, length, hash);
    if (found !== 0) return found;
    const entry = this.store.allocate(headBytes + length);
    const { words } = this.store;
    words.fill(0, entry >> 2, (entry + headBytes) >> 2);
    words[(entry >> 2) + word.hash] = hash;
    words[(entry >> 2) + word.nameLength] = length;
    // The name may itself be in the store, which may have moved; what `bytes` shows is still the name.
    for (let i = 0; i < length; i++) this.store.bytes[entry + headBytes + i] = bytes[start + i] as number;
    if (++this.#size * 4 > this.#slots.length) this.#enlarge();
    this.#put(hash, entry);
    return entry;
  }

  hashOf(bytes: Uint8Array, start: number, length: number): number {
    return hashOctets(bytes, start, start + length - 1, this.seed);
  }

  /** Forgets an entry that nothing needs any more. */
  dropUnused(entry: number): void {
    const { words } = this.store;
    const at = entry >> 2;
    if (words[at + word.data] !== 0 || words[at + word.below] !== 0) return;
    if (words[at + word.targeted] !== 0 || words[at + word.hasReason] !== 0) return;
    this.#take(entry, words[at + word.hash] as number);
    this.#size--;
    this.store.release(entry, headBytes + this.nameLength(entry));
  }

  /** The block with the records of the name; 0: it has none. */
  dataOf(entry: number): number {
    return this.store.words[(entry >> 2) + word.data] as number;
  }

  setData(entry: number, data: number): void {
    this.store.words[(entry >> 2) + word.data] = data;
  }

  /** Whether there are names with records below it: what makes it an empty non-terminal (RFC 8020). */
  hasNamesBelow(entry: number): boolean {
    return this.store.words[(entry >> 2) + word.below] !== 0;
  }

  hasReason(entry: number): boolean {
    return this.store.words[(entry >> 2) + word.hasReason] !== 0;
  }

  setHasReason(entry: number, hasReason: boolean): void {
    this.store.words[(entry >> 2) + word.hasReason] = hasReason ? 1 : 0;
  }

  /** Counts names below an entry, or records that point to it. */
  count(entry: number, what: 'below' | 'targeted', change: 1 | -1): void {
    const at = (entry >> 2) + word[what];
    this.store.words[at] = (this.store.words[at] as number) + change;
  }

  /** Where the name is in the store. */
  nameAt(entry: number): number {
    return entry + headBytes;
  }

  nameLength(entry: number): number {
    return this.store.words[(entry >> 2) + word.nameLength] as number;
  }

  textOf(entry: number): string {
    return wireNameText(this.store.bytes, this.nameAt(entry));
  }

  /** The same names, to be read from; what becomes of this table changes nothing there. */
  copy(): NameTable {
    const copy = new NameTable(this.seed, this.store.copy());
    copy.#slots = this.#slots.slice();
    copy.#size = this.#size;
    return copy;
  }

  /** All entries, in no particular order, as long as none comes or goes. */
  *entries(): Generator<number, void, undefined> {
    for (let slot = 1; slot < this.#slots.length; slot += 2) {
      const entry = this.#slots[slot] as number;
      if (entry !== 0) yield entry;
    }
  }

  #hasName(entry: number, bytes: Uint8Array, start: number, length: number): boolean {
    if (this.nameLength(entry) !== length) return false;
    const own = this.store.bytes;
    const at = entry + headBytes;
    for (let i = 0; i < length; i++) if (own[at + i] !== bytes[start + i]) return false;
    return true;
  }

  #put(hash: number, entry: number): void {
    const slots = this.#slots;
    const mask = slots.length - 1;
    let slot = (hash << 1) & mask;
    while (slots[slot + 1] !== 0) slot = (slot + 2) & mask;
    slots[slot] = hash;
    slots[slot + 1] = entry;
  }

  /** Frees an entry's slot and moves those behind it that were not put where they belong, so that no search ends too early. */
  #take(entry: number, hash: number): void {
    const slots = this.#slots;
    const mask = slots.length - 1;
    let free = (hash << 1) & mask;
    while (slots[free + 1] !== entry) free = (free + 2) & mask;
    for (let slot = (free + 2) & mask; slots[slot + 1] !== 0; slot = (slot + 2) & mask) {
      const home = ((slots[slot] as number) << 1) & mask;
      if (((slot - home) & mask) < ((slot - free) & mask)) continue;
      slots[free] = slots[slot] as number;
      slots[free + 1] = slots[slot + 1] as number;
      free = slot;
    }
    slots[free + 1] = 0;
  }

  #enlarge(): void {
    const old = this.#slots;
    this.#slots = new Int32Array(old.length * 2);
    for (let slot = 0; slot < old.length; slot += 2) {
      const entry = old[slot + 1] as number;
      if (entry !== 0) this.#put(old[slot] as number, entry);
    }
  }
}
