// Agents that leave, come back, drain, and are maintained.
import t from 'tap';
import { MachineBook } from '../../../src/cluster/master/maintenance/machine-book.js';
import { maintenanceSchedule, maintenanceStatus } from '../../../src/cluster/master/views/maintenance.js';
import { slaves, stateFull, tasks } from '../../../src/cluster/master/views/summaries.js';
import { task } from '../../conformance/mesos/mesos-client.js';
import { FakeAgent } from './fake-agent.js';
import type { World } from './master-world.js';
import { last, world } from './master-world.js';

const running = async (more: object = {}, capabilities?: string[]): Promise<World> => {
  const w = await world();
  w.subscribe('s', more, capabilities);
  w.launch('s', last(w.offers('s')), [task('t1', w.agent.id, 'sleep 1000')]);
  w.acknowledgeAll('s');
  w.news('s');
  return w;
};
const asked = (w: World): void =>
  w.call('s', { type: 'RECONCILE', reconcile: { tasks: [{ task_id: { value: 't1' }, agent_id: w.agent.id }] } });
const agentOf = (w: World) => {
  const agent = w.master.state.agents.get(w.agent.id.value);
  if (agent === undefined) throw new Error('no agent');
  return agent;
};

t.test('an agent that does not answer, and comes back', async (t) => {
  const w = await running();
  w.master.agentUnreachable(w.agent.id.value, w.now);
  t.same(w.news('s'), ['UPDATE', 'RESCIND', 'FAILURE']);
  t.match(last(w.statuses('s')), {
    task_id: { value: 't1' },
    state: 'TASK_UNREACHABLE',
    message: 'health check timed out',
    source: 'SOURCE_MASTER',
    reason: 'REASON_AGENT_REMOVED',
    agent_id: w.agent.id,
    unreachable_time: { nanoseconds: w.now * 1e6 },
  });
  t.match(last(w.published), { type: 'AGENT_REMOVED' });
  t.match(stateFull(w.master.state, { version: {} as never, flags: {} }), {
    unreachable_slaves: 1,
    activated_slaves: 0,
    slaves: [],
    frameworks: [{ tasks: [], unreachable_tasks: [{ id: 't1', state: 'TASK_UNREACHABLE' }] }],
  });
  const all = { limit: 9, offset: 0, order: 'asc', frameworkId: undefined, taskId: undefined } as const;
  t.match(tasks(w.master.state, all), { tasks: [{ id: 't1', state: 'TASK_UNREACHABLE' }] });

  w.now += 1000;
  asked(w);
  t.match(last(w.statuses('s')), {
    state: 'TASK_UNREACHABLE',
    message: 'Reconciliation: Task is unreachable',
    reason: 'REASON_RECONCILIATION',
    unreachable_time: { nanoseconds: (w.now - 1000) * 1e6 },
  });
  w.call('s', { type: 'KILL', kill: { task_id: { value: 't1' } } });
  t.match(last(w.statuses('s')), { state: 'TASK_UNREACHABLE', reason: 'REASON_RECONCILIATION' });
  w.news('s');
  w.call('s', { type: 'RECONCILE', reconcile: { tasks: [] } });
  t.same(w.news('s'), [], 'not among those of the implicit reconciliation');

  await w.register(w.agent);
  t.same(w.news('s'), ['UPDATE', 'OFFERS']);
  t.match(last(w.statuses('s')), {
    state: 'TASK_RUNNING',
    message: 'Unreachable agent re-reregistered',
    reason: 'REASON_AGENT_REREGISTERED',
    container_status: { container_id: { value: String } },
  });
  t.same(
    w.published.slice(-3).map((e) => e.type),
    ['AGENT_ADDED', 'TASK_ADDED', 'TASK_UPDATED'],
  );
  t.equal(w.master.state.unreachableAgents.size, 0);
  t.equal(w.framework('s').unreachableTasks.size, 0);
});

