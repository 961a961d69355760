import { isIPv4 } from 'node:net';
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

/** Makes blocks. It has one piece of memory for all, so what it returns is good until the next is made. */
export class NameBlockWriter {
  readonly #ttlSeconds: number;
  readonly #srvWeight: number;
  /** Both show the same memory. */
  #bytes = Buffer.from(new ArrayBuffer(4096));
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
  write(data: NameData, targetEntry: (name: Uint8Array, length: number) => number): Uint8Array | undefined {
    const a = (data.a ?? []).filter((address) => isIPv4(address));
    const aaaa = (data.aaaa ?? []).filter((address) => parseIpAddress(address)?.family === 6);
    const name = new Uint8Array(maxWireNameBytes);
    const srv = (data.srv ?? []).filter(([target]) => writeWireName(target, name) > 0);
    const ptr = (data.ptr ?? []).filter((target) => writeWireName(target, name) > 0);
    if (a.length + aaaa.length + srv.length + ptr.length === 0) return undefined;

    this.#end = 0;
    this.#reserve(headBytes + srv.length * srvEntryBytes);
    this.#end = headBytes + srv.length * srvEntryBytes;
    for (const address of a) this.#writeA(address);
    for (const address of aaaa) this.#writeAaaa(address);
    const seen = new Set<number>();
    srv.forEach(([target, port], index) => {
      const length = writeWireName(target, name);
      const entry = targetEntry(name, length);
      const record = this.#end;
      this.#writeSrv(name, length, port);
      this.#words.set([record, seen.has(entry) ? entry : entry + 1], (headBytes + index * srvEntryBytes) >> 2);
      seen.add(entry);
    });
    for (const target of ptr) this.#writePtr(name, writeWireName(target, name));
    this.#words.set([a.length, aaaa.length, srv.length, this.#end]);
    return this.#bytes.subarray(0, this.#end);
  }

  #writeA(address: string): void {
    this.#writeHead(rrType.A, 4);
    let part = 0;
    for (let i = 0; i < address.length; i++) {
      const code = address.charCodeAt(i);
      if (code === 0x2e) {
        this.#bytes[this.#end++] = part;
        part = 0;
      } else {
        part = part * 10 + code - 0x30;
      }
    }
    this.#bytes[this.#end++] = part;
  }

  #writeAaaa(address: string): void {
    this.#writeHead(rrType.AAAA, 16);
    const octets = ipAddressOctets(address);
    this.#bytes.set(octets, this.#end);
    this.#end += octets.length;
  }

  #writeSrv(target: Uint8Array, length: number, port: number): void {
    this.#writeHead(rrType.SRV, 6 + length);
    const at = this.#end;
    this.#bytes.writeUInt16BE(0, at);
    this.#bytes.writeUInt16BE(this.#srvWeight & 0xffff, at + 2);
    this.#bytes.writeUInt16BE(port & 0xffff, at + 4);
    this.#end = at + 6;
    this.#writeName(target, length);
  }

  #writePtr(target: Uint8Array, length: number): void {
    this.#writeHead(rrType.PTR, length);
    this.#writeName(target, length);
  }

  #writeHead(type: number, dataBytes: number): void {
    this.#reserve(recordHeadBytes + dataBytes);
    const at = this.#end;
    this.#bytes.writeUInt16BE(questionPointer, at);
    this.#bytes.writeUInt16BE(type, at + 2);
    this.#bytes.writeUInt16BE(rrClass.IN, at + 4);
    this.#bytes.writeUInt32BE(this.#ttlSeconds, at + 6);
    this.#bytes.writeUInt16BE(dataBytes, at + 10);
    this.#end = at + recordHeadBytes;
  }

  #writeName(name: Uint8Array, length: number): void {
    for (let i = 0; i < length; i++) this.#bytes[this.#end++] = name[i] as number;
  }

  #reserve(length: number): void {
    if (this.#end + length <= this.#bytes.length) return;
    // A multiple of four, as words need it.
    const larger = Buffer.from(new ArrayBuffer(Math.max(this.#bytes.length * 2, (this.#end + length + 3) & ~3)));
    this.#bytes.copy(larger, 0, 0, this.#end);
    this.#bytes = larger;
    this.#words = new Int32Array(larger.buffer);
  }
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

  /** The entry of each SRV record's target. */
  get targetEntries(): number[] {
    return Array.from(
      { length: this.#word(2) },
      (_, index) => this.#word((headBytes + index * srvEntryBytes) / 4 + 1) & ~1,
    );
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
