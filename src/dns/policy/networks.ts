import { UsageError } from '../../common/errors.js';
import { isInNetwork, isPrivateAddress, octetsOf, parseNetwork } from '../../common/ip-address.js';
import type { Network } from '../../common/ip-address.js';

/** Stands for all addresses that are not of the internet. */
const local = 'local';

/** Whether an address, in whatever text form, is of some networks. */
export type AddressTest = (address: string) => boolean;

function networkOf(text: string, flag: string): Network {
  const network = parseNetwork(text);
  if (network === undefined) {
    throw new UsageError(`--${flag}: "${text}" is not a network such as 10.0.0.0/8, nor ${local}`);
  }
  return network;
}

/** The test for networks in CIDR notation, single addresses, and `local`. Throws UsageError, naming the flag, for anything else. */
export function addressTest(texts: readonly string[], flag: string): AddressTest {
  const withLocal = texts.includes(local);
  const networks = texts.filter((text) => text !== local).map((text) => networkOf(text, flag));
  return (address) => {
    if (withLocal && isPrivateAddress(address)) return true;
    const octets = octetsOf(address);
    return octets !== undefined && networks.some((network) => isInNetwork(octets, network));
  };
}
