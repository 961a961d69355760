import { shown } from './name-entry.js';
import type { NameEntry, Slot, Tally } from './name-entry.js';
import type { RecordType } from './record.js';

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
