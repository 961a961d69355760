import { aaBit, cdBit, qrBit, raBit, rdBit, tcBit } from '../../answer/header-bits.js';
import { rcode, rrType } from '../../answer/protocol.js';
import type { ZoneSettings } from '../../answer/zone.js';
import type { AddressRecord } from '../../records/record.js';
import { headerBytes } from '../../servers/wire.js';
import { addressRecord, serviceRecord, soaRecord } from '../answer.js';
import type { ExactCounts } from '../exact-counts.js';
import type { ExactName, ExactZone } from '../exact-zone.js';
import { flag, replyTo } from '../message.js';
import { PlainQuestion } from './plain-question.js';
import { beforeTargetBytes, maxPrepared, ownerBytes, prepareAddresses, prepareServices } from './prepared.js';
import type { PreparedAddresses, PreparedServices } from './prepared.js';
import { prepareSoa } from './prepared-soa.js';
import type { PreparedSoa } from './prepared-soa.js';

/** Of a reply over UDP. */
const maxReplyBytes = 512;
/** When even without additional records a reply is longer, answers go until it is at most this long. */
const maxCutBytes = maxReplyBytes - 1;
/** A record is at least so long, its owner a pointer. */
const minRecordBytes = 12;
const maxAnswers = Math.ceil(maxReplyBytes / minRecordBytes);

const dsType = 43;

/** The types for which a name is not simply empty: what is made for them is not copied. */
const otherwiseAnswered = new Set([rrType.SOA, rrType.NS, rrType.ANY, dsType] as readonly number[]);

/** Copies short runs of octets; for these a loop is faster than a call. */
function copy(from: Buffer, start: number, end: number, to: Buffer, at: number): number {
  let target = at;
  for (let offset = start; offset < end; offset++) to[target++] = from[offset] as number;
  return target;
}

/** A permutation that is drawn step by step: as much of it as is needed. */
class Draw {
  readonly #order: Uint16Array;
  readonly #random: () => number;
  #count = 0;

  constructor(most: number, random: () => number) {
    this.#order = new Uint16Array(most);
    this.#random = random;
  }

  start(count: number): void {
    this.#count = count;
    for (let index = 0; index < count; index++) this.#order[index] = index;
  }

  /** The number that comes at `step`, which is one more than the last one: each that was not there yet is equally likely (Fisher–Yates). */
  next(step: number): number {
    const picked = step + Math.floor(this.#random() * (this.#count - step));
    const value = this.#order[picked] as number;
    this.#order[picked] = this.#order[step] as number;
    this.#order[step] = value;
    return value;
  }
}

/**
 * Answers ordinary queries over UDP for names of the domain by copying octets that were made before: what `answerExactly` gives, with `packTruncated`,
 * the same in every octet but for what is left to chance.
 */
export class FastPath {
  readonly #zone: ExactZone;
  readonly #settings: ZoneSettings;
  readonly #recurseOn: boolean;
  readonly #setsTruncateBit: boolean;
  readonly #random: () => number;
  readonly #counts: ExactCounts;
  readonly #question = new PlainQuestion();
  readonly #draw: Draw;
  /** Where the name of each target stands in the reply that is being written; 0: nowhere yet. */
  readonly #targetAt = new Uint16Array(maxAnswers);
  readonly #belowDomain: string;
  /** Names that end so have more in common with the SOA record than the domain. */
  readonly #likeSoa: readonly string[];
  #soa: PreparedSoa | undefined;
  #soaSerial: number | undefined;

