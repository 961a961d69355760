import { lookup } from 'node:dns/promises';
import { parseIpAddress } from '../../common/ip-address.js';
import { StartupError } from '../../common/errors.js';
import type { MasterInfo } from '../../mesos/types.js';
import { masterCapabilities, mesosVersion } from '../version.js';

/** `MasterInfo.ip`: the four bytes of an IPv4 address in network order, read as a little-endian number. */
function ipNumber(address: string): number {
  return address.split('.').reduce((sum, byte, i) => sum + Number(byte) * 2 ** (8 * i), 0);
}

/** Who a master on `host:port` is. `id` must be new for every start: offers and new frameworks are named after it. */
export async function masterInfo(id: string, host: string, port: number): Promise<MasterInfo> {
  let ip = parseIpAddress(host);
  if (ip === undefined) {
    try {
      const { address } = await lookup(host, { family: 4 });
      ip = { family: 4, address };
    } catch (cause) {
      throw new StartupError(`${host} has no address`, { cause });
    }
  }
  const authority = ip.family === 6 ? `[${ip.address}]` : ip.address;
  return {
    id,
    ip: ip.family === 4 ? ipNumber(ip.address) : 0,
    port,
    pid: `master@${authority}:${port}`,
    hostname: host,
    version: mesosVersion,
    address: { hostname: host, ip: ip.address, port },
    capabilities: masterCapabilities,
  };
}
