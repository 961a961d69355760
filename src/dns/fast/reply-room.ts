import { ednsUdpPayloadBytes } from '../answer/protocol.js';

/** Replies are written here, one after the other: the next one overwrites the last. */
export class ReplyRoom {
  bytes = Buffer.allocUnsafeSlow(ednsUdpPayloadBytes);
  /** By length: an object less per reply. */
  #views: (Buffer | undefined)[] = new Array<Buffer | undefined>(ednsUdpPayloadBytes + 1);

  /** The first `length` octets. */
  view(length: number): Buffer {
    return (this.#views[length] ??= this.bytes.subarray(0, length));
  }

  /** Leaves what was written to whoever still needs it. */
  renew(): void {
    this.bytes = Buffer.allocUnsafeSlow(ednsUdpPayloadBytes);
    this.#views = new Array<Buffer | undefined>(ednsUdpPayloadBytes + 1);
  }
}

/** From so many octets on the call of a copying function pays. */
const worthACall = 96;

/** Copies the octets of `source` from `start` to `end` to `target` at `at`; returns where they end. */
export function copyOctets(target: Uint8Array, at: number, source: Uint8Array, start: number, end: number): number {
  const length = end - start;
  if (length >= worthACall) {
    target.set(source.subarray(start, end), at);
  } else {
    for (let i = 0; i < length; i++) target[at + i] = source[start + i] as number;
  }
  return at + length;
}
