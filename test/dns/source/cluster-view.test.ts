import t from 'tap';
import type { TaskStatus } from '../../../src/mesos/types.js';
import { taskKey, taskOwner } from '../../../src/dns/records/view.js';
import type { ClusterView } from '../../../src/dns/source/cluster-view.js';
import { snapshot, viewTask, viewWith } from '../support/cluster.js';

const touched = (view: ClusterView): string[] => view.takeTouched(1000).sort();
const web = viewTask({ id: 'web.1' });
const webOwner = taskOwner(taskKey(web));
const second = 1000;

function status(state: TaskStatus['state'], timestamp: number, ip?: string): TaskStatus {
  const infos = ip === undefined ? [] : [{ ip_addresses: [{ ip_address: ip }] }];
  return { task_id: { value: 'web.1' }, state, timestamp, container_status: { network_infos: infos } };
}

t.test('a change touches its owners, and nothing when nothing changed', (t) => {
  const view = viewWith(web);
  t.strictSame(touched(view), ['agent a-S1', 'framework F1', 'masters', webOwner]);
  view.reset(snapshot({ tasks: [web] }), { nowMs: 0, newLeadership: false });
  t.strictSame(touched(view), [], 'the same again');
  view.setTask({ ...web, addressesAt: 2 });
  t.strictSame(touched(view), [], 'a newer status that says the same');
  view.setTask({ ...web, running: false });
  t.strictSame(touched(view), [webOwner]);
  view.setAgent({ id: 'a-S1', address: { host: '10.1.0.2', port: 5051 } }, 0);
  t.strictSame(touched(view), ['agent a-S1', webOwner]);
  view.setFramework({ id: 'F1', name: 'other', pid: undefined, hostname: '10.0.0.9' }, true);
  t.strictSame(touched(view), ['framework F1', webOwner]);
  view.setFramework({ id: 'F1', name: 'other', pid: undefined, hostname: '10.0.0.10' }, true);
  t.strictSame(touched(view), ['framework F1'], 'a host of a framework is nothing to its tasks');
  view.removeAgent('a-S1');
  t.strictSame(touched(view), ['agent a-S1', webOwner]);
  view.removeFramework('F1');
  t.strictSame(touched(view), ['framework F1', webOwner]);
  t.equal(view.tasks.size, 0);
  t.end();
});

t.test('status updates', (t) => {
  const view = viewWith(web);
  touched(view);
  const netinfo = (): readonly string[] | undefined => view.tasks.get(taskKey(web))?.addresses.netinfo;
  t.ok(view.updateTask(web, 'TASK_RUNNING', status('TASK_RUNNING', 5, '172.16.0.9')));
  t.strictSame(netinfo(), ['172.16.0.9']);
  view.updateTask(web, 'TASK_RUNNING', status('TASK_RUNNING', 4, '172.16.0.8'));
  t.strictSame(netinfo(), ['172.16.0.9'], 'an older status that is delivered late');
  t.strictSame(touched(view), [webOwner]);
  view.updateTask(web, 'TASK_KILLING', status('TASK_RUNNING', 6, '172.16.0.9'));
  t.equal(view.tasks.get(taskKey(web))?.running, false, 'the newest state counts');
  t.strictSame(touched(view), [webOwner]);
  t.ok(view.updateTask(web, 'TASK_KILLED', status('TASK_KILLED', 7)));
  t.strictSame(touched(view), [webOwner]);
  t.notOk(view.updateTask(web, 'TASK_RUNNING', status('TASK_RUNNING', 8)), 'a task nobody has told of');
  t.ok(view.updateTask(web, 'TASK_LOST', status('TASK_LOST', 9)), 'that has ended anyway');
  t.end();
});

