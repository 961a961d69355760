import type { Test } from 'tap';
import t from 'tap';
import { silentLogger } from '../../../../src/common/logger.js';
import { inOrder } from '../../../../src/zookeeper/candidates.js';
import { startZooKeeperElection } from '../../../../src/scheduler/adapters/zookeeper/election.js';
import type { ZooKeeperLeadership } from '../../../../src/scheduler/adapters/zookeeper/election.js';
import type { Election } from '../../../../src/scheduler/ports/election.js';
import { startTcpProxy } from '../../../support/tcp-proxy.js';
import { waitFor } from '../../../support/wait.js';
import { fourLetterWord, startZooKeeper, withoutZooKeeper } from '../../../support/zookeeper.js';
import { zooKeeperClient } from '../../../support/zookeeper-client.js';

interface Participant {
  readonly election: Election;
  /** `elected`, `deposed …`, `leader …`, with the order among all participants. */
  readonly events: readonly string[];
  readonly leadership: () => ZooKeeperLeadership | undefined;
}

/** What happened to whom, in the order in which it happened. */
type History = { name: string; event: string }[];

function takePart(t: Test, hosts: string, path: string, name: string, history: History): Participant {
  const events: string[] = [];
  let leadership: ZooKeeperLeadership | undefined;
  const note = (event: string): void => {
    events.push(event);
    history.push({ name, event });
  };
  const election = startZooKeeperElection({
    open: () => zooKeeperClient(t, hosts),
    path,
    address: name,
    listener: {
      elected: (given) => {
        leadership = given;
        note('elected');
      },
      deposed: (reason) => note(`deposed ${reason}`),
      leaderChanged: (leader) => note(`leader ${leader ?? '-'}`),
    },
    logger: silentLogger,
    random: Math.random,
  });
  t.teardown(() => election.close());
  return { election, events, leadership: () => leadership };
}

const deposed = ({ events }: Participant): boolean => events.some((event) => event.startsWith('deposed'));

// Sessions must end, and servers start: seconds each, more on a busy machine.
t.setTimeout(120_000);

t.test('candidates are ordered by their numbers; what is none is left out', async (t) => {
  t.same(inOrder(['b-0000000010', 'x', 'a-0000000002', 'c-0000000001']), [
    'c-0000000001',
    'a-0000000002',
    'b-0000000010',
  ]);
});

