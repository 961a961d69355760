/** A line is longer than allowed. */
export class LineTooLongError extends Error {
  override readonly name = 'LineTooLongError';
}

/** The lines of a stream of bytes, each with its line end, the last one perhaps without. Throws LineTooLongError above `maxBytes`. */
export async function* splitLines(chunks: AsyncIterable<Buffer>, maxBytes: number): AsyncGenerator<Buffer> {
  let parts: Buffer[] = [];
  let size = 0;
  const add = (part: Buffer): void => {
    parts.push(part);
    size += part.length;
    if (size > maxBytes) throw new LineTooLongError(`it is longer than ${maxBytes} bytes`);
  };
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, start)) {
      add(chunk.subarray(start, end + 1));
      yield parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts);
      parts = [];
      size = 0;
      start = end + 1;
    }
    if (start < chunk.length) add(chunk.subarray(start));
  }
  if (size > 0) yield Buffer.concat(parts);
}
