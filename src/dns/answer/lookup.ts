import { recordsOfType } from '../records/record-set.js';
import type { NameRecords } from '../records/record-set.js';
import type { AddressRecord, DnsRecord, RecordType } from '../records/record.js';
import { rrType, tcpPayloadBytes } from './protocol.js';
import type { ExtendedError } from './protocol.js';
import { lookupNameOf } from './query.js';
import type { Question } from './query.js';
import type { NsRecord, ReplyRecord, SoaRecord } from './reply.js';
import { anyOf, shuffled } from './shuffle.js';
import { errorOf } from './zone-error.js';
import type { Zone } from './zone.js';

/** The sections of an answer from the zone. `exists` false means NXDOMAIN. */
export interface Found {
  readonly exists: boolean;
  readonly answers: readonly ReplyRecord[];
  readonly authorities: readonly ReplyRecord[];
  readonly additionals: readonly ReplyRecord[];
  /** Why it is what it is, where that is not plain. */
  readonly error?: ExtendedError | undefined;
}

/** An address record with a pointer for its owner; none of ours is shorter. */
const minRecordBytes = 16;
/** An SRV record but for the labels of its target. */
const srvRecordBytes = 20;

/** The zone's SOA record: its owner is the apex, in negative answers too (RFC 2308 §3). */
export function soaOf({ settings, serial }: Pick<Zone, 'settings' | 'serial'>): SoaRecord {
  const { domain, soa, ttlSeconds } = settings;
  return { type: 'SOA', name: domain, ...soa, serial, minimumTtlSeconds: ttlSeconds };
}

function nsOf({ settings }: Zone): NsRecord {
  return { type: 'NS', name: settings.domain, nameServer: settings.soa.nameServer };
}

/** One IPv4 and one IPv6 address of a name, whichever it has: enough to save the client a question. */
function glueFor(zone: Zone, name: string, random: () => number): AddressRecord[] {
  const records = zone.records.find(name);
  if (records === undefined) return [];
  return [anyOf(records.A, random), anyOf(records.AAAA, random)].filter((r) => r !== undefined);
}

/** The addresses of all targets, as far as a message of `maxBytes` may have room for them behind the answers. */
function glueBehind(
  zone: Zone,
  answers: readonly DnsRecord[],
  maxBytes: number,
  random: () => number,
): AddressRecord[] {
  const targets = new Set<string>();
  let room = maxBytes;
  for (const record of answers) {
    if (record.type !== 'SRV') continue;
    targets.add(record.target);
    room -= srvRecordBytes + record.target.length;
  }
  const glue: AddressRecord[] = [];
  for (const target of targets) {
    if (glue.length * minRecordBytes > room) break;
    glue.push(...glueFor(zone, target, random));
  }
  return glue;
}

function nothingFound(zone: Zone, exists: boolean): Found {
  return { exists, answers: [], authorities: [soaOf(zone)], additionals: [] };
}

function typeAsked(type: number): RecordType | 'ANY' | undefined {
  switch (type) {
    case rrType.A:
      return 'A';
    case rrType.AAAA:
      return 'AAAA';
    case rrType.SRV:
      return 'SRV';
    case rrType.PTR:
      return 'PTR';
    case rrType.ANY:
      return 'ANY';
    default:
      return undefined;
  }
}

/** The records of the apex itself: SOA and NS, with the name server's addresses. */
function atApex(zone: Zone, type: number, random: () => number): Found | undefined {
  const any = type === rrType.ANY;
  const answers: ReplyRecord[] = [];
  if (any || type === rrType.SOA) answers.push(soaOf(zone));
  if (any || type === rrType.NS) answers.push(nsOf(zone));
  if (answers.length === 0) return undefined;
  const additionals = type === rrType.SOA ? [] : glueFor(zone, zone.settings.soa.nameServer.toLowerCase(), random);
  return { exists: true, answers, authorities: [], additionals };
}

function fromName(zone: Zone, question: Question, records: NameRecords, maxBytes: number, random: () => number): Found {
  const type = typeAsked(question.type);
  const found: readonly DnsRecord[] = type === undefined ? [] : recordsOfType(records, type);
  if (found.length === 0) return nothingFound(zone, true);
  // One more than can fit, so that it shows.
  const answers = shuffled(found, Math.floor(maxBytes / minRecordBytes) + 1, random);
  return {
    exists: true,
    answers: answers.map((record) => ({ ...record, name: question.name })),
    authorities: [],
    additionals: glueBehind(zone, answers, maxBytes, random),
  };
}

function find(zone: Zone, question: Question, name: string, maxBytes: number, random: () => number): Found {
  if (name === zone.settings.domain) return atApex(zone, question.type, random) ?? nothingFound(zone, true);
  const records = zone.records.find(name);
  if (records === undefined) return nothingFound(zone, zone.records.hasNamesBelow(name));
  return fromName(zone, question, records, maxBytes, random);
}

/**
 * Looks up a name of the zone. Answers carry the name as it was asked, letter case included (0x20). A name that exists
 * without records of the type, or only as part of longer names, gives no records and the SOA; so does one that does not exist.
 * What cannot be in a message of `maxBytes` is left out, but for one answer, which shows that there are more.
 */
export function lookUp(
  zone: Zone,
  question: Question,
  random: () => number,
  maxBytes: number = tcpPayloadBytes,
): Found {
  const name = lookupNameOf(question.name);
  const found = find(zone, question, name, maxBytes, random);
  return { ...found, error: errorOf(zone, name, { exists: found.exists, isEmpty: found.answers.length === 0 }) };
}
