import { rcode, rrClass, rrType } from '../answer/protocol.js';
import { lookupNameOf } from '../answer/query.js';
import { anyOf, shuffled } from '../answer/shuffle.js';
import type { Zone, ZoneSettings } from '../answer/zone.js';
import type { NameRecords } from '../records/record-set.js';
import type { AddressRecord, DnsRecord, SrvRecord } from '../records/record.js';
import { ipAddressOctets } from '../../common/ip-address.js';
import { flag, replyTo } from './message.js';
import type { WireMessage, WireQuestion, WireRecord } from './message.js';

/** What an answer within the domain depends on besides the question. */
export interface ExactContext {
  readonly zone: Pick<Zone, 'settings' | 'serial'> & { readonly records: Pick<Zone['records'], 'find'> };
  /** RA of answers within the domain. */
  readonly recurseOn: boolean;
  /** In [0, 1). */
  readonly random: () => number;
}

/** More answers than this never fit into one message. */
const maxAnswers = 8192;

function record(name: string, type: number, { ttlSeconds }: ZoneSettings, data: WireRecord['data']): WireRecord {
  return { name, type, class: rrClass.IN, ttl: ttlSeconds, data };
}

function numbers(...values: readonly number[]): Buffer {
  const octets = Buffer.alloc(4 * values.length);
  values.forEach((value, index) => octets.writeUInt32BE(value >>> 0, 4 * index));
  return octets;
}

/** The SOA record as `name` has it. */
export function soaRecord(name: string, settings: ZoneSettings, serial: number): WireRecord {
  const { soa, ttlSeconds } = settings;
  return record(name, rrType.SOA, settings, [
    { name: `${soa.nameServer}.`, compress: true },
    { name: `${soa.mailbox}.`, compress: true },
    numbers(serial, soa.refreshSeconds, soa.retrySeconds, soa.expireSeconds, ttlSeconds),
  ]);
}

function nsFor(name: string, { zone }: ExactContext): WireRecord {
  return record(name, rrType.NS, zone.settings, [{ name: `${zone.settings.soa.nameServer}.`, compress: true }]);
}

export function addressRecord({ name, type, address }: AddressRecord, settings: ZoneSettings): WireRecord {
  return record(`${name}.`, rrType[type], settings, [ipAddressOctets(address)]);
}

/** An SRV record as `name` has it. Ports above 65,535 keep their lower 16 bits, as in Mesos-DNS. */
export function serviceRecord({ target, port }: SrvRecord, name: string, settings: ZoneSettings): WireRecord {
  const numbersOfSrv = Buffer.alloc(6);
  numbersOfSrv.writeUInt16BE(settings.srvWeight, 2);
  numbersOfSrv.writeUInt16BE(port & 0xffff, 4);
  return record(name, rrType.SRV, settings, [numbersOfSrv, { name: `${target}.`, compress: false }]);
}

function foundFor(type: number, records: NameRecords): readonly (AddressRecord | SrvRecord)[] {
  switch (type) {
    case rrType.A:
      return records.A;
    case rrType.AAAA:
      return records.AAAA;
    case rrType.SRV:
      return records.SRV;
    case rrType.ANY:
      return [...records.SRV, ...records.A, ...records.AAAA];
    default:
      return [];
  }
}

/** One address of each family of every target, the first time that it is met. */
function glueFor(found: readonly DnsRecord[], { zone, random }: ExactContext): WireRecord[] {
  const targets = new Set<string>();
  for (const one of found) if (one.type === 'SRV') targets.add(one.target);
  return [...targets].flatMap((target) => {
    const records = zone.records.find(target);
    return [anyOf(records?.A ?? [], random), anyOf(records?.AAAA ?? [], random)].flatMap((address) =>
      address === undefined ? [] : [addressRecord(address, zone.settings)],
    );
  });
}

function isNeverMissing(type: number | undefined): boolean {
  return type === rrType.SRV || type === rrType.SOA || type === rrType.NS;
}

/** How Mesos-DNS counts such an answer: whatever is not there is no such name, but SRV, SOA and NS records never are missing. */
export function outcomeOf(reply: WireMessage): 'Success' | 'NXDomain' {
  return reply.answers.length > 0 || isNeverMissing(reply.questions[0]?.type) ? 'Success' : 'NXDomain';
}

/**
 * The answer to a question within the domain, exactly as Mesos-DNS gives it (mesos-dns.md §8): SOA and NS always in the authority section, owned by
 * the name that was asked; SRV never NXDOMAIN; names that are only part of others NXDOMAIN; A and AAAA in lower case.
 */
export function answerExactly(query: WireMessage, question: WireQuestion, context: ExactContext): WireMessage {
  const { zone, random, recurseOn } = context;
  const { name, type } = question;
  const records = zone.records.find(lookupNameOf(name).replace(/\.$/, ''));
  const found = records === undefined ? [] : foundFor(type, records);
  const answers = shuffled(found, maxAnswers, random).map((one) =>
    one.type === 'SRV' ? serviceRecord(one, name, zone.settings) : addressRecord(one, zone.settings),
  );
  const authorities: WireRecord[] = [];
  if (type === rrType.SOA || type === rrType.ANY) authorities.push(soaRecord(name, zone.settings, zone.serial));
  if (type === rrType.NS || type === rrType.ANY) authorities.push(nsFor(name, context));

  const missing = answers.length === 0 && !isNeverMissing(type);
  if (missing) authorities.push(soaRecord(name, zone.settings, zone.serial));
  const code = missing && records === undefined ? rcode.NXDOMAIN : rcode.NOERROR;
  return {
    ...replyTo(query, code, flag.AA | (recurseOn ? flag.RA : 0)),
    answers,
    authorities,
    additionals: glueFor(found, context),
  };
}
