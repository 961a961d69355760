import { rrClass, rrType } from '../answer/protocol.js';
import { finishHash, hashOctet, maxWireNameBytes } from '../served/wire-names.js';

const headerBytes = 12;
/** The longest message that is a query (dns2.ts). */
const maxQueryBytes = 4096;
/** Header, the shortest name, type, class. */
const minQueryBytes = headerBytes + 5;
const maxLabelBytes = 63;
const optHeadBytes = 11;
const optionHeadBytes = 4;

/**
 * Reads messages that are plain questions, in one pass and without making an object; what was read is in the fields until the
 * next message. Whatever is odd about a message is for those who can say what.
 */
export class QuestionReader {
  /** In the form of a message, in lower case. */
  readonly name = new Uint8Array(maxWireNameBytes);
  /** In octets, the root's counted. */
  nameLength = 0;
  /** As NameTable makes it. */
  hash = 0;
  type = 0;
  /** Where the question ends in the message. */
  end = 0;
  hasEdns = false;
  /** With EDNS: what the client takes, in octets, and whether it wants DNSSEC records. */
  payloadBytes = 0;
  dnssecOk = false;
  readonly #seed: number;

  /** `seed`: that of the table. */
  constructor(seed: number) {
    this.#seed = seed;
  }

  /**
   * True for a query with one question, of class IN, and nothing else but EDNS version 0: a name of more than the root, in
   * printable ASCII, without compression, dots or `*` in labels.
   */
  read(message: Uint8Array): boolean {
    const { length } = message;
    if (length < minQueryBytes || length > maxQueryBytes) return false;
    // QR and opcode; QDCOUNT, ANCOUNT, NSCOUNT, ARCOUNT
    if (((message[2] as number) & 0xf8) !== 0) return false;
    if (message[4] !== 0 || message[5] !== 1 || message[6] !== 0 || message[7] !== 0) return false;
    if (message[8] !== 0 || message[9] !== 0 || message[10] !== 0 || (message[11] as number) > 1) return false;

    const typeAt = this.#readName(message);
    if (typeAt === 0) return false;
    if (message[typeAt + 2] !== 0 || message[typeAt + 3] !== rrClass.IN) return false;
    this.type = ((message[typeAt] as number) << 8) | (message[typeAt + 1] as number);
    const end = typeAt + 4;
    this.end = end;
    this.hasEdns = message[11] === 1;
    return this.hasEdns ? this.#readOpt(message, end) : end === length;
  }

  /** Where the name ends and type and class follow; 0 when there is none that is plain. */
  #readName(message: Uint8Array): number {
    const { name } = this;
    const lastStart = message.length - 5;
    let hash = this.#seed;
    let at = headerBytes;
    for (;;) {
      const label = message[at] as number;
      if (label === 0) break;
      const next = at + 1 + label;
      if (label > maxLabelBytes || next > lastStart || next - headerBytes >= maxWireNameBytes) return 0;
      name[at - headerBytes] = label;
      hash = hashOctet(hash, label);
      for (at++; at < next; at++) {
        let octet = message[at] as number;
        if (octet >= 0x41 && octet <= 0x5a) octet |= 0x20;
        else if (octet < 0x20 || octet > 0x7e || octet === 0x2e || octet === 0x2a) return 0;
        name[at - headerBytes] = octet;
        hash = hashOctet(hash, octet);
      }
    }
    if (at === headerBytes) return 0;
    name[at - headerBytes] = 0;
    this.nameLength = at - headerBytes + 1;
    this.hash = finishHash(hash);
    return at + 1;
  }

  /** An OPT record of version 0 with whole options, and nothing behind it. */
  #readOpt(message: Uint8Array, start: number): boolean {
    const { length } = message;
    if (start + optHeadBytes > length) return false;
    if (message[start] !== 0 || message[start + 1] !== 0 || message[start + 2] !== rrType.OPT) return false;
    if (message[start + 6] !== 0) return false;
    const end = start + optHeadBytes + ((message[start + 9] as number) << 8) + (message[start + 10] as number);
    if (end !== length) return false;
    let option = start + optHeadBytes;
    while (option + optionHeadBytes <= end) {
      option += optionHeadBytes + ((message[option + 2] as number) << 8) + (message[option + 3] as number);
    }
    if (option !== end) return false;
    this.payloadBytes = ((message[start + 3] as number) << 8) | (message[start + 4] as number);
    this.dnssecOk = ((message[start + 7] as number) & 0x80) !== 0;
    return true;
  }
}
