// The state machine by itself: time and stream ids are the test's.
import t from 'tap';
import { maxCompletedFrameworks } from '../../../src/cluster/master/state.js';
import type { TaskInfo } from '../../../src/mesos/types.js';
import { frameworkInfo, scalar, task } from '../../conformance/mesos/mesos-client.js';
import { FakeAgent } from './fake-agent.js';
import { last, world } from './master-world.js';

t.test(
  'one framework at a time holds the free resources; a refusal passes them on, for as long as it says',
  async (t) => {
    const w = await world();
    w.subscribe('a');
    w.subscribe('b');
    t.equal(w.offers('a').length, 1);
    t.equal(w.offers('b').length, 0, 'never two offers of the same resources');
    const [a] = w.master.state.frameworks.values();
    const decline = (seconds: number): void =>
      w.master.call(
        a as never,
        { type: 'DECLINE', decline: { offer_ids: [last(w.offers('a')).id], filters: { refuse_seconds: seconds } } },
        w.now,
      );
    decline(10);
    t.equal(w.offers('b').length, 1, 'at once');
    w.master.disconnect('b', w.now);
    t.equal(w.offers('a').length, 1, 'a still refuses');
    w.passTo(w.now + 9_999);
    t.equal(w.offers('a').length, 1);
    w.passTo(w.now + 1);
    t.equal(w.offers('a').length, 2, 'the filter has ended');
    decline(0);
    t.equal(w.offers('a').length, 2, 'a refusal for 0 s rests a moment');
    w.passTo(w.now + 100);
    t.equal(w.offers('a').length, 3);
    t.equal(w.master.state.offers.size, 1);
  },
);

t.test('a filter holds for what was refused or less, not for more', async (t) => {
  const w = await world();
  w.subscribe('a');
  w.launch('a', last(w.offers('a')), [task('t1', w.agent.id, 'sleep 1000')], 3600);
  t.equal(w.offers('a').length, 1);
  w.agent.kill(last([...w.agent.frameworks.keys()]), 't1');
  for (let i = 0; i < 4; i++) {
    w.passTo(w.now + 1);
    const status = last(w.statuses('a'));
    w.master.call(
      last([...w.master.state.frameworks.values()]),
      {
        type: 'ACKNOWLEDGE',
        acknowledge: { agent_id: w.agent.id, task_id: status.task_id, uuid: status.uuid ?? '' },
      },
      w.now,
    );
  }
  t.equal(w.offers('a').length, 2);
  t.equal(scalar(last(w.offers('a')), 'cpus'), 4, 'all is free, and that is more than was refused');
  t.equal(w.master.state.agents.get(w.agent.id.value)?.used.size, 0);
});

t.test('weighted fair shares: the role furthest below its share is served first', async (t) => {
  const w = await world({ weights: new Map([['big', 3]]) });
  w.subscribe('big', { roles: ['big'] });
  w.subscribe('small', { roles: ['small'] });
  const launched = { big: 0, small: 0 };
  const quarter = {
    resources: [
      { name: 'cpus', type: 'SCALAR', scalar: { value: 0.25 } },
      { name: 'mem', type: 'SCALAR', scalar: { value: 32 } },
    ],
  };
  for (let round = 0; round < 12; round++) {
    const offers = [...w.master.state.offers.values()];
    t.equal(offers.length, 1);
    const role = offers[0]?.role as 'big' | 'small';
    w.launch(role, last(w.offers(role)), [task(`${role}.${round}`, w.agent.id, 'sleep 100000', quarter)]);
    launched[role]++;
  }
  t.same(launched, { big: 9, small: 3 });
});

