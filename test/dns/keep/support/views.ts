import { generate, ownersOf } from '../../../../src/dns/records/generate.js';
import { keyOf } from '../../../../src/dns/records/record.js';
import type { ViewAgent } from '../../../../src/dns/records/view.js';
import { ClusterView, graceFor } from '../../../../src/dns/source/cluster-view.js';
import { recordOptions, snapshot, viewTask } from '../../support/cluster.js';

/** All records of a view, in an order of their own. */
export function recordsOf(view: ClusterView): string[] {
  return [...ownersOf(view)].flatMap((owner) => generate(view, owner, recordOptions).records.map(keyOf)).sort();
}

export function emptyView(): ClusterView {
  return new ClusterView(graceFor(60_000));
}

/** A cluster of so many tasks on ten agents, each with an address and a port of its own. */
export function largeView(tasks: number): ClusterView {
  const view = emptyView();
  const agents = Array.from({ length: 10 }, (_, i): ViewAgent => {
    return { id: `a-S${i}`, address: { host: `10.1.0.${i + 1}`, port: 5051 } };
  });
  const list = Array.from({ length: tasks }, (_, i) =>
    viewTask({
      id: `app${i % 100}.${i}`,
      agentId: `a-S${i % 10}`,
      ports: [{ begin: 31_000 + (i % 1000), end: 31_000 + (i % 1000) }],
      addresses: { netinfo: [`172.16.${(i >> 8) % 256}.${i % 256}`], docker: [], mesos: [] },
    }),
  );
  view.reset(snapshot({ agents, tasks: list }), { nowMs: 0, newLeadership: true });
  return view;
}
