import { addressRecords, hostAddressesOf } from './addresses.js';
import type { Generated } from './generated.js';
import { nothing } from './generated.js';
import { domainFragment } from './label.js';
import { labelFunctionOf } from './options.js';
import type { RecordOptions } from './options.js';
import type { DnsRecord } from './record.js';
import type { View } from './view.js';

/** `<framework>.<domain>`, and `_framework._tcp` when the framework has a port of its own. Nothing without an address. */
export function frameworkRecords(view: View, id: string, options: RecordOptions): Generated {
  const framework = view.frameworks.get(id);
  const host = framework?.pid?.host ?? framework?.hostname;
  if (framework === undefined || host === undefined) return nothing;
  const name = `${domainFragment(framework.name, labelFunctionOf(options))}.${options.domain}`;
  const records: DnsRecord[] = addressRecords(name, hostAddressesOf(view, host));
  if (records.length > 0 && framework.pid !== undefined) {
    records.push({ type: 'SRV', name: `_framework._tcp.${name}`, target: name, port: framework.pid.port });
  }
  return { records, problems: [] };
}
