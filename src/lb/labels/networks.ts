import { parseNetwork } from '../../common/ip-address.js';
import { SettingError, shown } from './values.js';

const maxNetworks = 500;

/** Reads `HAPROXY_{n}_BACKEND_NETWORK_ALLOWED_ACL`: addresses and networks (`10.0.0.0/8`) with blanks between them. */
export function readNetworks(text: string): string[] {
  const networks = new Set(text.split(' ').filter((word) => word !== ''));
  if (networks.size > maxNetworks) throw new SettingError(`names more than ${maxNetworks} networks`);
  for (const network of networks) {
    if (parseNetwork(network) === undefined || !/^[0-9A-Fa-f.:/]+$/.test(network)) {
      throw new SettingError(`${shown(network)} is not an address or a network such as 10.0.0.0/8`);
    }
  }
  return [...networks];
}
