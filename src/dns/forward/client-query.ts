import { adBit, cdBit, opcodeBits, rdBit } from '../answer/header-bits.js';
import { ednsUdpPayloadBytes, opcode, rrType } from '../answer/protocol.js';
import { headerBytes, questionEnd, sectionCounts, setSectionCounts } from '../servers/wire.js';

/** Bits of the fourth octet of a header that are the client's wish: AD (RFC 6840 §5.7) and CD. */
const wishBits = adBit | cdBit;
/** Of an OPT record (RFC 6891 §6.1.2), from its beginning. */
const opt = { type: 1, class: 3, flags: 7, dataLength: 9, data: 11 } as const;
export const optBytes = opt.data;
/** DO, in the octet at `flags`. */
const dnssecOkBit = 0x80;
/** RFC 7871: answers depend on the network that is named in it. */
const clientSubnetOption = 8;

/** A query that has nothing in it but a question and, perhaps, an OPT record: many clients can have the same answer. */
export interface ClientQuery {
  readonly bytes: Buffer;
  readonly questionEnd: number;
  readonly edns: { readonly dnssecOk: boolean } | undefined;
}

/** The options in the data of an OPT record, as far as they are whole. */
export function* optionsOf(
  data: Buffer,
): Generator<{ readonly code: number; readonly bytes: Buffer }, void, undefined> {
  for (let offset = 0; offset + 4 <= data.length;) {
    const end = offset + 4 + data.readUInt16BE(offset + 2);
    if (end > data.length) return;
    yield { code: data.readUInt16BE(offset), bytes: data.subarray(offset, end) };
    offset = end;
  }
}

function ednsOf(bytes: Buffer, start: number): ClientQuery['edns'] | 'other' {
  if (bytes.length < start + optBytes || bytes[start] !== 0 || bytes.readUInt16BE(start + opt.type) !== rrType.OPT) {
    return 'other';
  }
  const data = bytes.subarray(start + opt.data, start + opt.data + bytes.readUInt16BE(start + opt.dataLength));
  for (const { code } of optionsOf(data)) if (code === clientSubnetOption) return 'other';
  return { dnssecOk: ((bytes[start + opt.flags] as number) & dnssecOkBit) !== 0 };
}

/** Reads a query. Undefined when there is anything in it that makes its answer its own: a client subnet, a signature. */
export function readClientQuery(bytes: Buffer): ClientQuery | undefined {
  const end = questionEnd(bytes);
  const [questions, answers, authorities, additionals] = sectionCounts(bytes);
  const asked = ((bytes[2] as number) & opcodeBits) >>> 3;
  if (end === undefined || questions !== 1 || answers + authorities > 0 || additionals > 1 || asked !== opcode.QUERY) {
    return undefined;
  }
  const edns = additionals === 0 ? undefined : ednsOf(bytes, end);
  return edns === 'other' ? undefined : { bytes, questionEnd: end, edns };
}

/** Queries with the same key have the same answer: the question in lower case, and what else an answer depends on. */
export function keyOf({ bytes, questionEnd: end, edns }: ClientQuery): string {
  const question = Buffer.from(bytes.subarray(headerBytes, end));
  // The octets that tell the length of a label are less than any letter; type and class stay as they are.
  for (let i = 0; i < question.length - 4; i++) {
    const octet = question[i] as number;
    if (octet >= 0x41 && octet <= 0x5a) question[i] = octet + 0x20;
  }
  const wishes = ((bytes[2] as number) & rdBit) | ((bytes[3] as number) & wishBits) | (edns?.dnssecOk === true ? 2 : 0);
  return String.fromCharCode(wishes) + question.toString('latin1');
}

/** An OPT record with what is said in it and no options. */
export function writeOpt(target: Buffer, offset: number, fields: { dnssecOk: boolean; extendedRcode: number }): void {
  target.fill(0, offset, offset + optBytes);
  target.writeUInt16BE(rrType.OPT, offset + opt.type);
  target.writeUInt16BE(ednsUdpPayloadBytes, offset + opt.class);
  target[offset + opt.flags - 2] = fields.extendedRcode;
  if (fields.dnssecOk) target[offset + opt.flags] = dnssecOkBit;
}

/**
 * The same question for a resolver. EDNS is between two neighbours: the size is ours, and the client's options, cookies among them, stay
 * here (RFC 6891 §6.2.6, RFC 7873).
 */
export function upstreamQuery({ bytes, questionEnd: end, edns }: ClientQuery, id: number): Buffer {
  const query = Buffer.alloc(end + (edns === undefined ? 0 : optBytes));
  bytes.copy(query, 0, 0, end);
  query.writeUInt16BE(id, 0);
  query[2] = (bytes[2] as number) & rdBit;
  query[3] = (bytes[3] as number) & wishBits;
  setSectionCounts(query, [1, 0, 0, edns === undefined ? 0 : 1]);
  if (edns !== undefined) writeOpt(query, end, { dnssecOk: edns.dnssecOk, extendedRcode: 0 });
  return query;
}
