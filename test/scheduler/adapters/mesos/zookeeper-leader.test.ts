// The connection to masters that announce themselves in a real ZooKeeper, behind a password.
import type { Test } from 'tap';
import t from 'tap';
import { openMasterAccess } from '../../../../src/mesos/master-access.js';
import type { MasterAccess } from '../../../../src/mesos/master-access.js';
import { ensurePath } from '../../../../src/zookeeper/paths.js';
import { memoryLogger } from '../../../support/memory-logger.js';
import type { LogLine } from '../../../support/memory-logger.js';
import { fakeMaster, world } from '../../../support/mesos-world.js';
import { startTcpProxy } from '../../../support/tcp-proxy.js';
import { waitFor } from '../../../support/wait.js';
import { startZooKeeper, withoutZooKeeper } from '../../../support/zookeeper.js';
import { zooKeeperClient } from '../../../support/zookeeper-client.js';

t.setTimeout(120_000);

async function open(t: Test, master: string): Promise<{ access: MasterAccess; lines: readonly LogLine[] }> {
  const { logger, lines } = memoryLogger();
  const access = await openMasterAccess(
    master,
    { credentials: undefined, secretFile: undefined, tls: false, caFile: undefined },
    { logger, random: Math.random, sessionTimeoutMs: 2_000 },
  );
  t.teardown(() => access.close());
  return { access, lines };
}

function infoOf(authority: string): Buffer {
  const [ip, port] = authority.split(':');
  return Buffer.from(JSON.stringify({ id: authority, address: { hostname: 'm', ip, port: Number(port) } }));
}

const update = (taskId: string): Record<string, unknown> => ({
  type: 'UPDATE',
  update: { status: { task_id: { value: taskId }, state: 'TASK_RUNNING' } },
});

t.test('the leader is followed; ZooKeeper alone may be lost', { skip: withoutZooKeeper() }, async (t) => {
  const { servers, hosts } = await startZooKeeper(t);
  const proxy = await startTcpProxy(t, servers[0]?.port ?? 0);
  const credentials = { user: 'mesos', password: 'sesame' };
  const first = await fakeMaster(t);
  const second = await fakeMaster(t);
  const one = zooKeeperClient(t, hosts, { credentials });
  const other = zooKeeperClient(t, hosts, { credentials });
  const { access, lines } = await open(t, `zk://mesos:sesame@127.0.0.1:${proxy.port}/mesos`);
  const w = world(t, [], { masters: access });
  w.start();
  await waitFor('the wait', () => w.log.length > 0);
  await ensurePath(one, '/mesos');
  await one.create('/mesos/json.info_', infoOf(first.authority), 'ephemeralSequential');
  t.same(await w.until('registered'), ['registered', 'framework-0', first.authority, undefined]);
  await other.create('/mesos/json.info_', infoOf(second.authority), 'ephemeralSequential');

  const connections = proxy.connections;
  proxy.blackhole();
  await waitFor('the loss of ZooKeeper', () => proxy.connections > connections);
  first.say(update('t1'));
  await w.until('status');
  t.equal(w.heard.length, 2, 'the subscription goes on');

  // The election that happens meanwhile is heard of afterwards
  await one.close();
  proxy.heal();
  t.same(await w.until('registered', 2), ['registered', 'framework-0', second.authority, undefined]);
  t.same(
    w.heard.map(([name]) => name),
    ['registered', 'status', 'disconnected', 'registered'],
  );
  t.notMatch(JSON.stringify([w.log, lines]), 'sesame', 'the password is in no line');

  const stranger = await open(t, `zk://${hosts}/mesos`);
  const complaints = (): LogLine[] => stranger.lines.filter(({ message }) => /could not be looked up/.test(message));
  await waitFor('the refusal', () => complaints().length > 0);
  t.match(complaints(), [{ path: '/mesos', reason: /NO_AUTH/ }]);
  t.same(stranger.access.source.current.masters, []);
});
