import fc from 'fast-check';
import type { ViewAgent, ViewFramework, ViewTask } from '../../../../src/dns/records/view.js';
import type { ClusterView } from '../../../../src/dns/source/cluster-view.js';
import { snapshot } from '../../support/cluster.js';
import { emptyView } from './views.js';

const text = fc.oneof(
  fc.constantFrom('web', 'cart.shop', 'Ünï"\\\n\u2028', '10.0.0.7', 'host-1', 'a.b', ''),
  fc.string({ unit: 'binary', maxLength: 8 }),
);
const address = fc.constantFrom('10.0.0.1', '172.16.0.9', 'fd00::1', 'nonsense');
const host = fc.constantFrom('10.1.0.1', '10.1.0.2', 'node-1', 'node-2');
const port = fc.integer({ min: 1, max: 65_535 });
const hostPort = fc.record({ host, port });
const agentId = fc.constantFrom('x-S1', 'x-S2', 'y-S1');
const frameworkId = fc.constantFrom('F1', 'F2');

const agent: fc.Arbitrary<ViewAgent> = fc.record(
  { id: agentId, address: hostPort, hostname: text },
  { requiredKeys: ['id', 'address'] },
);
const framework: fc.Arbitrary<ViewFramework> = fc.record({
  id: frameworkId,
  name: text,
  pid: fc.option(hostPort, { nil: undefined }),
  hostname: fc.option(host, { nil: undefined }),
});
const addresses = fc.array(address, { maxLength: 2 });
const discoveryPort = fc.record({ number: port, name: text, protocol: text, isOfHost: fc.boolean() });
const task: fc.Arbitrary<ViewTask> = fc
  .record({
    id: fc.constantFrom('web.1', 'web.2', 'db.1', 'odd "id"\n'),
    frameworkId,
    agentId,
    name: text,
    running: fc.boolean(),
    state: text,
    ports: fc.array(
      port.map((begin) => ({ begin, end: begin + 1 })),
      { maxLength: 2 },
    ),
    discovery: fc.record({ name: text, ports: fc.array(discoveryPort, { maxLength: 2 }) }),
    addresses: fc.record({ netinfo: addresses, docker: addresses, mesos: addresses }),
    isBridged: fc.boolean(),
    addressesAt: fc.double({ min: -1, max: 2e9, noNaN: true }),
    isUnhealthy: fc.boolean(),
  })
  .map(({ isUnhealthy, ...fields }) => (isUnhealthy ? { ...fields, unhealthy: true } : fields));

/** Views of all kinds: names that are none, hosts by name, what the scheduler says, agents that are not there. */
export const anyView: fc.Arbitrary<ClusterView> = fc
  .record({
    agents: fc.uniqueArray(agent, { selector: ({ id }) => id, maxLength: 3 }),
    frameworks: fc.uniqueArray(framework, { selector: ({ id }) => id, maxLength: 2 }),
    tasks: fc.array(task, { maxLength: 6 }),
    leader: fc.option(hostPort, { nil: undefined }),
    hosts: fc.dictionary(host, fc.array(address, { minLength: 1, maxLength: 2 }), { noNullPrototype: true }),
    standings: fc.array(
      fc.tuple(fc.constantFrom('web.1', 'db.1'), fc.constantFrom('avoided' as const, 'withdrawn' as const)),
      { maxLength: 2 },
    ),
  })
  .map(({ hosts, standings, ...cluster }) => {
    const view = emptyView();
    view.reset(snapshot(cluster), { nowMs: 0, newLeadership: true });
    for (const [name, found] of Object.entries(hosts)) view.setHostAddresses(name, found);
    for (const [id, standing] of standings) view.setStanding(id, standing);
    return view;
  });