t.test('a failover takes the stream over; nothing is sent to who is gone', async (t) => {
  const w = await world();
  const id = w.subscribe('s1');
  w.launch('s1', last(w.offers('s1')), [task('t1', w.agent.id, 'sleep 1000')]);
  w.master.subscribe(frameworkInfo({ id: { value: id } }), { suppressedRoles: [] }, 's2', w.now);
  t.match(last(w.events('s1')), { type: 'ERROR', error: { message: 'Framework failed over' } });
  t.same(w.ended, ['s1']);
  t.same(
    w.events('s2').map((e) => e.type),
    ['SUBSCRIBED', 'HEARTBEAT', 'UPDATE', 'OFFERS'],
    'with the update that the old stream did not acknowledge',
  );
  w.master.disconnect('s1', w.now);
  t.equal(w.master.state.frameworks.get(id)?.streamId, 's2', 'the end of the old stream is no disconnect');
  const before = w.events('s2').length;
  w.master.disconnect('s2', w.now);
  const running = w.agent.task('t1');
  if (running === undefined) throw new Error('no task');
  w.agent.acknowledge(id, 't1', running.pending[0]?.uuid ?? '');
  w.passTo(w.now + 1);
  t.equal(w.events('s2').length, before);
  t.equal(w.master.state.frameworks.get(id)?.tasks.get('t1')?.state, 'TASK_RUNNING', 'but the state is kept');
  w.master.subscribe(frameworkInfo({ id: { value: id } }), { suppressedRoles: [] }, 's3', w.now);
  t.match(w.statuses('s3'), [{ task_id: { value: 't1' }, state: 'TASK_RUNNING', uuid: String }]);
});

t.test('a framework that stays away too long is removed with its tasks, and its id is burnt', async (t) => {
  const w = await world();
  const id = w.subscribe('s1', { failover_timeout: 60 });
  w.launch('s1', last(w.offers('s1')), [task('t1', w.agent.id, 'sleep 1000')]);
  w.master.disconnect('s1', w.now);
  w.passTo(w.now + 59_999);
  t.ok(w.master.state.frameworks.has(id));
  w.passTo(w.now + 1);
  t.notOk(w.master.state.frameworks.has(id));
  t.same(w.agent.shutDown, [id]);
  t.equal(w.agent.tasks.size, 0);
  t.equal(w.master.state.completedFrameworks.get(id)?.completedTasks[0]?.state, 'TASK_KILLED');
  t.same(
    w.published.slice(-2).map((e) => e.type),
    ['TASK_UPDATED', 'FRAMEWORK_REMOVED'],
  );
  w.master.subscribe(frameworkInfo({ id: { value: id } }), { suppressedRoles: [] }, 's2', w.now);
  t.match(w.events('s2'), [{ type: 'ERROR', error: { message: 'Framework has been removed' } }]);
  t.equal(w.master.state.agents.get(w.agent.id.value)?.used.size, 0);
});

t.test('a failover timeout of 0 removes at once', async (t) => {
  const w = await world();
  const id = w.subscribe('s1', { failover_timeout: 0 });
  w.master.disconnect('s1', w.now);
  t.notOk(w.master.state.frameworks.has(id));
});

t.test('completed frameworks are bounded', async (t) => {
  const w = await world();
  for (let i = 0; i < maxCompletedFrameworks + 5; i++) {
    w.subscribe(`s${i}`, { failover_timeout: 0 });
    w.master.disconnect(`s${i}`, w.now);
  }
  t.equal(w.master.state.completedFrameworks.size, maxCompletedFrameworks);
});

t.test('recovery: what an agent brings along waits for its framework', async (t) => {
  const before = await world();
  const id = before.subscribe('s1', { failover_timeout: 60 });
  before.launch('s1', last(before.offers('s1')), [task('t1', before.agent.id, 'sleep 1000')]);
  const w = await world({ agent: before.agent });
  const framework = w.master.state.frameworks.get(id);
  t.match(framework, { recovered: true, streamId: undefined });
  t.equal(w.master.nextDeadlineMs(), w.now + 60_000);
  t.equal(framework?.tasks.get('t1')?.state, 'TASK_RUNNING', 'the newest state, though it was not delivered');
  w.subscribe('other');
  t.equal(scalar(last(w.offers('other')), 'cpus'), 3.9, 'its resources are in use');
  const same = w.subscribe('s2', { id: { value: id } });
  t.equal(same, id);
  t.match(last(w.published), { type: 'FRAMEWORK_UPDATED' });
  t.equal(framework?.recovered, false);
  w.master.call(framework as never, { type: 'RECONCILE', reconcile: { tasks: [] } }, w.now);
  t.match(last(w.statuses('s2')), { task_id: { value: 't1' }, reason: 'REASON_RECONCILIATION' });

  const away = await world({ agent: before.agent });
  away.passTo(away.now + 60_000);
  t.notOk(away.master.state.frameworks.has(id), 'the failover timeout runs from the start');
  t.ok(away.agent.shutDown.includes(id));
});

