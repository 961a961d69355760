import { UsageError } from '../../common/errors.js';
import { isInNetwork, parseNetwork, privateNetworks } from '../../common/ip-address.js';
import type { Network } from '../../common/ip-address.js';

/** Stands for all addresses that are not of the internet (`isPrivateAddress`). */
const local = 'local';

/** Whether an address, as `octetsOf` gives it, is of some networks. */
export type AddressTest = (octets: Buffer) => boolean;

function networkOf(text: string, flag: string): Network {
  const network = parseNetwork(text);
  if (network === undefined) {
    throw new UsageError(`--${flag}: "${text}" is not a network such as 10.0.0.0/8, nor ${local}`);
  }
  return network;
}

/** The test for networks in CIDR notation, single addresses, and `local`. Throws UsageError, naming the flag, for anything else. */
export function addressTest(texts: readonly string[], flag: string): AddressTest {
  const networks = texts
    .flatMap((text) => (text === local ? privateNetworks : [text]))
    .map((text) => networkOf(text, flag));
  return (octets) => networks.some((network) => isInNetwork(octets, network));
}
