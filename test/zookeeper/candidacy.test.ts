// What candidacies have beyond the election of schedulers (test/scheduler/adapters/zookeeper/election.test.ts): names that are given.
import type { Test } from 'tap';
import t from 'tap';
import { silentLogger } from '../../src/common/logger.js';
import type { Candidacy } from '../../src/zookeeper/candidacy.js';
import { startCandidacy } from '../../src/zookeeper/candidacy.js';
import { ensurePath } from '../../src/zookeeper/paths.js';
import { startTcpProxy } from '../support/tcp-proxy.js';
import { waitFor } from '../support/wait.js';
import { startZooKeeper, withoutZooKeeper } from '../support/zookeeper.js';
import { zooKeeperClient } from '../support/zookeeper-client.js';

function takePart(t: Test, hosts: string, folder: string, data: string): Candidacy {
  const candidacy = startCandidacy({
    open: () => zooKeeperClient(t, hosts),
    folder,
    data,
    prefix: 'json.info_',
    listener: { elected: () => undefined, deposed: () => undefined, leaderChanged: () => undefined },
    logger: silentLogger,
    random: Math.random,
  });
  t.teardown(() => candidacy.close());
  return candidacy;
}

t.setTimeout(120_000);

t.test('candidates with a common beginning of their names', { skip: withoutZooKeeper() }, async (t) => {
  const { hosts, servers } = await startZooKeeper(t);
  const [server] = servers;
  if (server === undefined) throw new Error('no server');

  t.test('they lead in the order of their numbers; what begins otherwise is none', async (t) => {
    const client = zooKeeperClient(t, hosts);
    await ensurePath(client, '/masters');
    for (const name of ['info_', 'log-', 'json.infos']) {
      await client.create(`/masters/${name}`, Buffer.from('x'), 'ephemeralSequential');
    }
    const a = takePart(t, hosts, '/masters', 'a');
    await waitFor('a', () => a.leading);
    t.equal(await a.others(), 0);
    const b = takePart(t, hosts, '/masters', 'b');
    await waitFor('b to know', () => b.leader === 'a');
    t.equal(await a.others(), 1);
    const names = (await client.children('/masters')).filter((name) => name.startsWith('json.info_'));
    t.equal(names.length, 2);
    await a.close();
    t.equal(await a.others(), undefined, 'who has left can ask nobody');
    await waitFor('b to lead', () => b.leading);
    t.equal(b.leader, 'b');
  });

  t.test('a node is found again when the answer to its making is lost', async (t) => {
    const client = zooKeeperClient(t, hosts);
    await ensurePath(client, '/lost');
    const proxy = await startTcpProxy(t, server.port);
    const before = takePart(t, hosts, '/lost', 'before');
    await waitFor('the first', () => before.leading);
    const candidacy = startCandidacy({
      open: () => {
        const opened = zooKeeperClient(t, `127.0.0.1:${proxy.port}`);
        const create = opened.create.bind(opened);
        opened.create = (path, data, mode) => {
          // Of the answer that follows only its first bytes come through.
          proxy.cutNextAnswerAfter(3);
          return create(path, data, mode);
        };
        return opened;
      },
      folder: '/lost',
      data: 'mine',
      prefix: 'json.info_',
      listener: { elected: () => undefined, deposed: () => undefined, leaderChanged: () => undefined },
      logger: silentLogger,
      random: Math.random,
    });
    t.teardown(() => candidacy.close());
    await waitFor('it to know the leader', () => candidacy.leader === 'before');
    t.ok(proxy.connections > 1, 'the connection was cut');
    t.equal((await client.children('/lost')).length, 2, 'it has made one node');
    await before.close();
    await waitFor('it to lead', () => candidacy.leading);
  });

  t.test('who has a password makes nodes that anybody may read, where that is wanted', async (t) => {
    const credentials = { user: 'mesos', password: 'secret' };
    const owner = zooKeeperClient(t, hosts, { credentials, readable: true });
    const secretive = zooKeeperClient(t, hosts, { credentials });
    await owner.create('/shown', Buffer.from('x'));
    await secretive.create('/hidden', Buffer.from('x'));
    const stranger = zooKeeperClient(t, hosts);
    t.equal((await stranger.get('/shown')).data.toString(), 'x');
    await t.rejects(stranger.set('/shown', Buffer.from('y')), { code: 'NO_AUTH' });
    await t.rejects(stranger.get('/hidden'), { code: 'NO_AUTH' });
  });
});
