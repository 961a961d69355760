import { rrType } from '../answer/protocol.js';
import { headerBytes, sectionCounts } from '../servers/wire.js';
import { FormatError } from './message.js';
import type { DataName, WireMessage, WireQuestion, WireRecord } from './message.js';

/** More pointers than this in one name are a loop, or a trap. */
const maxPointers = 126;
/** Of a name as text, `\` and the digits of escapes not counted. */
const maxNameLength = 255;
const recordHeadBytes = 10;

const escapedCharacters = new Set([...'.();@" \\'].map((character) => character.charCodeAt(0)));

function asText(octet: number): string {
  if (escapedCharacters.has(octet)) return `\\${String.fromCharCode(octet)}`;
  if (octet < 32 || octet >= 127) return `\\${String(octet).padStart(3, '0')}`;
  return String.fromCharCode(octet);
}

/** What each record type has before, between and behind names: a number of octets, or a name that may be compressed. */
const layouts: Readonly<Record<number, readonly (number | 'name' | 'plain name')[]>> = {
  2: ['name'], // NS
  3: ['name'], // MD
  4: ['name'], // MF
  5: ['name'], // CNAME
  6: ['name', 'name', 20], // SOA
  7: ['name'], // MB
  8: ['name'], // MG
  9: ['name'], // MR
  12: ['name'], // PTR
  14: ['name', 'name'], // MINFO
  15: [2, 'name'], // MX
  17: ['plain name', 'plain name'], // RP
  18: [2, 'plain name'], // AFSDB
  33: [6, 'plain name'], // SRV
  36: [2, 'plain name'], // KX
  39: ['plain name'], // DNAME
};

/** A name, or the end of one. */
interface ReadName {
  readonly text: string;
  /** Of its labels and the octet in front of each. */
  readonly octets: number;
  /** That were followed to read it. */
  readonly pointers: number;
}

function tooLong(): FormatError {
  return new FormatError('a name longer than 255 octets');
}

class Reader {
  offset = headerBytes;
  readonly #bytes: Buffer;
  /** What names point to, by where it begins: a message may point to one long name ten thousand times. */
  readonly #pointed = new Map<number, ReadName>();

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get atEnd(): boolean {
    return this.offset >= this.#bytes.length;
  }

  take(length: number): Buffer {
    const end = this.offset + length;
    if (end > this.#bytes.length) throw new FormatError('the message ends within a field');
    const taken = this.#bytes.subarray(this.offset, end);
    this.offset = end;
    return taken;
  }

  uint16(): number {
    return this.take(2).readUInt16BE();
  }

  name(): string {
    const { text } = this.#restOfName(0);
    return text === '' ? '.' : text;
  }

  /** What follows of a name, `pointers` of which were followed already. */
  #restOfName(pointers: number): ReadName {
    let text = '';
    let octets = 0;
    for (;;) {
      const length = this.take(1)[0] as number;
      if (length === 0) return { text, octets, pointers: 0 };
      if (length >= 0xc0) {
        const target = ((length & 0x3f) << 8) | (this.take(1)[0] as number);
        const behind = this.offset;
        const rest = this.#pointedTo(target, pointers + 1);
        this.offset = behind;
        if (octets + rest.octets >= maxNameLength) throw tooLong();
        return { text: text + rest.text, octets: octets + rest.octets, pointers: rest.pointers + 1 };
      }
      if (length > 63) throw new FormatError('a label of an unknown kind');
      for (const octet of this.take(length)) text += asText(octet);
      text += '.';
      octets += length + 1;
      if (octets >= maxNameLength) throw tooLong();
    }
  }

  #pointedTo(target: number, pointers: number): ReadName {
    const known = this.#pointed.get(target);
    if (pointers + (known?.pointers ?? 0) > maxPointers) throw new FormatError('too many compression pointers');
    if (known !== undefined) return known;
    this.offset = target;
    const read = this.#restOfName(pointers);
    this.#pointed.set(target, read);
    return read;
  }

  question(): WireQuestion {
    const name = this.name();
    // A message that ends here or behind the type is taken for one that asks for nothing
    const type = this.atEnd ? 0 : this.uint16();
    return { name, type, class: this.atEnd ? 0 : this.uint16() };
  }

  record(): WireRecord {
    const name = this.name();
    const head = this.take(recordHeadBytes);
    const type = head.readUInt16BE(0);
    const length = head.readUInt16BE(8);
    const end = this.offset + length;
    if (end > this.#bytes.length) throw new FormatError('a record ends behind the message');
    const data = length === 0 ? [] : this.#data(type, end);
    return { name, type, class: head.readUInt16BE(2), ttl: head.readUInt32BE(4), data };
  }

  #data(type: number, end: number): (Buffer | DataName)[] {
    const parts = (layouts[type] ?? []).map((part) =>
      typeof part === 'number' ? this.take(part) : { name: this.name(), compress: part === 'name' },
    );
    if (this.offset > end || (parts.length > 0 && this.offset < end)) {
      throw new FormatError('the data of a record is of another length than it says');
    }
    const rest = end - this.offset;
    if ((type === rrType.A && rest !== 4) || (type === rrType.AAAA && rest !== 16)) {
      throw new FormatError('an address of the wrong length');
    }
    return rest === 0 ? parts : [...parts, this.take(rest)];
  }

  /** Up to `count` records; a message that ends before has fewer. */
  records(count: number): WireRecord[] {
    const records: WireRecord[] = [];
    while (records.length < count && !this.atEnd) records.push(this.record());
    return records;
  }
}

/**
 * Reads a message of at least 12 octets. What is behind its records is passed over, and so are records that are counted and not there. Throws
 * FormatError for everything else that is not as it should be.
 */
export function unpack(bytes: Buffer): WireMessage {
  const [questions, answers, authorities, additionals] = sectionCounts(bytes);
  const reader = new Reader(bytes);
  return {
    id: bytes.readUInt16BE(0),
    flags: bytes.readUInt16BE(2),
    questions: Array.from({ length: questions }, () => reader.question()),
    answers: reader.records(answers),
    authorities: reader.records(authorities),
    additionals: reader.records(additionals),
  };
}
