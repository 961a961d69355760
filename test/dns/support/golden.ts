import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseIpAddress } from '../../../src/common/ip-address.js';
import type { RecordOptions } from '../../../src/dns/records/options.js';
import type { IpSource } from '../../../src/dns/records/view.js';
import { ClusterView, graceFor } from '../../../src/dns/source/cluster-view.js';
import { snapshotFromMasterState } from '../../../src/dns/source/from-master-state.js';

export function readJson(...path: string[]): unknown {
  return JSON.parse(readFileSync(join(...path), 'utf8'));
}

/** The record options of a Mesos-DNS configuration as recorded with the golden data. */
export function recordOptionsOf(config: Record<string, unknown>): RecordOptions {
  const text = (key: string, otherwise: string): string => {
    const value = config[key];
    return typeof value === 'string' ? value : otherwise;
  };
  return {
    domain: text('domain', 'mesos').toLowerCase(),
    ipSources: (config.IPSources as IpSource[] | undefined) ?? ['netinfo', 'mesos', 'host'],
    enforceRfc952: config.EnforceRFC952 === true,
    nameServer: text('SOAMname', 'ns1.mesos'),
    nameServerAddresses: [text('listener', '')].filter((a) => parseIpAddress(a) !== undefined),
    masters: config.masters as string[],
    quirks: true,
  };
}

/** The view of a cluster whose master gave this `/master/state`. */
export function viewOf(state: unknown): ClusterView {
  const view = new ClusterView(graceFor(60_000));
  view.reset(snapshotFromMasterState(state, '127.0.0.1:5050'), { nowMs: 0, newLeadership: false });
  return view;
}
