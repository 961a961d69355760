import t from 'tap';
import { zooKeeperMasters } from '../../src/mesos/zookeeper-masters.js';
import { silentLogger } from '../../src/common/logger.js';
import { frameworkInfo, http, task, TestFramework } from '../conformance/mesos/mesos-client.js';
import { startRecordingMasterProxy } from '../support/recording-master-proxy.js';
import { waitFor } from '../support/wait.js';
import { startZooKeeper, withoutZooKeeper } from '../support/zookeeper.js';
import { zooKeeperClient } from '../support/zookeeper-client.js';
import { runCluster } from './master/running-cluster.js';

t.test('what passes is noted, and passes as it is', async (t) => {
  const { masterPort, handle } = await runCluster();
  const proxy = await startRecordingMasterProxy(t, { target: `127.0.0.1:${masterPort}` });
  const base = `http://${proxy.authority}`;
  const framework = await TestFramework.subscribe(base);
  const offer = await framework.offer();
  await framework.launch([offer], [task('t1', offer.agent_id, 'sleep 1000'), task('t2', offer.agent_id, 'sleep 1000')]);
  await framework.status('t1', (s) => s.state === 'TASK_RUNNING');
  await framework.call({ type: 'RECONCILE', reconcile: { tasks: [{ task_id: { value: 't2' } }] } });
  await framework.call({ type: 'KILL', kill: { task_id: { value: 't1' } } });
  t.equal((await framework.call({ type: 'REVIVE' }, { 'Mesos-Stream-Id': 'stale' })).status, 400);
  const calls = proxy.calls.filter(({ type }) => type !== 'ACKNOWLEDGE');
  const common = { frameworkId: framework.id, streamId: framework.streamId, status: 202 };
  t.match(calls, [
    { ...common, type: 'SUBSCRIBE', taskIds: [], status: 200 },
    { ...common, type: 'ACCEPT', taskIds: ['t1', 't2'] },
    { ...common, type: 'RECONCILE', taskIds: ['t2'] },
    { ...common, type: 'KILL', taskIds: ['t1'] },
    { ...common, type: 'REVIVE', streamId: 'stale', status: 400 },
  ]);
  t.equal(calls.length, 5);
  t.match(proxy.calls.find(({ type }) => type === 'ACKNOWLEDGE')?.taskIds, ['t1']);
  t.ok(calls.every(({ atMs, sentAtMs, remotePort }) => sentAtMs <= atMs && remotePort > 0));

  t.equal((await http(base, 'GET', '/redirect')).headers.location, `//${proxy.authority}`, 'it leads to the proxy');
  const other = await TestFramework.subscribe(base, { info: frameworkInfo({ id: { value: 'own' } }) });
  t.equal(proxy.calls.findLast(({ type }) => type === 'SUBSCRIBE')?.frameworkId, 'own');
  await handle.stop('everything');
  t.equal(await framework.stream.ended(), 'cut', 'as by the master itself');
  framework.disconnect();
  other.disconnect();
  await t.rejects(http(base, 'GET', '/state'), 'a connection that is closed');
});

t.test('a framework that leaves is disconnected at the master', async (t) => {
  const { base, masterPort, handle } = await runCluster();
  t.teardown(() => handle.stop('everything'));
  const proxy = await startRecordingMasterProxy(t, { target: `127.0.0.1:${masterPort}` });
  const framework = await TestFramework.subscribe(`http://${proxy.authority}`);
  framework.disconnect();
  await waitFor('the master to know', async () => {
    const { body } = await http(base, 'GET', '/frameworks');
    return (JSON.parse(body) as { frameworks: { connected: boolean }[] }).frameworks[0]?.connected === false;
  });
});

t.test('it announces itself in ZooKeeper as a master does', { skip: withoutZooKeeper() }, async (t) => {
  const { hosts } = await startZooKeeper(t);
  const { masterPort, handle } = await runCluster();
  t.teardown(() => handle.stop('everything'));
  const source = zooKeeperMasters({
    open: () => zooKeeperClient(t, hosts),
    path: '/a/mesos',
    logger: silentLogger,
    random: Math.random,
  });
  t.teardown(() => source.close());
  const zk = { hosts, path: '/a/mesos' };
  const proxy = await startRecordingMasterProxy(t, { target: `127.0.0.1:${masterPort}`, zk });
  await waitFor('it to be found', () => source.current.leader === proxy.authority);
  await proxy.close();
  await waitFor('it to be gone', () => source.current.leader === undefined);
});
