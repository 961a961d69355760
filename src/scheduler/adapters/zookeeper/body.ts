import { promisify } from 'node:util';
import { deflate, inflate } from 'node:zlib';

/** How the data of nodes is compressed. */
export interface Compression {
  readonly enabled: boolean;
  /** What has more bytes is compressed. */
  readonly thresholdBytes: number;
}

const deflated = promisify(deflate);
const inflated = promisify(inflate);

const plain = 0;
const zlib = 1;

/** Most of what compression can win here is won at a low level. */
const level = 3;

/** Text as it lies in a node: a byte that tells whether it is compressed, then its UTF-8 or the zlib stream of that. */
export async function encodeBody(text: string, { enabled, thresholdBytes }: Compression): Promise<Buffer> {
  const bytes = Buffer.from(text);
  if (enabled && bytes.length > thresholdBytes) {
    const smaller = await deflated(bytes, { level });
    if (smaller.length < bytes.length) return Buffer.concat([Buffer.from([zlib]), smaller]);
  }
  return Buffer.concat([Buffer.from([plain]), bytes]);
}

export async function decodeBody(body: Buffer): Promise<string> {
  const rest = body.subarray(1);
  if (body[0] === plain) return rest.toString();
  if (body[0] !== zlib) throw new Error(`data that begins with byte ${body[0]} is not of this store`);
  return (await inflated(rest)).toString();
}

/** Cuts bytes into pieces of at most `size`; at least one. */
export function cut(bytes: Buffer, size: number): Buffer[] {
  const parts: Buffer[] = [];
  for (let start = 0; start === 0 || start < bytes.length; start += size) {
    parts.push(bytes.subarray(start, start + size));
  }
  return parts;
}
