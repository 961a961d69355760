/** A stream that does not follow RecordIO, or ended in the middle of a record. */
export class RecordIoError extends Error {
  override readonly name = 'RecordIoError';
}

/**
 * Splits a byte stream into RecordIO records (Mesos' `docs/recordio.md`: decimal length in bytes, `\n`, the record).
 * Records may be cut anywhere by the transport. Throws RecordIoError on a bad or too large length (default limit 64 MiB)
 * and on an end inside a record.
 */
export async function* decodeRecords(
  source: AsyncIterable<Uint8Array>,
  maxRecordBytes = 64 << 20,
): AsyncGenerator<Buffer, void, undefined> {
  let header = '';
  let parts: Buffer[] = [];
  let missing = -1; // bytes still missing of the current record; -1 = reading a length
  for await (const chunk of source) {
    let rest = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    while (rest.length > 0) {
      if (missing < 0) {
        const end = rest.indexOf(0x0a);
        header += rest.toString('latin1', 0, end < 0 ? rest.length : end);
        if (header.length > 20 || (end >= 0 && !/^\d+$/.test(header))) {
          throw new RecordIoError(`bad record length ${JSON.stringify(header.slice(0, 20))}`);
        }
        if (end < 0) break;
        missing = Number(header);
        header = '';
        if (missing > maxRecordBytes) throw new RecordIoError(`record of ${missing} bytes, allowed ${maxRecordBytes}`);
        rest = rest.subarray(end + 1);
      }
      const taken = rest.subarray(0, missing);
      parts.push(taken);
      missing -= taken.length;
      rest = rest.subarray(taken.length);
      if (missing === 0) {
        yield parts.length === 1 ? taken : Buffer.concat(parts);
        parts = [];
        missing = -1;
      }
    }
  }
  if (missing >= 0 || header !== '') throw new RecordIoError('the stream ended inside a record');
}

/** One message as a RecordIO record of compact JSON. */
export function encodeRecord(message: unknown): Buffer {
  const json = Buffer.from(JSON.stringify(message));
  return Buffer.concat([Buffer.from(`${json.length}\n`, 'latin1'), json]);
}
