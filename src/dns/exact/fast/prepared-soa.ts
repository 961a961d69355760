import type { WireMessage } from '../message.js';
import { pack } from '../pack.js';

/** The SOA record of negative answers, behind any question whose name it has nothing more in common with than the domain. */
export interface PreparedSoa {
  readonly octets: Buffer;
  /** Where in it pointers are, and how far in front of the record (or, below 0, behind its start) what they point to begins. */
  readonly pointers: readonly { readonly at: number; readonly back: number }[];
}

/** Owner, type, class, TTL and length. */
const headBytes = 12;

/**
 * Takes the record from a message that has it as its only one, where the owner is a pointer to the question: all other pointers in it lead to
 * the end of the question's name, or into the record itself. Undefined when no message can hold it.
 */
export function prepareSoa(message: WireMessage): PreparedSoa | undefined {
  const before = pack({ ...message, authorities: [] }, Infinity);
  const packed = pack(message, Infinity);
  if (before === undefined || packed?.sendable !== true) return undefined;
  const start = before.bytes.length;
  const octets = Buffer.from(packed.bytes.subarray(start));
  const pointers: { at: number; back: number }[] = [];
  let offset = headBytes;
  for (let names = 0; names < 2; offset++) {
    const length = octets[offset] as number;
    if (length >= 0xc0) {
      pointers.push({ at: offset, back: start - (octets.readUInt16BE(offset) & 0x3fff) });
      offset++;
      names++;
    } else if (length === 0) names++;
    else offset += length;
  }
  return { octets, pointers };
}
