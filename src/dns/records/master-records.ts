import { parseIpAddress } from '../../common/ip-address.js';
import { addressRecords, hostAddressesOf } from './addresses.js';
import type { Generated } from './generated.js';
import { nothing } from './generated.js';
import { parseHostPort } from './host-port.js';
import type { RecordOptions } from './options.js';
import type { DnsRecord } from './record.js';
import type { View } from './view.js';

/**
 * `leader`, `master`, `master<n>`, `_leader._tcp` and `_leader._udp`; outside exact mode `_master._tcp` and `_master._udp` as well, with
 * a record for each `master<n>`. Masters are numbered from 0 in the configured order;
 * one whose address was there before (another port of the same host) gets no number, and a leader that is not in the list
 * gets the last one.
 */
export function masterRecords(view: View, options: RecordOptions): Generated {
  const { leader } = view;
  const leaderAddress = leader === undefined ? undefined : parseIpAddress(hostAddressesOf(view, leader.host)[0] ?? '');
  if (leader === undefined || leaderAddress === undefined) return nothing;

  const at = (label: string): string => `${label}.${options.domain}`;
  const addresses = (label: string, address: string): DnsRecord[] => addressRecords(at(label), [address]);
  const services = (label: string, target: string, port: number): DnsRecord[] =>
    ['tcp', 'udp'].map((protocol): DnsRecord => {
      return { type: 'SRV', name: at(`_${label}._${protocol}`), target: at(target), port };
    });
  const records: DnsRecord[] = [
    ...addresses('leader', leaderAddress.address),
    ...addresses('master', leaderAddress.address),
    ...services('leader', 'leader', leader.port),
  ];
  const numbered = (number: number, address: string, port: number): DnsRecord[] => [
    ...addresses(`master${number}`, address),
    ...(options.quirks ? [] : services('master', `master${number}`, port)),
  ];
  const problems: string[] = [];
  const known = new Set([leaderAddress.address]);
  let next = 0;
  let leaderNumbered = false;
  for (const text of options.masters) {
    const master = parseHostPort(text);
    const ip = master === undefined ? undefined : parseIpAddress(master.host);
    if (master === undefined || ip === undefined) {
      problems.push(`master ${text} has no number: it is not given as address:port`);
      continue;
    }
    const isLeader = ip.address === leaderAddress.address && master.port === leader.port;
    if (isLeader ? leaderNumbered : known.has(ip.address)) continue;
    if (isLeader) leaderNumbered = true;
    else {
      known.add(ip.address);
      records.push(...addresses('master', ip.address));
    }
    records.push(...numbered(next++, ip.address, master.port));
  }
  if (!leaderNumbered) records.push(...numbered(next, leaderAddress.address, leader.port));
  return { records, problems };
}
