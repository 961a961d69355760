import { aaBit, cdBit, qrBit, raBit, rdBit, tcBit } from '../answer/header-bits.js';
import { ednsUdpPayloadBytes, extendedError, plainUdpPayloadBytes, rcode, rrType } from '../answer/protocol.js';
import { staleText } from '../answer/zone-error.js';
import type { ClientPolicy } from '../policy/client-policy.js';
import {
  aaaaRecordBytes,
  aRecordBytes,
  headBytes,
  recordHeadBytes,
  srvEntryBytes,
  srvTargetOffset,
} from '../served/name-block.js';
import type { ServedZone } from '../served/served-zone.js';
import { maxWireNameBytes, writeWireName } from '../served/wire-names.js';
import { NegativeRecord } from './negative-record.js';
import { QuestionReader } from './question-reader.js';
import { copyOctets, ReplyRoom } from './reply-room.js';

const optBytes = 11;
const pointerBytes = 2;
/** RFC 8914 §2: the number of the option; its head, and the number of the error. */
const errorOption = 15;
const errorHeadBytes = 6;

/** Types with a meaning of their own beyond "records of this type", from 128 to 255 (RFC 6895 §3.1). */
const firstMetaType = 128;
const lastMetaType = 255;

/** Whether a name without records of this type has nothing to say to the question. */
function isOrdinary(type: number): boolean {
  switch (type) {
    case 0:
    case rrType.PTR:
    case rrType.OPT:
      return false;
    default:
      return type < firstMetaType || type > lastMetaType;
  }
}

/**
 * Answers plain questions about names of the zone with what the zone keeps ready for messages: the same as the answer chain
 * says (decide.ts), without a promise, a closure or an object per query. For everything else it has no answer.
 */
export class FastAnswers {
  readonly #zone: ServedZone;
  readonly #policy: ClientPolicy | undefined;
  readonly #setTruncateBit: boolean;
  readonly #random: () => number;
  readonly #question: QuestionReader;
  readonly #negative: NegativeRecord;
  /** The zone's name, as a message has it. */
  readonly #apex: Uint8Array;
  readonly #room = new ReplyRoom();
  // Of the reply that is written:
  #at = 0;
  /** It may be so long, without its OPT record. */
  #limit = 0;
  #answers = 0;
  #authorities = 0;
  #additionals = 0;
  #rcode: number = rcode.NOERROR;
  #truncated = false;
  /** What is said of the zone since then. */
  #staleSinceMs: number | null = null;
  #staleText: Uint8Array = new Uint8Array();

  constructor(options: {
    readonly zone: ServedZone;
    /** Who may have other names looked up; absent: nobody, or there is nobody to ask for them. */
    readonly recursion?: ClientPolicy | undefined;
    readonly setTruncateBit: boolean;
    /** In [0, 1); decides the order of records. */
    readonly random: () => number;
  }) {
    const { zone } = options;
    this.#zone = zone;
    this.#policy = options.recursion;
    this.#setTruncateBit = options.setTruncateBit;
    this.#random = options.random;
    this.#question = new QuestionReader(zone.table.seed);
    this.#negative = new NegativeRecord(zone.settings);
    const apex = new Uint8Array(maxWireNameBytes);
    this.#apex = apex.subarray(0, writeWireName(zone.settings.domain, apex));
  }

  /** The reply to a query over UDP, good until the next call; undefined: it takes more to answer this. */
  answer(query: Uint8Array, address: string): Buffer | undefined {
    const question = this.#question;
    const zone = this.#zone;
    if (!zone.synced || !question.read(query) || !isOrdinary(question.type) || !this.#isBelowApex()) return undefined;
    const entry = zone.table.find(question.name, 0, question.nameLength, question.hash);
    if (question.hasEdns && entry !== 0 && zone.table.hasReason(entry)) return undefined;
    this.#begin(query);
    if (!this.#writeAnswers(entry) && !this.#writeNothing(entry)) return undefined;
    return this.#finish(query, address);
  }

  /** What `answer` returned last stays as it is. */
  keepLast(): void {
    this.#room.renew();
  }

  #isBelowApex(): boolean {
    const { name, nameLength } = this.#question;
    const apex = this.#apex;
    const start = nameLength - apex.length;
    if (start <= 0 || apex.length === 0) return false;
    for (let i = 0; i < apex.length; i++) if (name[start + i] !== apex[i]) return false;
    let label = 0;
    while (label < start) label += (name[label] as number) + 1;
    return label === start;
  }

  #begin(query: Uint8Array): void {
    const { end, hasEdns, payloadBytes } = this.#question;
    const { bytes } = this.#room;
    for (let i = 0; i < end; i++) bytes[i] = query[i] as number;
    this.#at = end;
    this.#limit = hasEdns
      ? Math.min(Math.max(payloadBytes, plainUdpPayloadBytes), ednsUdpPayloadBytes) - optBytes
      : plainUdpPayloadBytes;
    this.#answers = 0;
    this.#authorities = 0;
    this.#additionals = 0;
    this.#rcode = rcode.NOERROR;
    this.#truncated = false;
  }

