import { headerBytes } from '../servers/wire.js';
import type { WireMessage, WireQuestion, WireRecord } from './message.js';

/** Names that begin further on cannot be pointed to. */
const maxPointerTarget = 0x4000;
const maxLabelLength = 63;

/** The octets of one label of a name as text, from `start` to the dot that ends it, and where the next one starts. */
function labelAt(name: string, start: number): { readonly octets: Buffer; readonly next: number } {
  let end = start;
  let escaped = false;
  while (end < name.length && name[end] !== '.') {
    if (name[end] === '\\') {
      escaped = true;
      end++;
    }
    end++;
  }
  const text = name.slice(start, end);
  if (!escaped) return { octets: Buffer.from(text), next: end + 1 };
  const raw = text.replace(/\\(?:(\d{3})|([^]))/g, (_all, digits: string | undefined, character: string) =>
    digits === undefined ? character : String.fromCharCode(Number(digits) & 0xff),
  );
  return { octets: Buffer.from(raw, 'latin1'), next: end + 1 };
}

/** Writes messages as the library of Mesos-DNS does: every name that stands there already is pointed to, where that is allowed. */
class Packer {
  /** false: a name was written that no message can hold. */
  sendable = true;
  #bytes = Buffer.allocUnsafe(512);
  #length = headerBytes;
  readonly #names = new Map<string, number>();

  get length(): number {
    return this.#length;
  }

  #reserve(octets: number): void {
    if (this.#length + octets <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, this.#length + octets));
    this.#bytes.copy(larger, 0, 0, this.#length);
    this.#bytes = larger;
  }

  octets(octets: Buffer): void {
    this.#reserve(octets.length);
    octets.copy(this.#bytes, this.#length);
    this.#length += octets.length;
  }

  uint8(value: number): void {
    this.#reserve(1);
    this.#bytes[this.#length++] = value;
  }

  uint16(value: number): void {
    this.#reserve(2);
    this.#length = this.#bytes.writeUInt16BE(value & 0xffff, this.#length);
  }

  uint32(value: number): void {
    this.#reserve(4);
    this.#length = this.#bytes.writeUInt32BE(value >>> 0, this.#length);
  }

  name(name: string, compress: boolean): void {
    let start = 0;
    while (name !== '.' && start < name.length) {
      const suffix = name.slice(start);
      const known = this.#names.get(suffix);
      if (known !== undefined && compress) return this.uint16(0xc000 | known);
      if (known === undefined && this.#length < maxPointerTarget) this.#names.set(suffix, this.#length);
      const { octets, next } = labelAt(name, start);
      if (octets.length === 0 || octets.length > maxLabelLength) this.sendable = false;
      this.uint8(octets.length & 0xff);
      this.octets(octets);
      start = next;
    }
    this.uint8(0);
  }

  question({ name, type, class: rrClass }: WireQuestion): void {
    this.name(name, true);
    this.uint16(type);
    this.uint16(rrClass);
  }

  record({ name, type, class: rrClass, ttl, data }: WireRecord): void {
    this.name(name, true);
    this.uint16(type);
    this.uint16(rrClass);
    this.uint32(ttl);
    const lengthAt = this.#length;
    this.uint16(0);
    for (const part of data) {
      if (Buffer.isBuffer(part)) this.octets(part);
      else this.name(part.name, part.compress);
    }
    this.#bytes.writeUInt16BE((this.#length - lengthAt - 2) & 0xffff, lengthAt);
  }

  finish(message: WireMessage): Buffer {
    const { id, flags, questions, answers, authorities, additionals } = message;
    const head = [id, flags, questions.length, answers.length, authorities.length, additionals.length];
    head.forEach((value, index) => this.#bytes.writeUInt16BE(value & 0xffff, 2 * index));
    return this.#bytes.subarray(0, this.#length);
  }
}

/** A message on the wire. `sendable` false: a name in it has a label that is empty or too long, so that it must not be sent. */
export interface Packed {
  readonly bytes: Buffer;
  readonly sendable: boolean;
}

/** Writes a message; undefined when it would be longer than `maxBytes`, which is found out without writing all of it. */
export function pack(message: WireMessage, maxBytes: number): Packed | undefined {
  const packer = new Packer();
  for (const question of message.questions) packer.question(question);
  for (const section of [message.answers, message.authorities, message.additionals]) {
    for (const record of section) {
      packer.record(record);
      if (packer.length > maxBytes) return undefined;
    }
  }
  return packer.length > maxBytes ? undefined : { bytes: packer.finish(message), sendable: packer.sendable };
}
