import { aaBit, rdBit, tcBit } from '../answer/header-bits.js';
import { rcode, rrType } from '../answer/protocol.js';
import { sectionCounts, setSectionCounts } from '../servers/wire.js';
import { optBytes, optionsOf, writeOpt } from './client-query.js';
import type { ClientQuery } from './client-query.js';
import { recordsOf } from './message-records.js';
import type { PlacedRecord } from './message-records.js';

/** An answer is kept no longer than this. */
const longestKeepSeconds = 3600;
/** Larger values count as 0 (RFC 2181 §8). */
const maxTtlSeconds = 0x7fffffff;
/** RFC 8914: the one option that is about the answer rather than about the neighbour. */
const extendedErrorOption = 15;
/** What SOA data ends with. */
const minimumBytes = 4;

/** The answer of a resolver, as far as it is the same for all who ask the same. */
export interface SharedAnswer {
  /** Without the OPT record. */
  readonly message: Buffer;
  /** Where TTLs are. */
  readonly ttlOffsets: readonly number[];
  /** How long it may be kept; 0: not at all. */
  readonly keepSeconds: number;
  /** From its OPT record: the upper bits of the rcode, and Extended DNS Errors as options. */
  readonly extendedRcode: number;
  readonly errors: Buffer;
}

function ttlOf({ ttl }: PlacedRecord): number {
  return ttl > maxTtlSeconds ? 0 : ttl;
}

/** RFC 2308 §5: what is not there is kept for the minimum of the SOA record, which such an answer must have. */
function keepSecondsOf(message: Buffer, records: readonly PlacedRecord[]): number {
  const code = (message[3] as number) & 0x0f;
  const isTruncated = ((message[2] as number) & tcBit) !== 0;
  if (isTruncated || (code !== rcode.NOERROR && code !== rcode.NXDOMAIN)) return 0;
  const soa = records.find(({ section, type }) => section === 'authority' && type === rrType.SOA);
  const hasAnswers = records.some(({ section }) => section === 'answer');
  if (soa === undefined && (code === rcode.NXDOMAIN || !hasAnswers)) return 0;
  const minimum =
    soa === undefined || soa.end - soa.dataAt < minimumBytes ? Infinity : message.readUInt32BE(soa.end - 4);
  return Math.min(longestKeepSeconds, minimum, ...records.map(ttlOf));
}

function errorsIn(data: Buffer): Buffer {
  return Buffer.concat(
    Array.from(optionsOf(data))
      .filter(({ code }) => code === extendedErrorOption)
      .map(({ bytes }) => bytes),
  );
}

/** Undefined when the message is damaged, or is signed: then it is for the one who asked, as it is. */
export function sharedAnswerOf(reply: Buffer): SharedAnswer | undefined {
  const records = recordsOf(reply);
  if (records === undefined) return undefined;
  const last = records.at(-1);
  const opt = last?.type === rrType.OPT ? last : undefined;
  const others = opt === undefined ? records : records.slice(0, -1);
  if (others.some(({ type, class: recordClass }) => type === rrType.OPT || (type >= 249 && recordClass === 255))) {
    return undefined;
  }
  const end = opt?.start ?? last?.end ?? reply.length;
  // Its own memory, as it may be kept for long: small buffers otherwise share theirs with others.
  const message = Buffer.alloc(end);
  reply.copy(message, 0, 0, end);
  const [questions, answers, authorities, additionals] = sectionCounts(reply);
  setSectionCounts(message, [questions, answers, authorities, additionals - (opt === undefined ? 0 : 1)]);
  return {
    message,
    ttlOffsets: others.map(({ ttlAt }) => ttlAt),
    keepSeconds: keepSecondsOf(message, others),
    extendedRcode: opt === undefined ? 0 : (reply[opt.ttlAt] as number),
    errors: opt === undefined ? Buffer.alloc(0) : errorsIn(reply.subarray(opt.dataAt, opt.end)),
  };
}

/** The answer for one of those who asked: id and letter case as asked, TTLs less `ageSeconds`, EDNS if the client speaks it. */
export function replyTo(query: ClientQuery, answer: SharedAnswer, ageSeconds: number): Buffer {
  const { message, ttlOffsets, extendedRcode, errors } = answer;
  const reply = Buffer.alloc(message.length + (query.edns === undefined ? 0 : optBytes + errors.length));
  message.copy(reply);
  query.bytes.copy(reply, 0, 0, 2);
  query.bytes.copy(reply, 12, 12, query.questionEnd);
  const flags = (message[2] as number) & ~rdBit & (ageSeconds > 0 ? ~aaBit : 0xff);
  reply[2] = flags | ((query.bytes[2] as number) & rdBit);
  if (ageSeconds > 0) {
    for (const offset of ttlOffsets) {
      reply.writeUInt32BE(Math.max(0, message.readUInt32BE(offset) - ageSeconds), offset);
    }
  }
  if (query.edns !== undefined) {
    const [questions, answers, authorities, additionals] = sectionCounts(message);
    writeOpt(reply, message.length, { dnssecOk: query.edns.dnssecOk, extendedRcode });
    reply.writeUInt16BE(errors.length, message.length + optBytes - 2);
    errors.copy(reply, message.length + optBytes);
    setSectionCounts(reply, [questions, answers, authorities, additionals + 1]);
  }
  return reply;
}
