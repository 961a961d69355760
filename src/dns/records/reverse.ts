import { ipAddressOctets, isAddressOfOne, parseIpAddress } from '../../common/ip-address.js';
import type { PtrRecord } from './record.js';

/**
 * Where the name of an address is looked up (RFC 1035 §3.5, RFC 3596 §2.5): `4.3.2.1.in-addr.arpa`. Undefined for texts that are no
 * address, and for addresses that no single machine of the network has.
 */
export function reverseName(text: string): string | undefined {
  const ip = parseIpAddress(text);
  if (ip === undefined || !isAddressOfOne(ip.address)) return undefined;
  const octets = [...ipAddressOctets(ip.address)].reverse();
  if (ip.family === 4) return `${octets.join('.')}.in-addr.arpa`;
  const nibbles = octets.flatMap((octet) => [octet & 15, octet >> 4]);
  return `${nibbles.map((nibble) => nibble.toString(16)).join('.')}.ip6.arpa`;
}

/** The way back from addresses to a name. */
export function reverseRecords(addresses: readonly string[], target: string): PtrRecord[] {
  return addresses.flatMap((text): PtrRecord[] => {
    const name = reverseName(text);
    return name === undefined ? [] : [{ type: 'PTR', name, target }];
  });
}
