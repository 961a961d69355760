/** Octets that tell the length of a message over TCP (RFC 1035 §4.2.2). */
const prefixBytes = 2;

/** The message as it is sent over TCP. Throws for more than 65,535 octets. */
export function framed(message: Buffer): Buffer {
  const frame = Buffer.allocUnsafe(prefixBytes + message.length);
  frame.writeUInt16BE(message.length, 0);
  message.copy(frame, prefixBytes);
  return frame;
}

/** Puts messages together from pieces of whatever size; each octet is copied a bounded number of times. */
export class TcpFrames {
  #pieces: Buffer[] = [];
  #length = 0;
  /** How much there must be before it is worth a look. */
  #wanted = prefixBytes;

  /** Octets that are not taken yet. */
  get length(): number {
    return this.#length;
  }

  push(piece: Buffer): void {
    this.#pieces.push(piece);
    this.#length += piece.length;
  }

  /** The next message, if it is whole. */
  take(): Buffer | undefined {
    while (this.#length >= this.#wanted) {
      const whole = this.#pieces.length === 1 ? (this.#pieces[0] as Buffer) : Buffer.concat(this.#pieces);
      const end = prefixBytes + whole.readUInt16BE(0);
      if (whole.length < end) {
        this.#pieces = [whole];
        this.#wanted = end;
        continue;
      }
      const rest = whole.subarray(end);
      this.#pieces = rest.length === 0 ? [] : [rest];
      this.#length = rest.length;
      this.#wanted = prefixBytes;
      return whole.subarray(prefixBytes, end);
    }
    return undefined;
  }
}
