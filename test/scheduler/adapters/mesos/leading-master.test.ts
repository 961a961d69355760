// Masters that are found through ZooKeeper, and what a change of them does to the connection.
import t from 'tap';
import type { Heard } from '../../../support/mesos-world.js';
import { fakeMaster, world } from '../../../support/mesos-world.js';
import { freePort } from '../../../support/ports.js';
import { waitFor } from '../../../support/wait.js';

const update = (taskId: string): Record<string, unknown> => ({
  type: 'UPDATE',
  update: { status: { task_id: { value: taskId }, state: 'TASK_RUNNING' } },
});

const names = (heard: readonly Heard[]): string[] => heard.map(([name]) => name);

/** MasterInfo as a master tells of itself. */
const infoOf = (authority: string): object => {
  const [ip = '', port = ''] = authority.split(':');
  return { id: 'm', ip: 0, port: Number(port), address: { hostname: 'master.example', ip, port: Number(port) } };
};

t.test('it waits until a master leads, and says so once', async (t) => {
  const w = world(t, []);
  w.start();
  await waitFor('the line', () => w.log.length > 0);
  t.same(w.log, [{ fields: { masters: 'zk://z/mesos' }, message: 'waiting for a Mesos master to lead' }]);
  const master = await fakeMaster(t);
  w.tell({ leader: master.authority, masters: [master.authority] });
  t.same(await w.until('registered'), ['registered', 'framework-0', master.authority, undefined]);
  t.equal(w.log.length, 2);
});

t.test('a wait for a master ends when it is closed', async (t) => {
  const w = world(t, []);
  w.start();
  await w.cluster.close();
  t.same(w.heard, []);
});

t.test('when another master leads it is subscribed there at once, and the old one is heard no more', async (t) => {
  const first = await fakeMaster(t);
  const second = await fakeMaster(t);
  const w = world(t, [], { reconnect: { initialMs: 3_600_000, factor: 1, maxMs: 3_600_000 } });
  w.tell({ leader: first.authority, masters: [first.authority, second.authority] });
  w.start('id-1');
  await w.until('registered');
  first.say(update('t1'));
  await w.until('status');
  // Calls that wait at the old master
  first.intercept = () => new Promise(() => undefined);
  const sent = w.cluster.send([
    { type: 'revive', roles: ['dev'] },
    { type: 'reconcile', tasks: [] },
  ]);
  const [oldStream] = first.streams;
  w.tell({ leader: second.authority, masters: [second.authority, first.authority] });
  first.say(update('t2'));
  t.same(await w.until('registered', 2), ['registered', 'id-1', second.authority, undefined]);
  await sent;
  t.ok(oldStream?.closed, 'the old connection is gone');
  second.say(update('t3'));
  t.match(await w.until('status', 2), ['status', { taskId: 't3' }]);
  t.same(names(w.heard), ['registered', 'status', 'disconnected', 'registered', 'status']);
  t.same(
    second.calls.map(({ type }) => type),
    ['SUBSCRIBE'],
  );
  t.match(
    w.log.find(({ message }) => message === 'the connection to Mesos was lost'),
    {
      fields: {
        master: first.authority,
        reason: `${second.authority} is the leading master now`,
        next: second.authority,
      },
    },
  );
  t.match(
    w.log.filter(({ message }) => message === 'calls to Mesos were dropped'),
    [{ fields: { count: 1, reason: 'the connection was lost' } }],
  );
});

t.test('a session goes on when ZooKeeper knows no leader, or other masters, or the same again', async (t) => {
  const master = await fakeMaster(t);
  const w = world(t, []);
  w.tell({ leader: master.authority, masters: [master.authority] });
  w.start();
  await w.until('registered');
  w.tell({ leader: undefined, masters: [] });
  w.tell({ leader: undefined, masters: ['10.0.0.9:5050'] });
  w.tell({ leader: master.authority, masters: [master.authority, '10.0.0.9:5050'] });
  master.say(update('t1'));
  await w.until('status');
  t.same(names(w.heard), ['registered', 'status']);
  t.equal(master.requests, 1);
});

t.test('a leader that a redirect calls by another name is the same', async (t) => {
  const leader = await fakeMaster(t);
  const byName = leader.authority.replace('127.0.0.1', 'localhost');
  const usual = leader.subscribed;
  leader.subscribed = (call) => {
    const event = usual(call);
    if (event?.type !== 'SUBSCRIBED') return event;
    return { ...event, subscribed: { ...event.subscribed, master_info: infoOf(leader.authority) as never } };
  };
  const follower = await fakeMaster(t);
  follower.intercept = () => ({ status: 307, headers: { location: `//${byName}/master/api/v1/scheduler` } });
  const w = world(t, []);
  w.tell({ leader: undefined, masters: [follower.authority] });
  w.start();
  t.same(await w.until('registered'), ['registered', 'framework-0', byName, undefined]);
  w.tell({ leader: leader.authority, masters: [leader.authority, follower.authority] });
  leader.say(update('t1'));
  await w.until('status');
  t.same(names(w.heard), ['registered', 'status']);
});

t.test(
  'a leader that is gone before ZooKeeper knows it: the others redirect to it, and then to the next',
  async (t) => {
    const dead = `127.0.0.1:${await freePort()}`;
    const next = await fakeMaster(t);
    let asked = 0;
    next.intercept = () => {
      if (asked++ < 2) return { status: 307, headers: { location: `//${dead}/master/api/v1/scheduler` } };
      return asked < 5 ? { status: 503, text: 'No leader elected' } : undefined;
    };
    const w = world(t, []);
    w.tell({ leader: dead, masters: [dead, next.authority] });
    w.start();
    await w.until('registered');
    t.equal(next.requests, 5);
    const reasons = w.log.map(({ fields }) => JSON.stringify(fields));
    t.ok(reasons.some((text) => text.includes(`${dead}, to which ${next.authority} redirects: connect ECONNREFUSED`)));
    t.ok(reasons.some((text) => text.includes('No leader elected')));
    t.notOk(w.heard.some(([name]) => name === 'disconnected'));
  },
);

t.test('an attempt that hangs is given up for the new leader', async (t) => {
  const hanging = await fakeMaster(t);
  hanging.intercept = () => new Promise(() => undefined);
  const w = world(t, []);
  w.tell({ leader: hanging.authority, masters: [hanging.authority] });
  w.start();
  await waitFor('the attempt', () => hanging.requests > 0);
  const next = await fakeMaster(t);
  w.tell({ leader: next.authority, masters: [next.authority] });
  t.same(await w.until('registered'), ['registered', 'framework-0', next.authority, undefined]);
  t.same(names(w.heard), ['registered']);
});

t.test('a wait between attempts ends when ZooKeeper tells of another leader', async (t) => {
  const dead = `127.0.0.1:${await freePort()}`;
  const w = world(t, [], { reconnect: { initialMs: 3_600_000, factor: 1, maxMs: 3_600_000 } });
  w.tell({ leader: dead, masters: [dead] });
  w.start();
  await waitFor('the failure', () => w.log.length > 0);
  const next = await fakeMaster(t);
  w.tell({ leader: next.authority, masters: [next.authority] });
  await w.until('registered');
});
