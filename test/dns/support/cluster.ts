import { defaultIpSources } from '../../../src/dns/records/options.js';
import type { RecordOptions } from '../../../src/dns/records/options.js';
import type { ViewTask } from '../../../src/dns/records/view.js';
import { ClusterView, graceFor } from '../../../src/dns/source/cluster-view.js';
import type { Snapshot } from '../../../src/dns/source/snapshot.js';

export const recordOptions: RecordOptions = {
  domain: 'mesos',
  ipSources: defaultIpSources,
  enforceRfc952: false,
  nameServer: 'ns1.mesos',
  nameServerAddresses: ['10.0.0.53'],
  masters: ['10.0.0.1:5050', '10.0.0.2:5050', '10.0.0.3:5050'],
  quirks: false,
};

/** A task of framework F1 on agent a-S1 that runs at 172.16.0.1. */
export function viewTask(fields: Partial<ViewTask> & { id: string }): ViewTask {
  return {
    frameworkId: 'F1',
    agentId: 'a-S1',
    name: fields.id.replace(/\..*/, ''),
    running: true,
    state: 'TASK_RUNNING',
    ports: [],
    discovery: { name: '', ports: [] },
    addresses: { netinfo: ['172.16.0.1'], docker: [], mesos: [] },
    isBridged: false,
    addressesAt: 1,
    ...fields,
  };
}

export function snapshot(fields: Partial<Snapshot> = {}): Snapshot {
  return {
    agents: [{ id: 'a-S1', address: { host: '10.1.0.1', port: 5051 } }],
    frameworks: [{ id: 'F1', name: 'marathon', pid: undefined, hostname: '10.0.0.9' }],
    tasks: [],
    recoveredAgents: new Set(),
    leader: { host: '10.0.0.2', port: 5050 },
    masterId: 'm1',
    knowsPids: true,
    ...fields,
  };
}

export function viewWith(...tasks: ViewTask[]): ClusterView {
  const view = new ClusterView(graceFor(60_000));
  view.reset(snapshot({ tasks }), { nowMs: 0, newLeadership: true });
  return view;
}
