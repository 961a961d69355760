import { opcodeBits, qrBit, rdBit, tcBit } from '../answer/header-bits.js';

/** Positions in the header of a message (RFC 1035 §4.1.1), in octets. */
export const headerBytes = 12;
const qdcountOffset = 4;
const typeAndClassBytes = 4;

export function messageId(message: Buffer): number {
  return message.readUInt16BE(0);
}

export function isResponse(message: Buffer): boolean {
  return ((message[2] as number) & qrBit) !== 0;
}

/** QDCOUNT, ANCOUNT, NSCOUNT, ARCOUNT. */
export function sectionCounts(message: Buffer): readonly [number, number, number, number] {
  const at = (index: number): number => message.readUInt16BE(qdcountOffset + 2 * index);
  return [at(0), at(1), at(2), at(3)];
}

export function setSectionCounts(message: Buffer, counts: readonly number[]): void {
  counts.forEach((count, index) => message.writeUInt16BE(count, qdcountOffset + 2 * index));
}

export function setTruncated(message: Buffer): void {
  message[2] = (message[2] as number) | tcBit;
}

export function clearTruncated(message: Buffer): void {
  message[2] = (message[2] as number) & ~tcBit;
}

/**
 * Where the one question of a message ends, in octets. Undefined when it is cut off or its name is compressed, which the
 * first name of a message cannot be.
 */
export function questionEnd(message: Buffer): number | undefined {
  let offset = headerBytes;
  for (;;) {
    const length = message[offset];
    if (length === undefined || length > 63) return undefined;
    offset += 1 + length;
    if (length === 0) break;
  }
  return offset + 4 <= message.length ? offset + 4 : undefined;
}

/** The name of the question, without a dot at the end; as far as it can be read, as `questionEnd`. */
export function questionName(message: Buffer): string {
  const labels: string[] = [];
  for (let offset = headerBytes; ;) {
    const length = message[offset];
    if (length === undefined || length === 0 || length > 63) return labels.join('.');
    labels.push(message.toString('latin1', offset + 1, offset + 1 + length));
    offset += 1 + length;
  }
}

/** Whether a label of the question's name holds a dot: as text, such a name looks like another one. */
export function hasDotInLabel(message: Buffer): boolean {
  let offset = headerBytes;
  for (;;) {
    const length = message[offset];
    if (length === undefined || length === 0 || length > 63) return false;
    if (message.subarray(offset + 1, offset + 1 + length).includes(0x2e)) return true;
    offset += 1 + length;
  }
}

/** A reply of nothing but a header: the query's id and opcode, and an rcode. */
export function headerOnlyReply(query: Buffer, rcode: number): Buffer {
  const reply = Buffer.alloc(headerBytes);
  query.copy(reply, 0, 0, 3);
  reply[2] = qrBit | ((reply[2] as number) & (opcodeBits | rdBit));
  reply[3] = rcode;
  return reply;
}

/** A reply cut down to header and question with TC set, so that the client asks again over TCP. */
export function truncatedToQuestion(reply: Buffer): Buffer {
  const [questions] = sectionCounts(reply);
  const end = questions === 1 ? questionEnd(reply) : undefined;
  const cut = Buffer.from(reply.subarray(0, end ?? headerBytes));
  setSectionCounts(cut, [end === undefined ? 0 : 1, 0, 0, 0]);
  setTruncated(cut);
  return cut;
}

/** Whether two messages have the same octets from `start` to `end`, letters in either case. */
function hasSameName(one: Buffer, other: Buffer, start: number, end: number): boolean {
  for (let at = start; at < end; at++) {
    const octet = one[at] as number;
    if (octet === other[at]) continue;
    const lower = octet | 0x20;
    if (lower < 0x61 || lower > 0x7a || lower !== ((other[at] as number) | 0x20)) return false;
  }
  return true;
}

/** Whether `reply` answers `query`: same id, a response, and the same question if it has one (RFC 5452 §4). */
export function answersTo(query: Buffer, reply: Buffer): boolean {
  if (reply.length < headerBytes || !isResponse(reply) || messageId(reply) !== messageId(query)) return false;
  const [questions] = sectionCounts(reply);
  if (questions === 0) return true;
  const end = questionEnd(query);
  if (questions !== 1 || end === undefined || reply.length < end) return false;
  const nameEnd = end - typeAndClassBytes;
  return hasSameName(query, reply, headerBytes, nameEnd) && query.compare(reply, nameEnd, end, nameEnd, end) === 0;
}