t.test('for a framework without PARTITION_AWARE the task is lost, and runs again when the agent is back', async (t) => {
  const w = await running({}, ['MULTI_ROLE']);
  w.master.agentUnreachable(w.agent.id.value, w.now);
  t.match(last(w.statuses('s')), { state: 'TASK_LOST', reason: 'REASON_AGENT_REMOVED' });
  asked(w);
  t.match(last(w.statuses('s')), { state: 'TASK_LOST', message: 'Reconciliation: Task is unreachable' });
  await w.register(w.agent);
  t.match(last(w.statuses('s')), { state: 'TASK_RUNNING', reason: 'REASON_AGENT_REREGISTERED' });
});

t.test(
  'what ended while its agent was away is unknown to the agent; tasks of a framework that is gone are ended',
  async (t) => {
    const w = await running();
    w.master.agentUnreachable(w.agent.id.value, w.now);
    w.agent.tasks.clear();
    await w.register(w.agent);
    asked(w);
    t.match(last(w.statuses('s')), { state: 'TASK_GONE', message: 'Reconciliation: Task is unknown to the agent' });

    const other = await running();
    const { id } = other.framework('s');
    other.master.agentUnreachable(other.agent.id.value, other.now);
    other.master.removeFramework(id, other.now);
    await other.register(other.agent);
    t.ok(other.agent.shutDown.includes(id));
    t.notOk(other.master.state.frameworks.has(id), 'its id stays burnt');
  },
);

t.test('MARK_AGENT_GONE', async (t) => {
  const w = await running();
  const { id } = w.framework('s');
  w.master.markAgentGone(w.agent.id.value, w.now);
  t.same(w.news('s'), ['UPDATE', 'RESCIND', 'FAILURE']);
  t.match(last(w.statuses('s')), {
    state: 'TASK_GONE_BY_OPERATOR',
    message: 'Agent has been marked gone',
    reason: 'REASON_AGENT_REMOVED_BY_OPERATOR',
  });
  t.same(w.agent.shutDown, [id]);
  asked(w);
  t.match(last(w.statuses('s')), { state: 'TASK_GONE_BY_OPERATOR', message: 'Reconciliation: Task is gone' });
  await w.register(w.agent);
  t.equal(w.master.state.agents.size, 0, 'it does not come back');

  const away = await running();
  away.master.agentUnreachable(away.agent.id.value, away.now);
  away.master.markAgentGone(away.agent.id.value, away.now);
  t.match(last(away.statuses('s')), { state: 'TASK_GONE_BY_OPERATOR', reason: 'REASON_AGENT_REMOVED_BY_OPERATOR' });
  t.equal(away.framework('s').unreachableTasks.size, 0);
});

t.test('DRAIN_AGENT ends the tasks with its reason; REACTIVATE_AGENT offers the agent again', async (t) => {
  const w = await running();
  w.master.drainAgent(agentOf(w), { maxGraceNanoseconds: 2e9, markGone: false }, w.now);
  w.passTo(w.now);
  t.equal(w.master.state.offers.size, 0);
  t.match(slaves(w.master.state, undefined), {
    slaves: [
      {
        active: false,
        deactivated: true,
        drain_info: { state: 'DRAINING', config: { max_grace_period: { nanoseconds: 2e9 }, mark_gone: false } },
        estimated_drain_start_time_seconds: w.now / 1000,
      },
    ],
  });
  w.acknowledgeAll('s');
  t.match(w.statuses('s').slice(-2), [
    { state: 'TASK_KILLING', reason: 'REASON_AGENT_DRAINING' },
    { state: 'TASK_KILLED', reason: 'REASON_AGENT_DRAINING' },
  ]);
  t.equal(agentOf(w).drain?.state, 'DRAINED');
  t.equal(w.master.state.offers.size, 0);
  w.master.reactivateAgent(agentOf(w), w.now);
  t.equal(w.master.state.offers.size, 1);
  t.notOk('drain_info' in ((slaves(w.master.state, undefined) as { slaves: object[] }).slaves[0] ?? {}));
});