t.test('tasks of a framework that nobody names are ended', async (t) => {
  const agent = new FakeAgent();
  const before = await world({ agent });
  const id = before.subscribe('s1');
  before.launch('s1', last(before.offers('s1')), [task('t1', agent.id, 'sleep 1000')]);
  agent.frameworks.clear();
  await world({ agent });
  t.same(agent.shutDown, [id]);
});

t.test('an agent that unregisters: RESCIND, TASK_LOST, FAILURE', async (t) => {
  const w = await world();
  w.subscribe('s1');
  w.launch('s1', last(w.offers('s1')), [task('t1', w.agent.id, 'sleep 1000')]);
  const offer = last(w.offers('s1'));
  w.master.removeAgent(w.agent.id.value, w.now);
  t.match(w.events('s1').slice(-3), [
    {
      type: 'UPDATE',
      update: {
        status: {
          state: 'TASK_LOST',
          reason: 'REASON_AGENT_REMOVED',
          message: 'Agent 127.0.0.1 removed: the agent unregistered',
        },
      },
    },
    { type: 'RESCIND', rescind: { offer_id: offer.id } },
    { type: 'FAILURE', failure: { agent_id: w.agent.id } },
  ]);
  t.match(last(w.published), { type: 'AGENT_REMOVED', agent_removed: { agent_id: w.agent.id } });
  w.launch('s1', offer, [task('t2', w.agent.id, 'true')]);
  t.match(last(w.statuses('s1')), { state: 'TASK_DROPPED', reason: 'REASON_INVALID_OFFERS' });
});

t.test('offers that do not belong together are refused whole, and are free again', async (t) => {
  const w = await world();
  w.subscribe('s1');
  w.subscribe('s2');
  const offer = last(w.offers('s1'));
  const [first, second] = w.master.state.frameworks.values();
  const accept = (framework: unknown, ids: string[]): void =>
    w.master.call(
      framework as never,
      {
        type: 'ACCEPT',
        accept: {
          offer_ids: ids.map((value) => ({ value })),
          operations: [{ type: 'LAUNCH', launch: { task_infos: [task('t1', w.agent.id, 'true') as TaskInfo] } }],
        },
      },
      w.now,
    );
  accept(second, [offer.id.value]);
  t.match(last(w.statuses('s2')).message, /has invalid framework/);
  t.ok(w.master.state.offers.has(offer.id.value), 'somebody else’s offer stays');
  accept(first, [offer.id.value, offer.id.value]);
  t.match(last(w.statuses('s1')).message, /Duplicate offer/);
  t.equal(w.agent.tasks.size, 0);
  accept(first, []);
  t.match(last(w.statuses('s1')).message, /No offers specified/);
  w.passTo(w.now + 1000);
  t.equal(w.master.state.offers.size, 1);
});

t.test('an update that is sent again is forwarded again, and published once', async (t) => {
  const w = await world();
  const id = w.subscribe('s1');
  w.launch('s1', last(w.offers('s1')), [task('t1', w.agent.id, 'sleep 1000')]);
  const status = last(w.statuses('s1'));
  const published = w.published.length;
  w.master.update({ frameworkId: id, status, latestState: 'TASK_RUNNING' }, w.now);
  t.equal(w.statuses('s1').filter((s) => s.uuid === status.uuid).length, 2);
  t.equal(w.published.length, published);
});

t.test('what the agent does not have, or will not have acknowledged, is over', async (t) => {
  const w = await world();
  const id = w.subscribe('s1');
  w.launch('s1', last(w.offers('s1')), [task('t1', w.agent.id, 'sleep 1000'), task('t2', w.agent.id, 'sleep 1000')]);
  w.agent.tasks.clear();
  const framework = w.master.state.frameworks.get(id);
  w.master.call(framework as never, { type: 'KILL', kill: { task_id: { value: 't1' } } }, w.now);
  t.match(last(w.statuses('s1')), { task_id: { value: 't1' }, state: 'TASK_GONE' });
  const status = { task_id: { value: 't2' }, agent_id: w.agent.id, state: 'TASK_ERROR' as const, timestamp: 1 };
  w.master.update({ frameworkId: id, status, latestState: 'TASK_ERROR' }, w.now);
  t.equal(framework?.tasks.size, 0);
  t.equal(framework?.completedTasks.length, 2);
  t.equal(w.master.state.agents.get(w.agent.id.value)?.used.size, 0);
});