  constructor(options: {
    readonly zone: ExactZone;
    readonly settings: ZoneSettings;
    readonly recurseOn: boolean;
    readonly setsTruncateBit: boolean;
    /** In [0, 1). */
    readonly random: () => number;
    readonly counts: ExactCounts;
  }) {
    this.#zone = options.zone;
    this.#settings = options.settings;
    this.#recurseOn = options.recurseOn;
    this.#setsTruncateBit = options.setsTruncateBit;
    this.#random = options.random;
    this.#counts = options.counts;
    this.#draw = new Draw(maxPrepared, options.random);
    const { domain, soa } = options.settings;
    this.#belowDomain = `.${domain}`;
    this.#likeSoa = [soa.nameServer, soa.mailbox].flatMap((name) => {
      if (!name.endsWith(this.#belowDomain)) return [];
      const above = name.slice(0, -this.#belowDomain.length);
      return [`${above.slice(above.lastIndexOf('.') + 1)}${this.#belowDomain}`];
    });
  }

  /** The reply to a message over UDP; undefined: it is not one of those that are answered here. */
  answer(message: Buffer): Buffer | undefined {
    const question = this.#question;
    if (message.length > maxReplyBytes || !question.read(message)) return undefined;
    const { name, type } = question;
    if (otherwiseAnswered.has(type)) return undefined;
    if (!name.endsWith(this.#belowDomain) && name !== this.#settings.domain) return undefined;
    const records = this.#zone.find(name);
    let reply: Buffer | undefined;
    if (type === rrType.SRV) reply = this.#services(message, records);
    else if (!question.isLowerCase) return undefined;
    else if (type === rrType.A && records?.hasA === true) {
      records.prepared.a ??= this.#prepareAddresses(records.name, records.A);
      reply = this.#addresses(message, records.prepared.a);
    } else if (type === rrType.AAAA && records?.hasAaaa === true) {
      records.prepared.aaaa ??= this.#prepareAddresses(records.name, records.AAAA);
      reply = this.#addresses(message, records.prepared.aaaa);
    } else return this.#missing(message, records === undefined ? rcode.NXDOMAIN : rcode.NOERROR);
    if (reply !== undefined) {
      this.#counts.MesosRequests++;
      this.#counts.MesosSuccess++;
    }
    return reply;
  }

  /** A reply with header and question, all else of its `length` yet to be written. */
  #start(message: Buffer, length: number, code: number, cut: boolean): Buffer {
    const reply = Buffer.allocUnsafe(length);
    reply[0] = message[0] as number;
    reply[1] = message[1] as number;
    reply[2] = qrBit | aaBit | (cut && this.#setsTruncateBit ? tcBit : 0) | ((message[2] as number) & rdBit);
    reply[3] = (this.#recurseOn ? raBit : 0) | ((message[3] as number) & cdBit) | code;
    reply[4] = 0;
    reply[5] = 1;
    for (let offset = 6; offset < headerBytes; offset++) reply[offset] = 0;
    copy(message, headerBytes, this.#question.end, reply, headerBytes);
    return reply;
  }

  #addresses(message: Buffer, prepared: PreparedAddresses | null): Buffer | undefined {
    if (prepared === null) return undefined;
    const { count, recordBytes, octets } = prepared;
    const { end } = this.#question;
    const cut = end + count * recordBytes > maxReplyBytes;
    const sent = cut ? Math.min(count, Math.floor((maxCutBytes - end) / recordBytes)) : count;
    const reply = this.#start(message, end + sent * recordBytes, rcode.NOERROR, cut);
    reply[7] = sent;
    if (count === 1) {
      copy(octets, 0, recordBytes * sent, reply, end);
      return reply;
    }
    this.#draw.start(count);
    let at = end;
    for (let step = 0; step < sent; step++) {
      const start = this.#draw.next(step) * recordBytes;
      at = copy(octets, start, start + recordBytes, reply, at);
    }
    return reply;
  }

  #services(message: Buffer, records: ExactName | undefined): Buffer | undefined {
    const { end } = this.#question;
    if (records?.hasSrv !== true) return this.#start(message, end, rcode.NOERROR, false);
    const { prepared } = records;
    // What goes along with it may be other than it was
    if (prepared.srv === undefined || prepared.srvGeneration !== this.#zone.generation) {
      prepared.srv = this.#prepareServices(records);
      prepared.srvGeneration = this.#zone.generation;
    }
    const services = prepared.srv;
    if (services === null) return undefined;
    const whole = end + services.octets.length + services.glueBytes;
    return whole > maxReplyBytes ? this.#cutServices(message, services) : this.#wholeServices(message, services, whole);
  }

  #wholeServices(message: Buffer, services: PreparedServices, length: number): Buffer {
    const { count, octets, starts, targetOf, targets, glueCount } = services;
    const reply = this.#start(message, length, rcode.NOERROR, false);
    reply[7] = count;
    reply[11] = glueCount;
    const targetAt = this.#targetAt.fill(0, 0, targets.length);
    if (count > 1) this.#draw.start(count);
    let at = this.#question.end;
    for (let step = 0; step < count; step++) {
      const index = count > 1 ? this.#draw.next(step) : 0;
      const target = targetOf[index] as number;
      if (targetAt[target] === 0) targetAt[target] = at + ownerBytes + beforeTargetBytes;
      at = copy(octets, starts[index] as number, starts[index + 1] as number, reply, at);
    }
    for (let index = 0; index < targets.length; index++) {
      const { a, aaaa } = targets[index] as (typeof targets)[number];
      const owner = 0xc000 | (targetAt[index] as number);
      if (a !== undefined) at = this.#glue(a, owner, reply, at);
      if (aaaa !== undefined) at = this.#glue(aaaa, owner, reply, at);
    }
    return reply;
  }

  #glue({ count, recordBytes, octets }: PreparedAddresses, owner: number, reply: Buffer, at: number): number {
    reply[at] = owner >>> 8;
    reply[at + 1] = owner & 0xff;
    const start = (count === 1 ? 0 : Math.floor(this.#random() * count)) * recordBytes;
    return copy(octets, start, start + recordBytes, reply, at + ownerBytes);
  }

  /** Without additional records, and if need be without some of the answers. */
  #cutServices(message: Buffer, { count, octets, starts }: PreparedServices): Buffer {
    const { end } = this.#question;
    const reply = this.#start(message, maxReplyBytes, rcode.NOERROR, true);
    this.#draw.start(count);
    let at = end;
    let sent = 0;
    for (; sent < count; sent++) {
      const index = this.#draw.next(sent);
      const recordEnd = starts[index + 1] as number;
      const start = starts[index] as number;
      if (at + recordEnd - start > maxCutBytes) break;
      at = copy(octets, start, recordEnd, reply, at);
    }
    reply[7] = sent;
    return reply.subarray(0, at);
  }

  /** No such name, or none with that type: the SOA record alone. */
  #missing(message: Buffer, code: number): Buffer | undefined {
    const { name, end } = this.#question;
    for (const suffix of this.#likeSoa) if (name.endsWith(suffix)) return undefined;
    const soa = this.#soaNow();
    if (soa === undefined || end + soa.octets.length > maxReplyBytes) return undefined;
    const reply = this.#start(message, end + soa.octets.length, code, false);
    reply[9] = 1;
    copy(soa.octets, 0, soa.octets.length, reply, end);
    for (const { at, back } of soa.pointers) {
      const target = 0xc000 | (end - back);
      reply[end + at] = target >>> 8;
      reply[end + at + 1] = target & 0xff;
    }
    this.#counts.MesosRequests++;
    this.#counts.MesosNXDomain++;
    return reply;
  }

  #soaNow(): PreparedSoa | undefined {
    const { serial } = this.#zone;
    if (this.#soaSerial !== serial) {
      this.#soaSerial = serial;
      const label = ['x', 'y', 'z'].find((one) => !this.#likeSoa.includes(one + this.#belowDomain)) ?? 'x';
      const question = { name: `${label}${this.#belowDomain}.`, type: rrType.A, class: 1 };
      const query = { id: 0, flags: 0, questions: [question], answers: [], authorities: [], additionals: [] };
      const reply = replyTo(query, rcode.NXDOMAIN, flag.AA);
      this.#soa = prepareSoa({ ...reply, authorities: [soaRecord(question.name, this.#settings, serial)] });
    }
    return this.#soa;
  }

  #prepareAddresses(name: string, records: readonly AddressRecord[]): PreparedAddresses | null {
    const question = { name: `${name}.`, type: rrType.A, class: 1 };
    return prepareAddresses(
      question,
      records.map((record) => addressRecord(record, this.#settings)),
    );
  }

  #prepareServices(records: ExactName): PreparedServices | null {
    const question = { name: `${records.name}.`, type: rrType.SRV, class: 1 };
    const settings = this.#settings;
    return prepareServices(
      question,
      records.SRV.map((record) => ({
        target: record.target,
        record: serviceRecord(record, question.name, settings),
      })),
      (target) => {
        const found = this.#zone.find(target);
        return {
          a: (found?.A ?? []).map((record) => addressRecord(record, settings)),
          aaaa: (found?.AAAA ?? []).map((record) => addressRecord(record, settings)),
        };
      },
    );
  }
}
