/**
 * A writer for dns2's encoders that works on octets: dns2's own one keeps an array of bits and copies the whole message for
 * every record. The output is the same. Fields are whole octets, but for the flags of the header.
 */
export class FastWriter {
  #bytes: Buffer;
  #length = 0;
  #flagBits = 0;
  #flagCount = 0;
  /** Offsets of the names written so far, for compression; undefined while names must be written in full. */
  names: Map<string, number> | undefined = new Map();

  constructor(initialBytes = 512) {
    this.#bytes = Buffer.allocUnsafe(initialBytes);
  }

  write(value: number, bits: number): void {
    if (this.#flagCount > 0 || bits % 8 !== 0) this.#writeBits(value, bits);
    else this.#writeOctets(value, bits / 8);
  }

  writeBuffer(source: { toBuffer(): Buffer }): void {
    const bytes = source.toBuffer();
    this.#reserve(bytes.length);
    bytes.copy(this.#bytes, this.#length);
    this.#length += bytes.length;
  }

  bitLength(): number {
    return this.#length * 8 + this.#flagCount;
  }

  byteLength(): number {
    return this.#length;
  }

  /** Overwrites 16 bits that were written before, at an octet boundary. */
  patch(bitOffset: number, value: number, bits: number): void {
    if (bits !== 16 || bitOffset % 8 !== 0) throw new RangeError(`cannot patch ${bits} bits at bit ${bitOffset}`);
    this.#bytes.writeUInt16BE(value, bitOffset / 8);
  }

  /** What was written so far: a view, not a copy. */
  toBuffer(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  /** Forgets everything from this octet on. */
  truncate(byteLength: number): void {
    this.#length = byteLength;
  }

  #reserve(octets: number): void {
    if (this.#length + octets <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, this.#length + octets));
    this.#bytes.copy(larger, 0, 0, this.#length);
    this.#bytes = larger;
  }

  #writeOctets(value: number, octets: number): void {
    this.#reserve(octets);
    for (let shift = (octets - 1) * 8; shift >= 0; shift -= 8) this.#bytes[this.#length++] = (value >>> shift) & 0xff;
  }

  #writeBits(value: number, bits: number): void {
    for (let bit = bits - 1; bit >= 0; bit--) {
      this.#flagBits = (this.#flagBits << 1) | ((value >>> bit) & 1);
      if (++this.#flagCount === 8) {
        this.#writeOctets(this.#flagBits, 1);
        this.#flagBits = 0;
        this.#flagCount = 0;
      }
    }
  }
}
