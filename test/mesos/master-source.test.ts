import t from 'tap';
import { UsageError } from '../../src/common/errors.js';
import { silentLogger } from '../../src/common/logger.js';
import { parseMasterInfo } from '../../src/mesos/master-info.js';
import type { KnownMasters } from '../../src/mesos/master-source.js';
import { fixedMasters } from '../../src/mesos/master-source.js';
import { parseMasterAddress } from '../../src/mesos/master-address.js';
import { openMasterSource } from '../../src/mesos/open-master-source.js';
import { zooKeeperMasters } from '../../src/mesos/zookeeper-masters.js';
import { ensurePath } from '../../src/zookeeper/paths.js';
import { memoryLogger } from '../support/memory-logger.js';
import { startTcpProxy } from '../support/tcp-proxy.js';
import { waitFor } from '../support/wait.js';
import { startZooKeeper, withoutZooKeeper } from '../support/zookeeper.js';
import { zooKeeperClient } from '../support/zookeeper-client.js';

/** As a master of Mesos 1.11 writes itself. */
function masterInfo(port: number): Buffer {
  const info = {
    address: { hostname: 'master.example', ip: '127.0.0.1', port },
    capabilities: [{ type: 'AGENT_UPDATE' }],
    hostname: 'master.example',
    id: `id-${port}`,
    ip: 16_777_343,
    pid: `master@127.0.0.1:${port}`,
    port,
    version: '1.11.0',
  };
  return Buffer.from(JSON.stringify(info));
}

t.test('what a master writes of itself', async (t) => {
  t.same(parseMasterInfo(masterInfo(5050).toString()), { authority: '127.0.0.1:5050', id: 'id-5050' });
  const read = (info: unknown): string | undefined => parseMasterInfo(JSON.stringify(info))?.authority;
  t.equal(read({ address: { ip: '::1', port: 5050 } }), '[::1]:5050');
  t.equal(read({ pid: 'master@10.0.0.1:5051' }), '10.0.0.1:5051');
  t.equal(read({ address: { hostname: 'h', port: 1 } }), 'h:1');
  t.equal(read({ hostname: 'h', port: 2 }), 'h:2');
  for (const bad of [{}, null, 7, [], { address: { ip: 'a b', port: 1 } }, { hostname: 'h', port: 0 }, { pid: 'x' }]) {
    t.equal(read(bad), undefined, JSON.stringify(bad));
  }
  t.equal(parseMasterInfo('\u0012not json'), undefined);
});

t.test('the forms of --master', async (t) => {
  t.same(parseMasterAddress('h'), { type: 'fixed', masters: ['h:5050'] });
  t.same(parseMasterAddress('h1:5051, h2,h1:5051,[::1]:7'), {
    type: 'fixed',
    masters: ['h1:5051', 'h2:5050', '[::1]:7'],
  });
  t.match(parseMasterAddress('zk://u:p@h1,h2:2182/mesos'), {
    type: 'zookeeper',
    address: { path: '/mesos', credentials: { user: 'u', password: 'p' } },
  });
  for (const bad of ['', 'h:0', 'h:x', 'h1,,h2', 'http://h:5050', 'zk://h:2181', 'zk://h/', 'user:secret@h:1']) {
    t.throws(() => parseMasterAddress(bad), UsageError, bad);
  }
});

t.test('a fixed list is known at once and never changes', async (t) => {
  const source = fixedMasters(['h1:5050', 'h2:5050']);
  t.same(await source.known(new AbortController().signal), { leader: undefined, masters: ['h1:5050', 'h2:5050'] });
  source.onChange(() => t.fail('it changed'))();
  await source.close();
  const options = { sessionTimeoutMs: 2_000, logger: silentLogger, random: Math.random };
  t.same(openMasterSource(parseMasterAddress('h'), options).current.masters, ['h:5050']);
});

t.test('masters in ZooKeeper', { skip: withoutZooKeeper() }, async (t) => {
  const { servers } = await startZooKeeper(t);
  const port = servers[0]?.port ?? 0;
  const proxy = await startTcpProxy(t, port);
  const { logger, lines } = memoryLogger();
  const hosts = `127.0.0.1:${proxy.port}`;
  const source = zooKeeperMasters({
    open: () => zooKeeperClient(t, hosts),
    path: '/mesos',
    logger,
    random: Math.random,
  });
  t.teardown(() => source.close());
  const changes: KnownMasters[] = [];
  source.onChange((masters) => changes.push(masters));

  t.same(source.current, { leader: undefined, masters: [] });
  const giveUp = new AbortController();
  const given = source.known(giveUp.signal);
  giveUp.abort(new Error('enough'));
  await t.rejects(given, /enough/);

  const first = zooKeeperClient(t, `127.0.0.1:${port}`);
  const second = zooKeeperClient(t, `127.0.0.1:${port}`);
  await ensurePath(first, '/mesos/log_replicas');
  const binary = await first.create('/mesos/info_', Buffer.from([8, 1]), 'ephemeralSequential');
  const known = source.known(new AbortController().signal);
  await first.create('/mesos/json.info_', masterInfo(5060), 'ephemeralSequential');
  t.same(await known, { leader: '127.0.0.1:5060', masters: ['127.0.0.1:5060'] });
  const node = await second.create('/mesos/json.info_', masterInfo(5061), 'ephemeralSequential');
  await waitFor('both', () => source.current.masters.length === 2);
  t.same(source.current, { leader: '127.0.0.1:5060', masters: ['127.0.0.1:5060', '127.0.0.1:5061'] });
  t.match(
    lines.filter(({ level }) => level === 'warn'),
    [{ node: binary, message: /binary form/ }],
    'nodes of an old form are named, once',
  );

  await first.close();
  await waitFor('the next leader', () => source.current.leader === '127.0.0.1:5061');
  t.same(source.current.masters, ['127.0.0.1:5061']);

  proxy.blackhole();
  await waitFor('the loss', () => lines.length >= 0 && proxy.connections > 1);
  t.equal(source.current.leader, '127.0.0.1:5061', 'what was known stays while ZooKeeper is away');
  await second.remove(node);
  const broken = await second.create('/mesos/json.info_', Buffer.from('{}'), 'ephemeralSequential');
  proxy.heal();
  await waitFor('the complaint', () => lines.some((line) => line['node'] === broken));
  await waitFor('no leader', () => source.current.leader === undefined);
  t.same(source.current.masters, []);
  await second.set(broken, masterInfo(5062));
  await waitFor('the repaired one', () => source.current.leader === '127.0.0.1:5062');
  t.same(
    changes.map(({ leader }) => leader),
    ['127.0.0.1:5060', '127.0.0.1:5060', '127.0.0.1:5061', undefined, '127.0.0.1:5062'],
  );
});
