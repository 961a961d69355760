import { soaOf } from './lookup.js';
import type { ReplyRecord } from './reply.js';
import type { Query, Question } from './query.js';
import { rrType } from './protocol.js';
import type { Zone } from './zone.js';

/** Asks for the zone, or for what of it changed (RFC 5936, RFC 1995). */
export function isTransfer({ type }: Question): boolean {
  return type === rrType.AXFR || type === rrType.IXFR;
}

/** RFC 1982: whether `serial` is `other` or comes after it, on a circle of 32 bits. */
function isAtLeast(serial: number, other: number): boolean {
  return serial === other || (serial - other) >>> 0 < 0x8000_0000;
}

/**
 * The one record that an IXFR query is answered with when the client has the zone as it is, and always over UDP, so that it comes back over TCP
 * (RFC 1995 §2, §4); undefined when it is sent the zone.
 */
export function serialOnly(query: Query, { type }: Question, zone: Zone): readonly ReplyRecord[] | undefined {
  if (type !== rrType.IXFR) return undefined;
  const isCurrent = query.serial !== undefined && isAtLeast(query.serial, zone.serial);
  return isCurrent || query.transport === 'udp' ? [soaOf(zone)] : undefined;
}