t.test('a new leader that knows nothing yet empties nothing, for a while', (t) => {
  const view = viewWith(web);
  touched(view);
  const empty = snapshot({ agents: [], frameworks: [], masterId: 'm2' });
  view.reset(empty, { nowMs: 10 * second, newLeadership: true });
  t.strictSame(touched(view), []);
  t.equal(view.nextDeadlineMs(), 85 * second);
  view.reset(empty, { nowMs: 60 * second, newLeadership: false });
  t.equal(view.nextDeadlineMs(), 85 * second, 'looking again prolongs nothing');
  view.expire(84 * second);
  t.equal(view.agents.size, 1);
  view.expire(85 * second);
  t.equal(view.agents.size + view.tasks.size, 0);
  t.ok(touched(view).includes(webOwner));
  view.reset(empty, { nowMs: 90 * second, newLeadership: false });
  t.equal(view.frameworks.size, 0);
  t.equal(view.nextDeadlineMs(), undefined);
  t.end();
});

t.test('an agent that comes back brings its tasks, whichever is told first', (t) => {
  const db = viewTask({ id: 'db.1' });
  for (const agentFirst of [true, false]) {
    const view = viewWith(web, db);
    view.reset(snapshot({ agents: [] }), { nowMs: 0, newLeadership: true });
    const agent = { id: 'a-S1', address: { host: '10.1.0.1', port: 5051 } };
    if (agentFirst) view.setAgent(agent, 2 * second);
    view.setTask(web);
    if (!agentFirst) view.setAgent(agent, 2 * second);
    t.equal(view.tasks.size, 2, 'the other one may still be told');
    view.expire(10 * second);
    t.strictSame(
      [...view.tasks.values()].map(({ id }) => id),
      ['web.1'],
    );
    t.equal(view.agents.size, 1);
  }
  t.end();
});

t.test('agents that the new master waits for are held for as long as it waits', (t) => {
  const view = viewWith(web);
  const waiting = snapshot({ agents: [], recoveredAgents: new Set(['a-S1']), masterId: 'm2' });
  view.reset(waiting, { nowMs: 0, newLeadership: true });
  for (let now = 60; now <= 600; now += 60) view.reset(waiting, { nowMs: now * second, newLeadership: false });
  t.equal(view.agents.size + view.tasks.size, 2);
  view.reset(snapshot({ agents: [], masterId: 'm2' }), { nowMs: 660 * second, newLeadership: false });
  view.expire(720 * second);
  t.equal(view.agents.size + view.tasks.size, 0, 'given up by the master');
  t.end();
});

t.test('with the same leader absent is absent', (t) => {
  const view = viewWith(web);
  view.reset(snapshot({ agents: [] }), { nowMs: 0, newLeadership: false });
  t.equal(view.agents.size + view.tasks.size, 0);
  t.end();
});

t.test('a cross-check does not undo what came meanwhile', (t) => {
  const view = viewWith(web);
  const before = view.observe();
  const fresh = viewTask({ id: 'new.1' });
  view.setTask(fresh);
  view.updateTask(web, 'TASK_FINISHED', status('TASK_FINISHED', 9));
  view.reset(snapshot({ tasks: [web] }), { nowMs: 0, newLeadership: false, ignore: before.touched });
  before.stop();
  t.strictSame([...view.tasks.values()], [fresh]);
  t.end();
});

t.test('pids of frameworks stay when they are not shown; host names are resolved', (t) => {
  const view = viewWith();
  const framework = { id: 'F1', name: 'marathon', pid: { host: 'fw.example', port: 1 }, hostname: 'x' };
  view.setFramework(framework, true);
  view.setFramework({ ...framework, pid: undefined }, false);
  t.strictSame(view.frameworks.get('F1'), framework);
  t.strictSame([...view.hostNames()], ['fw.example']);
  touched(view);
  view.setHostAddresses('fw.example', ['10.0.0.7']);
  view.setHostAddresses('fw.example', ['10.0.0.7']);
  view.setHostAddresses('unknown.example', ['10.0.0.7']);
  t.strictSame(touched(view), ['framework F1']);
  view.removeFramework('F1');
  t.equal(view.hostAddresses.size, 0);
  t.end();
});