  #finish(query: Uint8Array, address: string): Buffer {
    const { bytes } = this.#room;
    const { hasEdns, dnssecOk } = this.#question;
    const tc = this.#truncated && this.#setTruncateBit ? tcBit : 0;
    const ra = this.#policy?.rightsOf(address).mayRecurse === true ? raBit : 0;
    const rd = (query[2] as number) & rdBit;
    const cd = (query[3] as number) & cdBit;
    bytes[2] = qrBit | aaBit | tc | rd;
    bytes[3] = ra | cd | this.#rcode;
    bytes[6] = this.#answers >>> 8;
    bytes[7] = this.#answers & 0xff;
    bytes[8] = 0;
    bytes[9] = this.#authorities;
    bytes[10] = 0;
    bytes[11] = this.#additionals;
    let at = this.#at;
    if (hasEdns) {
      bytes[11] = this.#additionals + 1;
      bytes[at] = 0;
      bytes[at + 1] = 0;
      bytes[at + 2] = rrType.OPT;
      bytes[at + 3] = ednsUdpPayloadBytes >>> 8;
      bytes[at + 4] = ednsUdpPayloadBytes & 0xff;
      bytes[at + 5] = 0;
      bytes[at + 6] = 0;
      bytes[at + 7] = dnssecOk ? 0x80 : 0;
      bytes[at + 8] = 0;
      const optionBytes = this.#zone.staleSinceMs === null ? 0 : this.#writeStale(this.#zone.staleSinceMs);
      bytes[at + 9] = optionBytes >>> 8;
      bytes[at + 10] = optionBytes & 0xff;
      at += optBytes + optionBytes;
    }
    return this.#room.view(at);
  }

  /**
   * Behind the OPT record: that the zone is old, in the room that the records leave, without a part of the text or not at all, as encode.ts has
   * it; returns how many octets that are.
   */
  #writeStale(staleSinceMs: number): number {
    const room = this.#limit - this.#at;
    if (room < errorHeadBytes) return 0;
    if (staleSinceMs !== this.#staleSinceMs) {
      this.#staleSinceMs = staleSinceMs;
      this.#staleText = Buffer.from(staleText(staleSinceMs), 'latin1');
    }
    const { bytes } = this.#room;
    const length = Math.min(room - errorHeadBytes, this.#staleText.length);
    const at = this.#at + optBytes;
    bytes[at] = 0;
    bytes[at + 1] = errorOption;
    bytes[at + 2] = (length + 2) >>> 8;
    bytes[at + 3] = (length + 2) & 0xff;
    bytes[at + 4] = 0;
    bytes[at + 5] = this.#rcode === rcode.NXDOMAIN ? extendedError.STALE_NXDOMAIN : extendedError.STALE_ANSWER;
    copyOctets(bytes, at + errorHeadBytes, this.#staleText, 0, length);
    return errorHeadBytes + length;
  }

  /** False when there are no records of the type asked for. */
  #writeAnswers(entry: number): boolean {
    const { table } = this.#zone;
    const block = entry === 0 ? 0 : table.dataOf(entry);
    if (block === 0) return false;
    const { words } = table.store;
    const head = block >> 2;
    const addresses = block + headBytes + (words[head + 2] as number) * srvEntryBytes;
    switch (this.#question.type) {
      case rrType.A:
        return this.#writeAddresses(addresses, words[head] as number, aRecordBytes);
      case rrType.AAAA: {
        const at = addresses + (words[head] as number) * aRecordBytes;
        return this.#writeAddresses(at, words[head + 1] as number, aaaaRecordBytes);
      }
      case rrType.SRV:
        return this.#writeServices(block, words[head + 2] as number);
      default:
        return false;
    }
  }

  /** Where a rotation begins. */
  #startOf(count: number): number {
    return count === 1 ? 0 : Math.floor(this.#random() * count);
  }

  #writeAddresses(first: number, count: number, recordBytes: number): boolean {
    if (count === 0) return false;
    const { bytes } = this.#zone.table.store;
    const start = this.#startOf(count);
    const fitting = Math.min(count, Math.floor((this.#limit - this.#at) / recordBytes));
    const end = Math.min(count, start + fitting);
    const room = this.#room.bytes;
    const at = copyOctets(room, this.#at, bytes, first + start * recordBytes, first + end * recordBytes);
    this.#at = copyOctets(room, at, bytes, first, first + (fitting - (end - start)) * recordBytes);
    this.#answers = fitting;
    this.#truncated = fitting < count;
    return true;
  }

  #writeServices(block: number, count: number): boolean {
    if (count === 0) return false;
    const start = this.#startOf(count);
    const first = this.#at;
    const written = this.#copyServices(block, count, start);
    this.#answers = written;
    this.#truncated = written < count;
    if (!this.#truncated) this.#writeGlue(block, count, start, first);
    return true;
  }

  /** Copies SRV records from `start` on, those before it behind the last, as far as there is room; returns how many. */
  #copyServices(block: number, count: number, start: number): number {
    const end = this.#copyServicesBetween(block, start, count);
    if (end < count) return end - start;
    return end - start + this.#copyServicesBetween(block, 0, start);
  }

  /** Copies SRV records as far as there is room, in one piece; returns the index behind the last one. */
  #copyServicesBetween(block: number, start: number, end: number): number {
    const first = this.#serviceAt(block, start);
    const last = first + this.#limit - this.#at;
    let behind = first;
    let index = start;
    for (; index < end; index++) {
      const next = this.#serviceEnd(block, index);
      if (next > last) break;
      behind = next;
    }
    this.#at = copyOctets(this.#room.bytes, this.#at, this.#zone.table.store.bytes, first, behind);
    return index;
  }

  #serviceAt(block: number, index: number): number {
    return block + (this.#zone.table.store.words[(block + headBytes + index * srvEntryBytes) >> 2] as number);
  }

  #serviceEnd(block: number, index: number): number {
    const { bytes } = this.#zone.table.store;
    const at = this.#serviceAt(block, index) + recordHeadBytes;
    return at + ((bytes[at - 2] as number) << 8) + (bytes[at - 1] as number);
  }

  /**
   * One IPv4 and one IPv6 address of each target, as far as there is room: behind SRV records that are all there, rotated, from
   * `first` on. The owner is a pointer to the target in its first record.
   */
  #writeGlue(block: number, count: number, start: number, first: number): void {
    const { table } = this.#zone;
    const { words } = table.store;
    let record = first;
    for (let i = 0; i < count; i++) {
      const index = start + i < count ? start + i : start + i - count;
      const target = words[((block + headBytes + index * srvEntryBytes) >> 2) + 1] as number;
      if ((target & 1) === 1 && !this.#writeAddressesOf(table.dataOf(target - 1), record + srvTargetOffset)) return;
      record += this.#serviceEnd(block, index) - this.#serviceAt(block, index);
    }
  }

  /** False when there is no room for one of them. */
  #writeAddressesOf(block: number, ownerAt: number): boolean {
    if (block === 0) return true;
    const { words } = this.#zone.table.store;
    const head = block >> 2;
    const a = words[head] as number;
    const aaaa = words[head + 1] as number;
    const first = block + headBytes + (words[head + 2] as number) * srvEntryBytes;
    return (
      (a === 0 || this.#writeOneOf(first, a, aRecordBytes, ownerAt)) &&
      (aaaa === 0 || this.#writeOneOf(first + a * aRecordBytes, aaaa, aaaaRecordBytes, ownerAt))
    );
  }

  #writeOneOf(first: number, count: number, recordBytes: number, ownerAt: number): boolean {
    const at = this.#at;
    if (at + recordBytes > this.#limit) return false;
    const record = first + this.#startOf(count) * recordBytes;
    const room = this.#room.bytes;
    room[at] = 0xc0 | (ownerAt >>> 8);
    room[at + 1] = ownerAt & 0xff;
    const { bytes } = this.#zone.table.store;
    this.#at = copyOctets(room, at + pointerBytes, bytes, record + pointerBytes, record + recordBytes);
    this.#additionals++;
    return true;
  }

  /** NODATA or NXDOMAIN; false when the SOA record has no room. */
  #writeNothing(entry: number): boolean {
    const { table, serial } = this.#zone;
    if (this.#at + this.#negative.length > this.#limit) return false;
    const exists = entry !== 0 && (table.dataOf(entry) !== 0 || table.hasNamesBelow(entry));
    this.#rcode = exists ? rcode.NOERROR : rcode.NXDOMAIN;
    const { nameLength } = this.#question;
    const domainAt = 12 + nameLength - this.#apex.length;
    this.#at = this.#negative.write(this.#room.bytes, this.#at, domainAt, serial);
    this.#authorities = 1;
    return true;
  }
}
