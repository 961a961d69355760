/** No answer is longer: a request for the children of a node with a million of them. Longer ones mean that the stream is out of step. */
const maxFrameBytes = 64 << 20;

/**
 * Cuts a stream of bytes into ZooKeeper's frames: four bytes that tell the length, then so many bytes. Frames are given back with
 * their length in front. Throws when a length cannot be right.
 */
export class FrameReader {
  #chunks: Buffer[] = [];
  #bytes = 0;
  /** Of the frame that is being gathered, its length included; undefined until the first four bytes are here. */
  #wanted: number | undefined;

  /** All frames that are complete with `chunk`. */
  *read(chunk: Buffer): Generator<Buffer> {
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    for (;;) {
      if (this.#wanted === undefined) {
        if (this.#bytes < 4) return;
        const length = this.#joined().readInt32BE(0);
        if (length < 0 || length > maxFrameBytes) throw new Error(`an answer of ${length} bytes was announced`);
        this.#wanted = length + 4;
      }
      if (this.#bytes < this.#wanted) return;
      const all = this.#joined();
      const frame = all.subarray(0, this.#wanted);
      this.#chunks = [all.subarray(this.#wanted)];
      this.#bytes -= this.#wanted;
      this.#wanted = undefined;
      yield frame;
    }
  }

  #joined(): Buffer {
    const [only] = this.#chunks;
    if (only !== undefined && this.#chunks.length === 1) return only;
    const all = Buffer.concat(this.#chunks);
    this.#chunks = [all];
    return all;
  }
}
