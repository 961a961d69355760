import { rrClass, rrType } from '../answer/protocol.js';
import type { ZoneSettings } from '../answer/zone.js';
import { maxWireNameBytes, writeWireName } from '../served/wire-names.js';
import { copyOctets } from './reply-room.js';

const pointerBytes = 2;
const numbersBytes = 20;
const recordHeadBytes = 12;
const maxTtlSeconds = 0x7fffffff;

/** A name of the SOA record: labels, then the root or a pointer to a name that is in the message before. */
interface Compressed {
  readonly labels: Uint8Array;
  readonly then: 'root' | 'domain' | 'nameServer';
}

function wire(name: string): Uint8Array {
  const octets = new Uint8Array(maxWireNameBytes);
  return octets.subarray(0, writeWireName(name, octets));
}

/** `name` up to where `suffix` begins, which is a name of whole labels at its end; undefined when it does not end so. */
function before(name: string, suffix: string): string | undefined {
  if (name === suffix) return '';
  return name.endsWith(`.${suffix}`) ? name.slice(0, -suffix.length - 1) : undefined;
}

function compressed(name: string, domain: string, nameServer: string | undefined): Compressed {
  for (const [suffix, then] of [
    [nameServer, 'nameServer'],
    [domain, 'domain'],
  ] as const) {
    const rest = suffix === undefined ? undefined : before(name, suffix);
    if (rest === '') return { labels: new Uint8Array(), then };
    if (rest !== undefined) return { labels: wire(rest).subarray(0, -1), then };
  }
  return { labels: wire(name).subarray(0, -1), then: 'root' };
}

function writePointer(bytes: Uint8Array, at: number, target: number): number {
  bytes[at] = 0xc0 | (target >>> 8);
  bytes[at + 1] = target & 0xff;
  return at + pointerBytes;
}

/** The SOA record of negative answers (RFC 2308 §3), whose owner is the end of the question's name. */
export class NegativeRecord {
  readonly #nameServer: Compressed;
  readonly #mailbox: Compressed;
  readonly #head: Buffer;
  /** Refresh, retry, expire, minimum. */
  readonly #times: Buffer;
  /** In octets. */
  readonly length: number;

  constructor({ domain, soa, ttlSeconds }: ZoneSettings) {
    this.#nameServer = compressed(soa.nameServer, domain, undefined);
    this.#mailbox = compressed(soa.mailbox, domain, soa.nameServer);
    const dataBytes =
      [this.#nameServer, this.#mailbox].reduce(
        (sum, { labels, then }) => sum + labels.length + (then === 'root' ? 1 : pointerBytes),
        0,
      ) + numbersBytes;
    this.length = recordHeadBytes + dataBytes;
    this.#head = Buffer.alloc(recordHeadBytes - pointerBytes);
    this.#head.writeUInt16BE(rrType.SOA, 0);
    this.#head.writeUInt16BE(rrClass.IN, 2);
    this.#head.writeUInt32BE(Math.min(ttlSeconds, maxTtlSeconds), 4);
    this.#head.writeUInt16BE(dataBytes, 8);
    this.#times = Buffer.alloc(16);
    [soa.refreshSeconds, soa.retrySeconds, soa.expireSeconds, ttlSeconds].forEach((seconds, index) =>
      this.#times.writeUInt32BE(seconds >>> 0, 4 * index),
    );
  }

  /** Writes it at `start` of a message with the zone's name at `domainAt`; returns where it ends. */
  write(bytes: Uint8Array, start: number, domainAt: number, serial: number): number {
    let at = writePointer(bytes, start, domainAt);
    at = copyOctets(bytes, at, this.#head, 0, this.#head.length);
    const nameServerAt = at;
    at = this.#writeName(bytes, at, this.#nameServer, domainAt, nameServerAt);
    at = this.#writeName(bytes, at, this.#mailbox, domainAt, nameServerAt);
    bytes[at] = serial >>> 24;
    bytes[at + 1] = (serial >>> 16) & 0xff;
    bytes[at + 2] = (serial >>> 8) & 0xff;
    bytes[at + 3] = serial & 0xff;
    return copyOctets(bytes, at + 4, this.#times, 0, this.#times.length);
  }

  #writeName(bytes: Uint8Array, start: number, name: Compressed, domainAt: number, nameServerAt: number): number {
    const at = copyOctets(bytes, start, name.labels, 0, name.labels.length);
    if (name.then !== 'root') return writePointer(bytes, at, name.then === 'domain' ? domainAt : nameServerAt);
    bytes[at] = 0;
    return at + 1;
  }
}
