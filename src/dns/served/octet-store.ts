/** Blocks begin at multiples of this, so that they can hold words of 32 bits. */
export const blockUnit = 16;
const smallBlock = 256;
const initialBytes = 64 << 10;

/** How long a block for `length` octets is: above 256 octets there are four sizes between a power of two and the next. */
function blockSize(length: number): number {
  const unit = length <= smallBlock ? blockUnit : 1 << (29 - Math.clz32(length - 1));
  return Math.ceil(length / unit) * unit;
}

/**
 * Many small blocks of octets in one piece of memory: hundreds of thousands of objects would cost several times as much, and
 * the garbage collector a pause for looking at each. Blocks are named by where they begin, never 0. What is released is used
 * again for blocks of about that length; a block that grows bit by bit therefore leaves a few times behind what it has itself.
 */
export class OctetStore {
  /** Both show the same memory. It may be another one after `allocate`. */
  bytes = new Uint8Array(initialBytes);
  words = new Int32Array(this.bytes.buffer);
  #end = blockUnit;
  readonly #free = new Map<number, number[]>();

  /** A block of at least `length` octets, with anything in them. */
  allocate(length: number): number {
    const size = blockSize(length);
    const released = this.#free.get(size)?.pop();
    if (released !== undefined) return released;
    const block = this.#end;
    this.#end += size;
    if (this.#end > this.bytes.length) this.#grow();
    return block;
  }

  /** Gives back a block that was allocated with the same length. */
  release(block: number, length: number): void {
    const size = blockSize(length);
    const released = this.#free.get(size);
    if (released === undefined) this.#free.set(size, [block]);
    else released.push(block);
  }

  /** The same octets in memory of its own, to be read from. */
  copy(): OctetStore {
    const copy = new OctetStore();
    copy.bytes = this.bytes.slice(0, Math.max(this.#end, initialBytes));
    copy.words = new Int32Array(copy.bytes.buffer, 0, copy.bytes.length >> 2);
    copy.#end = this.#end;
    return copy;
  }

  #grow(): void {
    const length = Math.ceil((this.#end * 1.5) / initialBytes) * initialBytes;
    const larger = new Uint8Array(length);
    larger.set(this.bytes);
    this.bytes = larger;
    this.words = new Int32Array(larger.buffer);
  }
}
