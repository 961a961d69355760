import ipaddr from 'ipaddr.js';

/**
 * Reads an IP address as a name server may publish it: dotted IPv4 with four parts (IPv4-mapped IPv6 counts as IPv4), or
 * IPv6 in RFC 5952 text. Undefined for anything else, including the short forms (`10.1`) that C libraries accept.
 */
export function parseIpAddress(text: string): { family: 4 | 6; address: string } | undefined {
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) return { family: 4, address: text };
  if (!ipaddr.IPv6.isValid(text) || text.includes('%')) return undefined;
  const parsed = ipaddr.process(text);
  return parsed.kind() === 'ipv4'
    ? { family: 4, address: parsed.toString() }
    : { family: 6, address: (parsed as ipaddr.IPv6).toRFC5952String() };
}

/** The 4 or 16 octets of an address in the form that `parseIpAddress` gives. Throws for anything else. */
export function ipAddressOctets(address: string): Buffer {
  return Buffer.from(ipaddr.parse(address).toByteArray());
}

const privateRanges = new Set(['loopback', 'private', 'linkLocal', 'uniqueLocal', 'carrierGradeNat']);

/**
 * Whether an address cannot come from the public internet: loopback, RFC 1918, link-local, RFC 4193, RFC 6598.
 * False for anything that is no address; a zone id (`fe80::1%eth0`) is ignored.
 */
export function isPrivateAddress(text: string): boolean {
  const address = text.split('%')[0] ?? '';
  return ipaddr.isValid(address) && privateRanges.has(ipaddr.process(address).range());
}
