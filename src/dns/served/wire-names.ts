/** RFC 1035 §2.3.4, in octets, the root's length octet counted. */
export const maxWireNameBytes = 255;
const maxLabelBytes = 63;
const dot = 0x2e;
const firstPrintable = 0x20;
const lastPrintable = 0x7e;

/**
 * Writes a name (dots between labels, none at the end, printable ASCII) in the form of a message, with the root's octet at the
 * end, and returns how many octets that are. 0: it cannot be written.
 */
export function writeWireName(name: string, into: Uint8Array, start = 0): number {
  const { length } = name;
  if (length === 0 || length + 2 > maxWireNameBytes) return 0;
  let lengthAt = start;
  for (let i = 0; i < length; i++) {
    const code = name.charCodeAt(i);
    const at = start + 1 + i;
    if (code < firstPrintable || code > lastPrintable) return 0;
    if (code === dot) {
      const label = at - lengthAt - 1;
      if (label === 0 || label > maxLabelBytes) return 0;
      into[lengthAt] = label;
      lengthAt = at;
    } else {
      into[at] = code;
    }
  }
  const label = start + length - lengthAt;
  if (label === 0 || label > maxLabelBytes) return 0;
  into[lengthAt] = label;
  into[start + length + 1] = 0;
  return length + 2;
}

/** The text of a name that was written so. */
export function wireNameText(bytes: Uint8Array, start: number): string {
  let end = start;
  while (bytes[end] !== 0) end += (bytes[end] as number) + 1;
  const text = Buffer.from(bytes.subarray(start + 1, end));
  for (let at = bytes[start] as number; at < text.length;) {
    const label = text[at] as number;
    text[at] = dot;
    at += label + 1;
  }
  return text.toString('latin1');
}

/** One step of the hash of a name: FNV-1a. */
export function hashOctet(hash: number, octet: number): number {
  return Math.imul(hash ^ octet, 0x01000193);
}

/** The last step: spreads what the last octets changed over all bits. */
export function finishHash(hash: number): number {
  const mixed = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return mixed ^ (mixed >>> 13);
}

/** The hash of the octets from `start` to `end`: of a name, without the root's octet. */
export function hashOctets(bytes: Uint8Array, start: number, end: number, seed: number): number {
  let hash = seed;
  for (let at = start; at < end; at++) hash = hashOctet(hash, bytes[at] as number);
  return finishHash(hash);
}
