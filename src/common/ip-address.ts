import { isIPv4 } from 'node:net';
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

const rangesOfNobody = new Set(['loopback', 'unspecified', 'linkLocal', 'multicast', 'broadcast']);

/** Whether an address in the form that `parseIpAddress` gives can be that of one machine, the same wherever one stands. */
export function isAddressOfOne(address: string): boolean {
  return !rangesOfNobody.has(ipaddr.parse(address).range());
}

/** What `isPrivateAddress` is true for, as networks. */
export const privateNetworks: readonly string[] = [
  '127.0.0.0/8',
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '169.254.0.0/16',
  '100.64.0.0/10',
  '::1/128',
  'fc00::/7',
  'fe80::/10',
];

const privateRanges = new Set(['loopback', 'private', 'linkLocal', 'uniqueLocal', 'carrierGradeNat']);

/**
 * Whether an address cannot come from the public internet: loopback, RFC 1918, link-local, RFC 4193, RFC 6598.
 * False for anything that is no address; a zone id (`fe80::1%eth0`) is ignored.
 */
export function isPrivateAddress(text: string): boolean {
  const address = text.split('%')[0] ?? '';
  return ipaddr.isValid(address) && privateRanges.has(ipaddr.process(address).range());
}

/** Addresses with the same first bits. Made by `parseNetwork`. */
export interface Network {
  readonly octets: Buffer;
  readonly bits: number;
}

/** The octets of an address in whatever text form, a zone id ignored; IPv4-mapped IPv6 gives those of IPv4. Undefined for what is no address. */
export function octetsOf(text: string): Buffer | undefined {
  if (isIPv4(text)) return Buffer.from(text.split('.').map(Number));
  const parsed = parseIpAddress(text.split('%')[0] ?? '');
  return parsed === undefined ? undefined : ipAddressOctets(parsed.address);
}

const mappedBits = 96;

/** Reads `address/bits`, or an address, which is a network of one. An IPv4-mapped IPv6 network is one of IPv4. Undefined for anything else. */
export function parseNetwork(text: string): Network | undefined {
  const [address = '', length, ...rest] = text.split('/');
  const octets = address.includes('%') ? undefined : octetsOf(address);
  if (octets === undefined || rest.length > 0) return undefined;
  const width = octets.length * 8;
  if (length === undefined) return { octets, bits: width };
  if (!/^\d{1,3}$/.test(length)) return undefined;
  const bits = Number(length) - (octets.length === 4 && address.includes(':') ? mappedBits : 0);
  return bits >= 0 && bits <= width ? { octets, bits } : undefined;
}

/** Whether an address, as `octetsOf` gives it, is of the network. */
export function isInNetwork(octets: Buffer, network: Network): boolean {
  if (octets.length !== network.octets.length) return false;
  const whole = network.bits >>> 3;
  for (let i = 0; i < whole; i++) if (octets[i] !== network.octets[i]) return false;
  const shift = 8 - (network.bits & 7);
  return shift === 8 || (octets[whole] as number) >>> shift === (network.octets[whole] as number) >>> shift;
}
