import { parseIpAddress } from '../../common/ip-address.js';
import type { AddressRecord } from './record.js';
import type { View } from './view.js';

/** The addresses of a host that is given as an IP address or by name; empty while a name is not resolved. */
export function hostAddressesOf(view: View, host: string): readonly string[] {
  return parseIpAddress(host) === undefined ? (view.hostAddresses.get(host) ?? []) : [host];
}

/** The A and AAAA records of `name`; texts that are no address are skipped. */
export function addressRecords(name: string, addresses: readonly string[]): AddressRecord[] {
  return addresses.flatMap((text) => {
    const ip = parseIpAddress(text);
    return ip === undefined ? [] : [{ type: ip.family === 4 ? 'A' : 'AAAA', name, address: ip.address }];
  });
}
