import fc from 'fast-check';
import t from 'tap';
import { silentLogger } from '../../../src/common/logger.js';
import type { ZoneSettings } from '../../../src/dns/answer/zone.js';
import { defaultSoa } from '../../../src/dns/options.js';
import { generate, ownersOf } from '../../../src/dns/records/generate.js';
import type { RecordOptions } from '../../../src/dns/records/options.js';
import { dataOf } from '../../../src/dns/records/record.js';
import { RecordSet, recordsOfType } from '../../../src/dns/records/record-set.js';
import type { Standing } from '../../../src/dns/records/standing.js';
import type { View, ViewAgent, ViewFramework, ViewTask } from '../../../src/dns/records/view.js';
import { ServedZone } from '../../../src/dns/served/served-zone.js';
import type { NameData, ZoneChange } from '../../../src/dns/served/zone-change.js';
import { ClusterView, graceFor } from '../../../src/dns/source/cluster-view.js';
import { ZoneState } from '../../../src/dns/zone-state.js';
import type { TaskState } from '../../../src/mesos/types.js';
import { recordOptions, snapshot, viewTask } from '../support/cluster.js';

/** A cluster of few things, so that they meet. */
const agentId = fc.constantFrom('a-S1', 'a-S2', 'a-S3');
const frameworkId = fc.constantFrom('F1', 'F2');
const taskId = fc.constantFrom('web.1', 'web.2', 'db.1');
const host = fc.constantFrom('10.1.0.1', '10.1.0.2', '172.16.0.1', 'node.example', 'other.example');
const address = fc.constantFrom('172.16.0.1', '172.16.0.2', '10.1.0.1', '2001:db8::1', 'no address');

const agent = fc
  .record({ id: agentId, host, hostname: fc.constantFrom('node-1', 'Node.example', '') })
  .map(({ id, host, hostname }): ViewAgent => ({ id, address: { host, port: 5051 }, hostname }));
const framework = fc
  .record({ id: frameworkId, name: fc.constantFrom('marathon', 'Other.fw'), host, hasPid: fc.boolean() })
  .map(({ host, hasPid, ...f }): ViewFramework => {
    return { ...f, pid: hasPid ? { host, port: 7 } : undefined, hostname: host };
  });
const port = fc.record({
  number: fc.constantFrom(80, 31_000),
  name: fc.constantFrom('', 'http'),
  protocol: fc.constantFrom('', 'tcp'),
  isOfHost: fc.boolean(),
});
const task = fc
  .record({
    id: taskId,
    frameworkId,
    agentId,
    name: fc.constantFrom('web', 'db.shop'),
    running: fc.constantFrom(true, true, false),
    discoveryName: fc.constantFrom('', 'web', 'cart.shop'),
    discoveryPorts: fc.array(port, { maxLength: 2 }),
    ports: fc.constantFrom([], [{ begin: 31_000, end: 31_001 }]),
    netinfo: fc.array(address, { maxLength: 2 }),
    isBridged: fc.boolean(),
    isUnhealthy: fc.boolean(),
  })
  .map(({ discoveryName, discoveryPorts, netinfo, isUnhealthy, ...fields }): ViewTask =>
    viewTask({
      ...fields,
      discovery: { name: discoveryName, ports: discoveryPorts },
      addresses: { netinfo, docker: [], mesos: [] },
      ...(isUnhealthy ? { unhealthy: true } : {}),
    }),
  );

const event = fc.oneof(
  fc.record({ type: fc.constant('agent'), agent }),
  fc.record({ type: fc.constant('agent gone'), id: agentId }),
  fc.record({ type: fc.constant('framework'), framework, pidKnown: fc.boolean() }),
  fc.record({ type: fc.constant('framework gone'), id: frameworkId }),
  { weight: 3, arbitrary: fc.record({ type: fc.constant('task'), task }) },
  fc.record({
    type: fc.constant('status'),
    task: fc.record({ id: taskId, frameworkId, agentId }),
    state: fc.constantFrom<TaskState>('TASK_RUNNING', 'TASK_KILLING', 'TASK_UNREACHABLE', 'TASK_FAILED', 'TASK_LOST'),
    timestamp: fc.integer({ min: 0, max: 9 }),
    healthy: fc.constantFrom(true, false, undefined),
    address,
  }),
  {
    weight: 3,
    arbitrary: fc.record({
      type: fc.constant('standing'),
      id: taskId,
      standing: fc.constantFrom<Standing | undefined>('in', 'avoided', 'withdrawn', undefined),
    }),
  },
  fc.record({ type: fc.constant('leader'), host }),
  fc.record({
    type: fc.constant('masters'),
    masters: fc.subarray(['10.0.0.1:5050', '10.0.0.2:5050', '10.1.0.1:5051']),
  }),
  fc.record({
    type: fc.constant('looked up'),
    host: fc.constantFrom('node.example', 'other.example'),
    addresses: fc.subarray(['10.1.0.1', '10.1.0.9', '2001:db8::9']),
  }),
  fc.record({
    type: fc.constant('snapshot'),
    agents: fc.uniqueArray(agent, { maxLength: 3, selector: ({ id }) => id }),
    frameworks: fc.uniqueArray(framework, { maxLength: 2, selector: ({ id }) => id }),
    tasks: fc.array(task, { maxLength: 4 }),
    recovered: fc.subarray(['a-S1', 'a-S2']),
    newLeadership: fc.boolean(),
    ignored: fc.subarray(['agent a-S1', 'framework F1'] as const),
  }),
  fc.record({ type: fc.constant('time'), seconds: fc.constantFrom(1, 10, 100) }),
  { weight: 3, arbitrary: fc.record({ type: fc.constant('turn') }) },
);
type Event = typeof event extends fc.Arbitrary<infer E> ? E : never;