t.test('DRAIN_AGENT with mark_gone', async (t) => {
  const w = await running();
  w.master.drainAgent(agentOf(w), { maxGraceNanoseconds: undefined, markGone: true }, w.now);
  w.passTo(w.now);
  w.acknowledgeAll('s');
  t.ok(w.master.state.goneAgents.has(w.agent.id.value));
  t.equal(w.master.state.agents.size, 0);
});

t.test('DEACTIVATE_AGENT: nothing more is offered, tasks run on', async (t) => {
  const w = await running();
  w.master.deactivateAgent(agentOf(w), w.now);
  t.same(w.news('s'), ['RESCIND']);
  w.call('s', { type: 'REVIVE' });
  t.equal(w.master.state.offers.size, 0);
  t.equal(w.agent.task('t1')?.state, 'TASK_RUNNING');
});

const machine = { hostname: '127.0.0.1', ip: '127.0.0.1' };
const unavailability = { start: { nanoseconds: 5e18 }, duration: { nanoseconds: 3.6e12 } };
const windows = [{ machine_ids: [machine], unavailability }];

t.test('a maintenance schedule: offers with unavailability, inverse offers until it is taken back', async (t) => {
  const w = await running();
  w.news('s');
  t.equal(w.master.updateSchedule(windows, w.now), undefined);
  t.same(w.news('s'), ['RESCIND', 'OFFERS', 'INVERSE_OFFERS']);
  t.same(last(w.offers('s')).unavailability, unavailability);
  t.match(maintenanceSchedule(w.master.state), { windows });
  t.same(maintenanceStatus(w.master.state), { draining_machines: [{ id: machine }] });
  const inverse = () => {
    const event = w.events('s').findLast((e) => e.type === 'INVERSE_OFFERS');
    const offer = event?.inverse_offers.inverse_offers[0];
    if (offer === undefined) throw new Error('no inverse offer');
    return offer;
  };
  t.match(inverse(), {
    url: { address: { hostname: '127.0.0.1' }, path: '/slave(1)' },
    framework_id: { value: w.framework('s').id },
    agent_id: w.agent.id,
    unavailability,
  });
  const first = inverse().id.value;
  w.call('s', { type: 'REVIVE' });
  t.same(w.news('s'), [], 'one at a time');
  const answer = { inverse_offer_ids: [inverse().id], filters: { refuse_seconds: 2 } };
  w.call('s', { type: 'DECLINE_INVERSE_OFFERS', decline_inverse_offers: answer });
  t.match(maintenanceStatus(w.master.state), {
    draining_machines: [
      {
        statuses: [
          { status: 'DECLINE', framework_id: { value: w.framework('s').id }, timestamp: { nanoseconds: w.now * 1e6 } },
        ],
      },
    ],
  });
  w.passTo(w.now + 1999);
  t.same(w.news('s'), []);
  w.passTo(w.now + 1);
  t.same(w.news('s'), ['INVERSE_OFFERS']);
  t.not(inverse().id.value, first);
  w.call('s', { type: 'ACCEPT_INVERSE_OFFERS', accept_inverse_offers: { inverse_offer_ids: [inverse().id] } });
  t.match(maintenanceStatus(w.master.state), { draining_machines: [{ statuses: [{ status: 'ACCEPT' }] }] });
  w.passTo(w.now + 5000);
  t.same(w.news('s'), ['INVERSE_OFFERS'], 'asked again');
  t.equal(w.master.updateSchedule([], w.now), undefined);
  t.same(w.news('s'), ['RESCIND', 'RESCIND_INVERSE_OFFER', 'OFFERS']);
  t.notOk('unavailability' in last(w.offers('s')));
  t.same(maintenanceStatus(w.master.state), {});
  w.passTo(w.now + 60_000);
  t.same(w.news('s'), []);
});

