import * as dnsPacket from 'dns-packet';

/** Where the one question of a well-formed message ends; undefined for anything else. */
function questionEnd(bytes: Buffer): number | undefined {
  let at = 12;
  for (;;) {
    const length = bytes[at];
    if (length === undefined || length > 63) return undefined;
    at += 1 + length;
    if (length === 0) break;
  }
  return at + 4 <= bytes.length ? at + 4 : undefined;
}

/** Whether a message is one that nobody answers: too short for a header, or itself a response. */
export function mustBeSilent(bytes: Buffer): boolean {
  return bytes.length < 12 || ((bytes[2] ?? 0) & 0x80) !== 0;
}

/** The rcodes that a message may be answered with by a name server that knows its zone and has no resolvers. */
function allowedRcodes(bytes: Buffer): readonly string[] {
  if (((bytes[2] ?? 0) & 0x78) !== 0) return ['NOTIMP', 'FORMERR'];
  if (bytes.readUInt16BE(4) !== 1 || questionEnd(bytes) === undefined) return ['FORMERR'];
  return ['NOERROR', 'FORMERR', 'NXDOMAIN', 'REFUSED'];
}

/**
 * What is wrong with a reply to a message, whatever octets that was; undefined when nothing is. The upper bits of the rcode (BADVERS) are
 * not looked at.
 */
export function faultOf(query: Buffer, reply: Buffer, transport: 'udp' | 'tcp'): string | undefined {
  if (mustBeSilent(query)) return 'it was answered';
  if (reply.length < 12) return `a reply of ${reply.length} octets`;
  if (reply.readUInt16BE(0) !== query.readUInt16BE(0)) return 'another id';
  if (((reply[2] ?? 0) & 0x80) === 0) return 'no response';
  if (((reply[2] ?? 0) & 0x78) !== ((query[2] ?? 0) & 0x78)) return 'another opcode';
  if (transport === 'udp' && reply.length > 1232) return `${reply.length} octets over UDP`;
  let decoded;
  try {
    decoded = dnsPacket.decode(reply) as dnsPacket.DecodedPacket & { readonly rcode: string };
  } catch (error) {
    return `it cannot be decoded: ${String(error)}`;
  }
  if (!allowedRcodes(query).includes(decoded.rcode)) return `rcode ${decoded.rcode}`;
  const end = questionEnd(query);
  const questions = reply.readUInt16BE(4);
  if (questions > 1) return `${questions} questions`;
  if (questions === 1 && (end === undefined || !reply.subarray(12, end).equals(query.subarray(12, end)))) {
    return 'another question';
  }
  const opts = (decoded.additionals ?? []).filter(({ type }) => type === 'OPT').length;
  if (opts > 1) return `${opts} OPT records`;
  if (opts === 1 && query.readUInt16BE(10) === 0) return 'an OPT record for who sent none';
  if (transport === 'udp' && opts === 0 && reply.length > 512) return `${reply.length} octets without EDNS`;
  return undefined;
}