/** What there is at first, so that most of what happens is about something. */
const beginning = snapshot({
  agents: [
    { id: 'a-S1', address: { host: '10.1.0.1', port: 5051 } },
    { id: 'a-S2', address: { host: 'node.example', port: 5051 } },
  ],
  tasks: ['web.1', 'web.2', 'db.1'].map((id, index) =>
    viewTask({
      id,
      agentId: `a-S${1 + (index % 2)}`,
      ports: [{ begin: 31_000, end: 31_000 }],
      addresses: { netinfo: [`172.16.0.${1 + index}`], docker: [], mesos: [] },
    }),
  ),
});

interface World {
  readonly view: ClusterView;
  nowMs: number;
  masters: readonly string[];
}

function happens(world: World, one: Event): void {
  const { view, nowMs } = world;
  switch (one.type) {
    case 'agent':
      return view.setAgent(one.agent, nowMs);
    case 'agent gone':
      return view.removeAgent(one.id);
    case 'framework':
      return view.setFramework(one.framework, one.pidKnown);
    case 'framework gone':
      return view.removeFramework(one.id);
    case 'task':
      return view.setTask(one.task);
    case 'status': {
      const { task, state, timestamp, healthy, address } = one;
      const container = { network_infos: [{ ip_addresses: [{ ip_address: address }] }] };
      view.updateTask(task, state, { state, timestamp, healthy, container_status: container });
      return;
    }
    case 'standing':
      return one.standing === undefined ? view.dropStanding(one.id) : view.setStanding(one.id, one.standing);
    case 'leader':
      return view.setLeader({ host: one.host, port: 5050 });
    case 'masters':
      world.masters = one.masters;
      return view.touchMasters();
    case 'looked up':
      return view.setHostAddresses(one.host, one.addresses);
    case 'snapshot': {
      const { agents, frameworks, tasks, recovered, newLeadership, ignored } = one;
      const recoveredAgents = new Set(recovered);
      view.reset(
        { agents, frameworks, tasks, recoveredAgents, leader: undefined, masterId: undefined, knowsPids: true },
        { nowMs, newLeadership, ignore: new Set(ignored) },
      );
      return;
    }
    case 'time':
      world.nowMs += one.seconds * 1000;
      return view.expire(world.nowMs);
    case 'turn':
      return;
  }
}

/** Names with their records as lines: what is there, in no order. */
function linesOf(all: Iterable<readonly [string, NameData]>): string[] {
  return Array.from(all, ([name, { a = [], aaaa = [], srv = [], ptr = [] }]) =>
    [
      ...a.map((x) => `${name} A ${x}`),
      ...aaaa.map((x) => `${name} AAAA ${x}`),
      ...srv.map(([target, port]) => `${name} SRV ${target}.:${port}`),
      ...ptr.map((x) => `${name} PTR ${x}.`),
    ].sort(),
  )
    .flat()
    .sort();
}

/** The records of a view, made anew as a whole. */
function regenerated(view: View, options: RecordOptions): string[] {
  const records = new RecordSet();
  for (const owner of ownersOf(view)) {
    const { records: own, avoided } = generate(view, owner, options);
    records.replace(owner, own, avoided);
  }
  return linesOf(records.allData());
}

const settings: ZoneSettings = { domain: 'mesos', ttlSeconds: 60, srvWeight: 1, soa: defaultSoa('mesos') };

t.test('whatever has happened, the records are those of the cluster as it is', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(event, { minLength: 5, maxLength: 40 }),
      fc.boolean(),
      async (events, answerUnhealthy) => {
        const world: World = { view: new ClusterView(graceFor(60_000)), nowMs: 0, masters: recordOptions.masters };
        const { view } = world;
        view.reset(beginning, { nowMs: 0, newLeadership: true });
        const options: RecordOptions = {
          ...recordOptions,
          answerUnhealthy,
          get masters() {
            return world.masters;
          },
        };
        const zone = new ZoneState({
          view,
          settings,
          recordOptions: options,
          clock: () => world.nowMs,
          logger: silentLogger,
        });
        const served = new ServedZone(settings);
        const told = new Map<string, NameData>();
        const changes: ZoneChange[] = [];
        zone.subscribe((change) => changes.push(change));
        const check = async (): Promise<boolean> => {
          await zone.settled();
          for (const change of changes.splice(0)) {
            served.apply(change);
            for (const [name, data] of change.names) {
              if (data === null) told.delete(name);
              else told.set(name, data);
            }
          }
          const wanted = regenerated(view, options).join('\n');
          const fromServed = [...served.names()].flatMap((found) =>
            recordsOfType(found, 'ANY').map((record) => `${record.name} ${record.type} ${dataOf(record)}`),
          );
          return [linesOf(zone.records.allData()), linesOf(told), fromServed.sort()].every(
            (lines) => lines.join('\n') === wanted,
          );
        };
        for (const one of events) {
          happens(world, one);
          if (one.type === 'turn' && !(await check())) return false;
        }
        return check();
      },
    ),
    { numRuns: 100 },
  );
});
