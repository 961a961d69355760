import { ipAddressOctets, parseIpAddress } from '../../common/ip-address.js';
import { rrClass, rrType } from '../answer/protocol.js';
import type { ZoneSettings } from '../answer/zone.js';
import { maxWireNameBytes, wireNameText, writeWireName } from './wire-names.js';
import type { NameData } from './zone-change.js';

/**
 * The records of one name in one block of octets, those of a type one after the other as they are sent: the owner is a pointer
 * to the question, which is the first name of every message.
 *
 *     number of A, AAAA and SRV records, octets of the block (a word of 32 bits each)
 *     for each SRV record: where it begins in the block; the target's entry, plus 1 at the first record with this target
 *     A records, AAAA records, SRV records, PTR records
 */
export const headBytes = 16;
export const srvEntryBytes = 8;
export const aRecordBytes = 16;
export const aaaaRecordBytes = 28;
/** Owner, type, class, TTL and length of the data. */
export const recordHeadBytes = 12;
/** In front of an SRV record's target. */
export const srvTargetOffset = recordHeadBytes + 6;

/** A pointer to the question's name (RFC 1035 §4.1.4). */
const questionPointer = 0xc00c;
/** Larger values are not for TTLs (RFC 2181 §8). */
const maxTtlSeconds = 0x7fffffff;

/** How long the block at `block` is. */
export function blockBytes(words: Int32Array, block: number): number {
  return words[(block >> 2) + 3] as number;
}

/** The entry of the target of an SRV record of the block at `block`. */
export function targetEntryAt(words: Int32Array, block: number, index: number): number {
  return (words[((block + headBytes + index * srvEntryBytes) >> 2) + 1] as number) & ~1;
}

export function srvCountOf(words: Int32Array, block: number): number {
  return words[(block >> 2) + 2] as number;
}

/** A dotted IPv4 address as a number; -1 for any other text. */
function ipv4Number(text: string): number {
  let number = 0;
  let part = -1;
  let dots = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 0x2e) {
      if (part < 0 || ++dots > 3) return -1;
      number = number * 256 + part;
      part = -1;
    } else {
      // No digit, or one behind a leading zero
      if (code < 0x30 || code > 0x39 || part === 0) return -1;
      part = Math.max(part, 0) * 10 + code - 0x30;
      if (part > 255) return -1;
    }
  }
  return dots === 3 && part >= 0 ? number * 256 + part : -1;
}

/** What of `data` can be sent. */
function sendable({ a = [], aaaa = [], srv = [], ptr = [] }: NameData): NameData {
  const scratch = new Uint8Array(maxWireNameBytes);
  return {
    a: a.filter((address) => ipv4Number(address) >= 0),
    aaaa: aaaa.filter((address) => parseIpAddress(address)?.family === 6),
    srv: srv.filter(([target]) => writeWireName(target, scratch) > 0),
    ptr: ptr.filter((target) => writeWireName(target, scratch) > 0),
  };
}

/** From so many SRV records on, targets that were there before are looked for in a set. */
const manyTargets = 16;

/** The entry of the name at `start`. */
export type TargetEntry = (bytes: Uint8Array, start: number, length: number) => number;

/** Makes blocks. It has one piece of memory for all, so what it returns is good until the next is made. */
export class NameBlockWriter {
  readonly #ttlSeconds: number;
  readonly #srvWeight: number;
  /** Both show the same memory. */
  #bytes = new Uint8Array(4096);
  #words = new Int32Array(this.#bytes.buffer);
  #end = 0;

  constructor({ ttlSeconds, srvWeight }: Pick<ZoneSettings, 'ttlSeconds' | 'srvWeight'>) {
    this.#ttlSeconds = Math.min(ttlSeconds, maxTtlSeconds);
    this.#srvWeight = srvWeight;
  }

