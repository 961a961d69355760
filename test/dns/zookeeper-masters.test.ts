// The name server finds the masters in ZooKeeper.
import type { Test } from 'tap';
import t from 'tap';
import { ensurePath } from '../../src/zookeeper/paths.js';
import { startFakeMaster } from '../support/fake-operator-master.js';
import type { FakeMaster } from '../support/fake-operator-master.js';
import { waitFor } from '../support/wait.js';
import { startZooKeeper, withoutZooKeeper } from '../support/zookeeper.js';
import { zooKeeperClient } from '../support/zookeeper-client.js';
import { dig, haveDig } from './support/dig.js';
import { startTestDns } from './support/server.js';

const skip = (!(await haveDig()) && 'dig is not installed (package bind9-dnsutils)') || withoutZooKeeper();

async function fakeMaster(t: Test, id: string): Promise<FakeMaster> {
  const master = await startFakeMaster();
  t.teardown(() => master.stop());
  master.id = id;
  return master;
}

const portOf = ({ authority }: FakeMaster): number => Number(authority.split(':')[1]);

/** MasterInfo with another address than that of the fake, which is for names alone. */
function infoOf(master: FakeMaster): Buffer {
  const port = portOf(master);
  return Buffer.from(JSON.stringify({ id: master.id, address: { hostname: 'm', ip: '127.0.0.1', port } }));
}

t.test('leader and masters follow ZooKeeper', { skip }, async (t) => {
  const { hosts } = await startZooKeeper(t);
  const first = await fakeMaster(t, 'm1');
  const second = await fakeMaster(t, 'm2');
  first.addAgent('x-S1', '10.0.0.1');
  first.addFramework('F1', 'marathon');
  first.addTask({ id: 'web.1', name: 'web', agentId: 'x-S1', ip: '172.16.0.5' });

  const dns = await startTestDns(t, { master: `zk://${hosts}/mesos` });
  t.equal((await dig(dns.port, 'leader.mesos')).status, 'SERVFAIL', 'no master leads yet');
  const one = zooKeeperClient(t, hosts);
  const other = zooKeeperClient(t, hosts);
  await ensurePath(one, '/mesos');
  await one.create('/mesos/json.info_', infoOf(first), 'ephemeralSequential');
  await dns.synced();
  t.match(await dns.status(), { leader: first.authority, source: 'stream' });
  const leaderPort = async (): Promise<string> =>
    (await dig(dns.port, '_leader._tcp.mesos', 'SRV')).answer[0]?.split(' ')[6] ?? '';
  t.equal(await leaderPort(), String(portOf(first)));
  t.strictSame((await dig(dns.port, 'master0.mesos')).answer, ['master0.mesos. 60 IN A 127.0.0.1']);

  const stand = { id: 'm3', address: { hostname: 'm3', ip: '10.9.9.9', port: 5050 } };
  const node = await one.create('/mesos/json.info_', Buffer.from(JSON.stringify(stand)), 'ephemeralSequential');
  await waitFor('a second master', async () => (await dig(dns.port, 'master1.mesos')).answer.length === 1);
  t.strictSame([...(await dig(dns.port, 'master.mesos')).answer].sort(), [
    'master.mesos. 60 IN A 10.9.9.9',
    'master.mesos. 60 IN A 127.0.0.1',
  ]);
  await one.remove(node);
  await waitFor('one master', async () => (await dig(dns.port, 'master1.mesos')).status === 'NXDOMAIN');

  await other.create('/mesos/json.info_', infoOf(second), 'ephemeralSequential');
  await one.close();
  await waitFor('the new leader', async () => (await leaderPort()) === String(portOf(second)));
  await waitFor('the new stream', async () => second.asked.subscribe > 0 && (await dns.status()).source === 'stream');
  t.equal((await dig(dns.port, 'web.marathon.mesos')).answer.length, 1, 'nothing is wiped');
});
