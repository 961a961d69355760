import { addressRecords, hostAddressesOf } from './addresses.js';
import type { Generated } from './generated.js';
import { nothing } from './generated.js';
import { labelFunctionOf } from './options.js';
import type { RecordOptions } from './options.js';
import type { DnsRecord } from './record.js';
import { reverseRecords } from './reverse.js';
import type { View, ViewAgent } from './view.js';

/** `<host name>.agent.<domain>`, and back. Mesos-DNS has no names of single agents. */
function ownRecords({ hostname = '' }: ViewAgent, addresses: readonly string[], options: RecordOptions): DnsRecord[] {
  const label = labelFunctionOf(options)(hostname);
  if (label === '') return [];
  const name = `${label}.agent.${options.domain}`;
  return [...addressRecords(name, addresses), ...reverseRecords(addresses, name)];
}

/** One agent's share of `slave.<domain>` and `_slave._tcp.<domain>`; outside exact mode it has a name of its own as well. */
export function agentRecords(view: View, id: string, options: RecordOptions): Generated {
  const agent = view.agents.get(id);
  if (agent === undefined) return nothing;
  const { host, port } = agent.address;
  const name = `slave.${options.domain}`;
  const addresses = hostAddressesOf(view, host);
  return {
    records: [
      ...addressRecords(name, addresses),
      { type: 'SRV', name: `_slave._tcp.${options.domain}`, target: name, port },
      ...(options.quirks ? [] : ownRecords(agent, addresses, options)),
    ],
    problems: [],
  };
}
