import { ednsUdpPayloadBytes, rrClass, rrType } from '../answer/protocol.js';
import type { ExtendedError } from '../answer/protocol.js';
import type { Reply, ReplyRecord } from '../answer/reply.js';
import { fit } from '../answer/truncate.js';
import { optRecord, writeHeader, writeQuestion, writeResource } from './dns2.js';
import type { ParsedMessage } from './dns2.js';
import { FastWriter } from './fast-writer.js';
import { setSectionCounts, setTruncated } from './wire.js';

/** An OPT record without options, in octets. */
const optBytes = 11;
/** An Extended DNS Error without its text: code and length of the option, and the number of the error. */
const errorBytes = 6;
/** A reason is no reason to send much more than was asked. */
const maxErrorTextBytes = 256;

/** The same for all records of the zone. */
export interface EncodeSettings {
  readonly ttlSeconds: number;
  readonly srvWeight: number;
}

/** A record in the form of dns2. */
function toResource(record: ReplyRecord, { ttlSeconds, srvWeight }: EncodeSettings): object {
  const head = { name: record.name, type: rrType[record.type], class: rrClass.IN, ttl: ttlSeconds };
  switch (record.type) {
    case 'A':
    case 'AAAA':
      return { ...head, address: record.address };
    case 'SRV':
      return { ...head, priority: 0, weight: srvWeight, port: record.port, target: record.target };
    case 'PTR':
      return { ...head, domain: record.target };
    case 'NS':
      return { ...head, ns: record.nameServer };
    case 'SOA':
      return {
        ...head,
        primary: record.nameServer,
        admin: record.mailbox,
        serial: record.serial,
        refresh: record.refreshSeconds,
        retry: record.retrySeconds,
        expiration: record.expireSeconds,
        minimum: record.minimumTtlSeconds,
      };
  }
}

/** As much of the text as fits into `maxBytes` of UTF-8, whole characters. */
function cutText(text: string, maxBytes: number): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= maxBytes) return text;
  let end = maxBytes;
  while (end > 0 && ((bytes[end] as number) & 0xc0) === 0x80) end--;
  return bytes.toString('utf8', 0, end);
}

/** The error in the room that the records leave: without a part of its text, or not at all. */
function fittingError(error: ExtendedError | undefined, room: number): ExtendedError | undefined {
  if (error === undefined || room < errorBytes) return undefined;
  return { code: error.code, text: cutText(error.text, Math.min(room - errorBytes, maxErrorTextBytes)) };
}

/** Writes records until one ends behind `maxBytes`; returns where each ends, Infinity for those not written. */
function writeSection(
  writer: FastWriter,
  records: readonly ReplyRecord[],
  settings: EncodeSettings,
  maxBytes: number,
): number[] {
  return records.map((record) => {
    if (writer.byteLength() > maxBytes) return Infinity;
    writeResource(writer, toResource(record, settings));
    return writer.byteLength();
  });
}

/**
 * The reply on the wire, at most `maxBytes` long. The message is written once: names are compressed by pointing backwards
 * only, so that any beginning of it that ends with a record is a message too. An Extended DNS Error takes what room is left.
 */
export function encodeReply(query: ParsedMessage, reply: Reply, settings: EncodeSettings, maxBytes: number): Buffer {
  const writer = new FastWriter();
  const { header, questions } = query;
  writeHeader(writer, {
    id: header.id,
    qr: 1,
    opcode: header.opcode,
    aa: reply.authoritative ? 1 : 0,
    rd: header.rd,
    ra: reply.recursionAvailable ? 1 : 0,
    cd: header.cd,
    rcode: reply.rcode,
  });
  for (const question of questions) writeQuestion(writer, question);

  const recordBytes = maxBytes - (reply.edns === undefined ? 0 : optBytes);
  const empty = writer.byteLength();
  const answers = writeSection(writer, reply.answers, settings, recordBytes);
  const authorities = writeSection(writer, reply.authorities, settings, recordBytes);
  const additionals = writeSection(writer, reply.additionals, settings, recordBytes);
  const sent = fit({ answers, authorities, additionals }, recordBytes);
  const ends = [
    ...answers.slice(0, sent.answers),
    ...authorities.slice(0, sent.authorities),
    ...additionals.slice(0, sent.additionals),
  ];
  writer.truncate(ends.at(-1) ?? empty);
  if (reply.edns !== undefined) {
    writeResource(
      writer,
      optRecord({
        extendedRcode: reply.rcode >>> 4,
        udpPayloadSize: ednsUdpPayloadBytes,
        doFlag: reply.edns.dnssecOk,
        error: fittingError(reply.error, recordBytes - writer.byteLength()),
      }),
    );
  }
  const message = writer.toBuffer();
  const opts = reply.edns === undefined ? 0 : 1;
  setSectionCounts(message, [questions.length, sent.answers, sent.authorities, sent.additionals + opts]);
  if (sent.truncated) setTruncated(message);
  return message;
}