  /**
   * The block for `data`; undefined when nothing of it can be sent. Texts that are no address or no name are left out.
   * `targetEntry` gives the entry (even) of a target, once per SRV record.
   */
  write(data: NameData, targetEntry: TargetEntry): Uint8Array | undefined {
    if (!this.#writeRecords(data)) this.#writeRecords(sendable(data));
    if (this.#end === headBytes) return undefined;
    this.#writeTargets(this.#words[2] as number, targetEntry);
    return this.#bytes.subarray(0, this.#end);
  }

  /** All but the entries of targets. False when something cannot be sent. */
  #writeRecords({ a, aaaa, srv, ptr }: NameData): boolean {
    const services = srv === undefined ? 0 : srv.length;
    this.#end = 0;
    this.#reserve(headBytes + services * srvEntryBytes);
    this.#end = headBytes + services * srvEntryBytes;
    if (a !== undefined) for (const address of a) if (!this.#writeA(address)) return false;
    if (aaaa !== undefined) for (const address of aaaa) if (!this.#writeAaaa(address)) return false;
    for (let i = 0; srv !== undefined && i < srv.length; i++) {
      const [target, port] = srv[i] as readonly [string, number];
      const record = this.#end;
      if (!this.#writeSrv(target, port)) return false;
      this.#words[(headBytes + i * srvEntryBytes) >> 2] = record;
    }
    if (ptr !== undefined) for (const target of ptr) if (!this.#writePtr(target)) return false;
    this.#words[0] = a === undefined ? 0 : a.length;
    this.#words[1] = aaaa === undefined ? 0 : aaaa.length;
    this.#words[2] = services;
    this.#words[3] = this.#end;
    return true;
  }

  #writeTargets(count: number, targetEntry: TargetEntry): void {
    const seen = count > manyTargets ? new Set<number>() : undefined;
    for (let index = 0; index < count; index++) {
      const at = (headBytes + index * srvEntryBytes) >> 2;
      const record = this.#words[at] as number;
      const length = uint16(this.#bytes, record + recordHeadBytes - 2) + recordHeadBytes - srvTargetOffset;
      const entry = targetEntry(this.#bytes, record + srvTargetOffset, length);
      const isKnown = seen === undefined ? this.#hasTarget(entry, index) : seen.has(entry);
      seen?.add(entry);
      this.#words[at + 1] = isKnown ? entry : entry + 1;
    }
  }

  /** Whether one of the SRV records before has this target. */
  #hasTarget(entry: number, before: number): boolean {
    for (let index = 0; index < before; index++) {
      if (((this.#words[((headBytes + index * srvEntryBytes) >> 2) + 1] as number) & ~1) === entry) return true;
    }
    return false;
  }

  #writeA(address: string): boolean {
    const number = ipv4Number(address);
    if (number < 0) return false;
    this.#writeHead(rrType.A, 4);
    this.#put(number >>> 16);
    this.#put(number & 0xffff);
    return true;
  }

  #writeAaaa(address: string): boolean {
    if (parseIpAddress(address)?.family !== 6) return false;
    this.#writeHead(rrType.AAAA, 16);
    const octets = ipAddressOctets(address);
    this.#bytes.set(octets, this.#end);
    this.#end += octets.length;
    return true;
  }

  #writeSrv(target: string, port: number): boolean {
    this.#writeHead(rrType.SRV, 6 + maxWireNameBytes);
    const data = this.#end;
    this.#put(0);
    this.#put(this.#srvWeight);
    this.#put(port);
    return this.#writeName(target, data);
  }

  #writePtr(target: string): boolean {
    this.#writeHead(rrType.PTR, maxWireNameBytes);
    return this.#writeName(target, this.#end);
  }

  /** The head of a record with room for so many octets of data. */
  #writeHead(type: number, dataBytes: number): void {
    this.#reserve(recordHeadBytes + dataBytes);
    this.#put(questionPointer);
    this.#put(type);
    this.#put(rrClass.IN);
    this.#put(this.#ttlSeconds >>> 16);
    this.#put(this.#ttlSeconds & 0xffff);
    this.#put(dataBytes);
  }

  /** The last name in the data of a record, which begins at `data` and is now known to be so long. */
  #writeName(name: string, data: number): boolean {
    const length = writeWireName(name, this.#bytes, this.#end);
    this.#end += length;
    const dataBytes = this.#end - data;
    this.#bytes[data - 2] = dataBytes >>> 8;
    this.#bytes[data - 1] = dataBytes & 0xff;
    return length > 0;
  }

  #put(value: number): void {
    this.#bytes[this.#end] = (value >>> 8) & 0xff;
    this.#bytes[this.#end + 1] = value & 0xff;
    this.#end += 2;
  }

  #reserve(length: number): void {
    if (this.#end + length <= this.#bytes.length) return;
    // A multiple of four, as words need it.
    const larger = new Uint8Array(Math.max(this.#bytes.length * 2, (this.#end + length + 3) & ~3));
    larger.set(this.#bytes);
    this.#bytes = larger;
    this.#words = new Int32Array(larger.buffer);
  }
}

function uint16(bytes: Uint8Array, at: number): number {
  return ((bytes[at] as number) << 8) | (bytes[at + 1] as number);
}

/** What is in a block, read from a copy of it: it stays as it is whatever becomes of the name. */
export class NameBlockReader {
  readonly #bytes: Buffer;
  readonly #words: Int32Array;

  constructor(block: Uint8Array) {
    this.#bytes = Buffer.from(block.buffer, block.byteOffset, block.byteLength);
    this.#words = new Int32Array(block.buffer, block.byteOffset, block.byteLength >> 2);
  }

  get a(): string[] {
    return Array.from({ length: this.#word(0) }, (_, index) => {
      const at = this.#addressesAt + index * aRecordBytes + recordHeadBytes;
      return this.#bytes.subarray(at, at + 4).join('.');
    });
  }

  get aaaa(): string[] {
    return Array.from({ length: this.#word(1) }, (_, index) => {
      const at = this.#addressesAt + this.#word(0) * aRecordBytes + index * aaaaRecordBytes + recordHeadBytes;
      const groups = Array.from({ length: 8 }, (_, group) => this.#bytes.readUInt16BE(at + 2 * group).toString(16));
      const text = groups.join(':');
      return parseIpAddress(text)?.address ?? text;
    });
  }

  get srv(): [target: string, port: number][] {
    return Array.from({ length: this.#word(2) }, (_, index) => {
      const at = this.#srvAt(index);
      return [wireNameText(this.#bytes, at + srvTargetOffset), this.#bytes.readUInt16BE(at + srvTargetOffset - 2)];
    });
  }

  get ptr(): string[] {
    const names: string[] = [];
    for (let at = this.#ptrAt; at < this.#word(3); at = this.#recordEnd(at)) {
      names.push(wireNameText(this.#bytes, at + recordHeadBytes));
    }
    return names;
  }

  get #addressesAt(): number {
    return headBytes + this.#word(2) * srvEntryBytes;
  }

  get #ptrAt(): number {
    const srvCount = this.#word(2);
    if (srvCount > 0) return this.#recordEnd(this.#srvAt(srvCount - 1));
    return this.#addressesAt + this.#word(0) * aRecordBytes + this.#word(1) * aaaaRecordBytes;
  }

  #srvAt(index: number): number {
    return this.#word((headBytes + index * srvEntryBytes) / 4);
  }

  #recordEnd(at: number): number {
    return at + recordHeadBytes + this.#bytes.readUInt16BE(at + recordHeadBytes - 2);
  }

  #word(index: number): number {
    return this.#words[index] as number;
  }
}