t.test('an election with one server', { skip: withoutZooKeeper() }, async (t) => {
  const ensemble = await startZooKeeper(t);
  const { hosts } = ensemble;
  const [server] = ensemble.servers;
  if (server === undefined) throw new Error('no server');

  t.test('the first leads, all know it, and the next one follows at once when it gives up', async (t) => {
    const history: History = [];
    const a = takePart(t, hosts, '/order', 'a:1', history);
    await waitFor('the first', () => a.election.leading);
    t.equal(a.election.leader, 'a:1');
    const b = takePart(t, hosts, '/order', 'b:2', history);
    await waitFor('b to know', () => b.election.leader === 'a:1');
    const c = takePart(t, hosts, '/order', 'c:3', history);
    await waitFor('c to know', () => c.election.leader === 'a:1');
    t.notOk(b.election.leading || c.election.leading);
    await a.election.close();
    t.notOk(a.election.leading);
    await waitFor('b to lead', () => b.election.leading);
    await waitFor('c to know of b', () => c.election.leader === 'b:2');
    t.same(
      history.filter(({ event }) => event === 'elected').map(({ name }) => name),
      ['a:1', 'b:2'],
    );
    await b.election.close();
    await waitFor('c to lead', () => c.election.leading);
    t.notOk([a, b, c].some(deposed), 'who gives up is not told what it knows');
    const transaction = async (): Promise<string | undefined> =>
      /^Zxid: (\w+)/m.exec(await fourLetterWord(server.port, 'srvr'))?.[1];
    const before = await transaction();
    await waitFor('the leader to be confirmed by a transaction', async () => {
      const now = await transaction();
      return now !== undefined && now !== before;
    });
  });

  t.test('a candidate between two others goes: the last one does not lead', async (t) => {
    const history: History = [];
    const a = takePart(t, hosts, '/middle', 'a:1', history);
    await waitFor('a', () => a.election.leading);
    const b = takePart(t, hosts, '/middle', 'b:2', history);
    await waitFor('b', () => b.election.leader === 'a:1');
    const c = takePart(t, hosts, '/middle', 'c:3', history);
    await waitFor('c', () => c.election.leader === 'a:1');
    await b.election.close();
    await a.election.close();
    await waitFor('c to lead', () => c.election.leading);
  });

  t.test('a leader behind a partition is deposed before another one leads, and for good', async (t) => {
    const history: History = [];
    const proxy = await startTcpProxy(t, server.port);
    const a = takePart(t, `127.0.0.1:${proxy.port}`, '/partition', 'a:1', history);
    await waitFor('a', () => a.election.leading);
    const b = takePart(t, hosts, '/partition', 'b:2', history);
    await waitFor('b', () => b.election.leader === 'a:1');
    proxy.blackhole();
    await waitFor('b to lead', () => b.election.leading);
    const order = history.filter(({ event }) => /^(elected|deposed)/.test(event)).map(({ name }) => name);
    t.same(order, ['a:1', 'a:1', 'b:2'], 'a elected, a deposed, b elected');
    t.match(
      a.events.find((event) => event.startsWith('deposed')),
      /not heard for too long|no majority/,
    );
    t.notOk(a.election.leading);
    proxy.heal();
    await b.election.close();
    const c = takePart(t, hosts, '/partition', 'c:3', history);
    await waitFor('c to lead', () => c.election.leading);
    t.equal(a.events.filter((event) => event === 'elected').length, 1);
  });

  t.test('a candidate behind a partition takes part again afterwards', async (t) => {
    const history: History = [];
    const proxy = await startTcpProxy(t, server.port);
    const a = takePart(t, hosts, '/again', 'a:1', history);
    await waitFor('a', () => a.election.leading);
    const b = takePart(t, `127.0.0.1:${proxy.port}`, '/again', 'b:2', history);
    await waitFor('b', () => b.election.leader === 'a:1');
    proxy.blackhole();
    await waitFor('b not to know the leader', () => b.election.leader === undefined);
    const other = zooKeeperClient(t, hosts);
    await waitFor('the end of its session', async () => (await other.children('/again/leader')).length === 1);
    proxy.heal();
    await waitFor('b to know', () => b.election.leader === 'a:1');
    await a.election.close();
    await waitFor('b to lead', () => b.election.leading);
    t.notOk(deposed(b));
  });

  t.test('a short break of the connection deposes nobody; a node that is removed does', async (t) => {
    const history: History = [];
    const proxy = await startTcpProxy(t, server.port);
    const a = takePart(t, `127.0.0.1:${proxy.port}`, '/removed', 'a:1', history);
    await waitFor('a', () => a.election.leading);
    for (let round = 0; round < 3; round++) {
      const { connections } = proxy;
      proxy.cut();
      await waitFor('another connection', () => proxy.connections > connections);
    }
    await a.leadership()?.client.connected();
    t.ok(a.election.leading);
    const other = zooKeeperClient(t, hosts);
    await other.remove(a.leadership()?.candidate ?? '');
    await waitFor('a to be deposed', () => deposed(a));
    t.notOk(a.election.leading);
    t.equal(a.election.leader, undefined);
  });
});

t.test('a leader whose server has lost the majority is deposed', { skip: withoutZooKeeper() }, async (t) => {
  const { hosts, servers, leader } = await startZooKeeper(t, 3);
  const history: History = [];
  const serving = await leader();
  // Talks to the leading server, which goes on answering for a while when the others are silent.
  const a = takePart(t, `127.0.0.1:${serving.port}`, '/majority', 'a:1', history);
  await waitFor('a', () => a.election.leading);
  const others = servers.filter((server) => server !== serving);
  for (const server of others) server.freeze();
  await waitFor('a to be deposed', () => deposed(a), { everyMs: 5 });
  for (const server of others) server.resume();
  const b = takePart(t, hosts, '/majority', 'b:2', history);
  await waitFor('b to lead', () => b.election.leading);
  t.equal(a.events.filter((event) => event === 'elected').length, 1);
});
