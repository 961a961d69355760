/** Messages octet by octet: what no library for DNS would write. */
export interface MessageParts {
  readonly id?: number;
  /** The second 16 bits of the header; RD alone unless said otherwise. */
  readonly flags?: number;
  /** QDCOUNT, ANCOUNT, NSCOUNT, ARCOUNT; one question unless said otherwise. */
  readonly counts?: readonly [number, number, number, number];
  readonly body?: Buffer;
}

export const flag = { QR: 0x8000, AA: 0x0400, TC: 0x0200, RD: 0x0100, RA: 0x0080, Z: 0x0040, AD: 0x0020, CD: 0x0010 };

export function u16(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(2 * values.length);
  values.forEach((value, index) => bytes.writeUInt16BE(value, 2 * index));
  return bytes;
}

export function message({ id = 0x1234, flags = flag.RD, counts = [1, 0, 0, 0], body }: MessageParts): Buffer {
  return Buffer.concat([u16(id, flags, ...counts), body ?? Buffer.alloc(0)]);
}

/** Labels in latin1, of any octets, and the root. */
export function wireName(...labels: readonly string[]): Buffer {
  return Buffer.concat([
    ...labels.map((label) => Buffer.from(String.fromCharCode(label.length) + label, 'latin1')),
    Buffer.from([0]),
  ]);
}

/** `a.b.c` as a name on the wire. */
export const dotted = (name: string): Buffer => wireName(...name.split('.'));

export function question(name: Buffer, type = 1, rrClass = 1): Buffer {
  return Buffer.concat([name, u16(type, rrClass)]);
}

export interface RecordParts {
  readonly name?: Buffer;
  readonly type: number;
  readonly class?: number;
  readonly ttl?: number;
  readonly data?: Buffer;
  /** RDLENGTH, where it is a lie. */
  readonly length?: number;
}

export function record(parts: RecordParts): Buffer {
  const { name = Buffer.from([0]), type, ttl = 0, data = Buffer.alloc(0), length = data.length } = parts;
  return Buffer.concat([name, u16(type, parts.class ?? 1, ttl >>> 16, ttl & 0xffff, length), data]);
}

/** An OPT record (RFC 6891 §6.1). */
export function opt(
  fields: { readonly size?: number; readonly version?: number; readonly data?: Buffer } = {},
): Buffer {
  const { size = 1232, version = 0, data = Buffer.alloc(0) } = fields;
  return record({ type: 41, class: size, ttl: version << 16, data });
}

/** One option of an OPT record. */
export function option(code: number, data: Buffer, length = data.length): Buffer {
  return Buffer.concat([u16(code, length), data]);
}

/** With the length in front, as over TCP. */
export function framed(bytes: Buffer): Buffer {
  return Buffer.concat([u16(bytes.length), bytes]);
}

/** The rcode of a reply, the upper bits of its OPT record included; undefined when there are records after which none can be found. */
export function fullRcode(reply: Buffer): number {
  const low = reply.readUInt16BE(2) & 15;
  // Ours is the last record, without options of its own when the rcode needs it
  const last = reply.subarray(-11);
  const isOpt = reply.readUInt16BE(10) > 0 && reply.length >= 23 && last[0] === 0 && last.readUInt16BE(1) === 41;
  return isOpt ? ((last[5] ?? 0) << 4) | low : low;
}
