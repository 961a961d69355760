import { addressRecords, hostAddressesOf } from './addresses.js';
import type { Generated } from './generated.js';
import { nothing } from './generated.js';
import type { RecordOptions } from './options.js';
import type { View } from './view.js';

/** One agent's share of `slave.<domain>` and `_slave._tcp.<domain>`. */
export function agentRecords(view: View, id: string, options: RecordOptions): Generated {
  const agent = view.agents.get(id);
  if (agent === undefined) return nothing;
  const { host, port } = agent.address;
  const name = `slave.${options.domain}`;
  return {
    records: [
      ...addressRecords(name, hostAddressesOf(view, host)),
      { type: 'SRV', name: `_slave._tcp.${options.domain}`, target: name, port },
    ],
    problems: [],
  };
}
