import { headerBytes } from '../../servers/wire.js';

/** QR, opcode and TC of the first octet of flags. */
const oddFlags = 0x80 | 0x78 | 0x02;
const optType = 41;
/** An OPT record without its options: the root as name, type, size, TTL, length. */
const optHeadBytes = 11;
const maxLabelBytes = 63;
/** Of a name in text that is answered here; longer ones are rare. */
const maxNameLength = 250;

/** What characters of names become in lower case; 0: not a plain one. */
const lowerCase = new Uint8Array(256);
for (const character of 'abcdefghijklmnopqrstuvwxyz0123456789-_') {
  const octet = character.charCodeAt(0);
  lowerCase[octet] = octet;
  lowerCase[character.toUpperCase().charCodeAt(0)] = octet;
}

/** The question of an ordinary query. One object is enough: it is written over by the next query. */
export class PlainQuestion {
  /** In lower case, without a dot at the end. */
  name = '';
  type = 0;
  /** Where it ends, in octets of the message. */
  end = 0;
  /** The name was asked in lower case. */
  isLowerCase = true;
  readonly #text = Buffer.alloc(maxNameLength + maxLabelBytes + 1);

  /**
   * Reads a message of at most 512 octets. False for whatever is not one ordinary query with one question of a plain name and at most one OPT record
   * behind it; nothing is wrong with such a message, but that it is to be looked at more closely.
   */
  read(message: Buffer): boolean {
    const { length } = message;
    if (length < headerBytes + 5 || ((message[2] as number) & oddFlags) !== 0) return false;
    if (message[4] !== 0 || message[5] !== 1) return false;
    // Neither answers nor authorities, and at most one additional record
    if ((message[6] as number) + (message[7] as number) + (message[8] as number) + (message[9] as number) !== 0) {
      return false;
    }
    if (message[10] !== 0 || (message[11] as number) > 1) return false;

    const text = this.#text;
    let isLowerCase = true;
    let written = 0;
    let offset = headerBytes;
    for (;;) {
      const labelEnd = offset + 1 + (message[offset] as number);
      if (labelEnd === offset + 1) break;
      if (labelEnd > offset + 1 + maxLabelBytes || labelEnd >= length || written > maxNameLength) return false;
      if (written > 0) text[written++] = 0x2e;
      for (offset++; offset < labelEnd; offset++) {
        const octet = message[offset] as number;
        const lower = lowerCase[octet] as number;
        if (lower === 0) return false;
        if (lower !== octet) isLowerCase = false;
        text[written++] = lower;
      }
    }
    const end = offset + 5;
    if (written > maxNameLength || end > length) return false;
    if (message[11] === 1 && !isOpt(message, end)) return false;
    this.name = text.toString('latin1', 0, written);
    this.type = ((message[offset + 1] as number) << 8) | (message[offset + 2] as number);
    this.end = end;
    this.isLowerCase = isLowerCase;
    return true;
  }
}

/** Whether an OPT record of any content begins at `offset` and is there as a whole. */
function isOpt(message: Buffer, offset: number): boolean {
  const head = offset + optHeadBytes;
  if (head > message.length || message[offset] !== 0 || message[offset + 1] !== 0) return false;
  if (message[offset + 2] !== optType) return false;
  return head + (((message[head - 2] as number) << 8) | (message[head - 1] as number)) <= message.length;
}