t.test('who has nothing on the agent is not asked; who disconnects is asked anew', async (t) => {
  const w = await running();
  w.subscribe('other', { roles: ['other'] });
  w.master.updateSchedule(windows, w.now);
  t.ok(w.events('s').some((e) => e.type === 'INVERSE_OFFERS'));
  const held = w.framework('other').offers.size;
  t.equal(
    w.events('other').some((e) => e.type === 'INVERSE_OFFERS'),
    held > 0,
  );
  const { id } = w.framework('s');
  w.master.disconnect('s', w.now);
  t.equal([...w.master.state.inverseOffers.values()].filter((o) => o.frameworkId === id).length, 0);
  w.subscribe('s2', { id: { value: id } });
  t.ok(w.events('s2').some((e) => e.type === 'INVERSE_OFFERS'));
});

t.test('machines that are taken down lose their agents and tasks; up again, the agents are back', async (t) => {
  const w = await running();
  const { id } = w.framework('s');
  t.match(w.master.startMaintenance([machine], w.now), /is not part of a maintenance schedule$/);
  w.master.updateSchedule(windows, w.now);
  w.news('s');
  t.equal(w.master.startMaintenance([machine], w.now), undefined);
  t.same(w.news('s'), ['UPDATE', 'RESCIND', 'RESCIND_INVERSE_OFFER', 'FAILURE']);
  t.match(last(w.statuses('s')), { state: 'TASK_LOST', reason: 'REASON_AGENT_REMOVED', message: /'Machine DOWN'$/ });
  t.same(w.agent.shutDown, [id]);
  t.equal(w.agent.tasks.size, 0);
  t.same(maintenanceStatus(w.master.state), { down_machines: [machine] });
  t.match(w.master.updateSchedule([], w.now), /is deactivated and cannot be removed from the schedule$/);
  t.match(w.master.startMaintenance([machine], w.now), /is not in DRAINING mode and cannot be brought down$/);
  t.equal(w.master.stopMaintenance([machine], w.now), undefined);
  t.same(w.news('s'), ['OFFERS']);
  t.same(maintenanceSchedule(w.master.state), {});
  t.match(w.master.stopMaintenance([machine], w.now), /is not part of a maintenance schedule$/);
});

t.test('the machine book', async (t) => {
  const book = new MachineBook();
  for (const [list, problem] of [
    [[{ machine_ids: [], unavailability }], 'List of machines in the maintenance window is empty'],
    [[{ machine_ids: [{}], unavailability }], "Both 'hostname' and 'ip' for a machine are empty"],
    [[...windows, ...windows], "Machine '127.0.0.1 127.0.0.1' appears more than once in the schedule"],
    [
      [{ machine_ids: [machine], unavailability: { start: { nanoseconds: 0 }, duration: { nanoseconds: -1 } } }],
      "Unavailability 'duration' is negative",
    ],
  ] as const) {
    t.equal(book.reschedule(list), problem);
  }
  t.equal(book.bringDown([]), 'List of machines is empty');
  book.reschedule([{ machine_ids: [{ hostname: 'Node-1' }, { ip: '10.0.0.2' }], unavailability }]);
  t.ok(book.find('node-1', '10.0.0.9'), 'a name alone, in any case');
  t.ok(book.find('x', '10.0.0.2'), 'an address alone');
  t.notOk(book.find('x', '10.0.0.9'));
});

t.test('several agents: each is offered, filtered and lost by itself', async (t) => {
  const agents = [1, 2, 3].map((n) => new FakeAgent({ info: { hostname: `h${n}` } }));
  const w = await world({ agents });
  w.subscribe('s');
  t.equal(w.offers('s').length, 3);
  const [first] = w.offers('s');
  if (first === undefined) throw new Error('no offer');
  w.call('s', { type: 'DECLINE', decline: { offer_ids: [first.id], filters: { refuse_seconds: 10 } } });
  w.master.removeAgent(agents[2]?.id.value ?? '', w.now);
  t.equal(w.master.state.offers.size, 1);
  w.passTo(w.now + 10_000);
  t.equal(w.master.state.offers.size, 2, 'the filter has ended');
});
