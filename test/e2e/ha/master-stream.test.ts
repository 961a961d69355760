// What stands between a scheduler and a master that is well: the stream is cut within a record, the master says nothing for longer than
// the heartbeats allow, and ZooKeeper is away. Nothing is lost, nothing is started twice.
import t from 'tap';
import { sleep } from '../../../src/common/time.js';
import { childPath, ensurePath } from '../../../src/zookeeper/paths.js';
import { startRecordingMasterProxy } from '../../support/recording-master-proxy.js';
import { startTcpProxy } from '../../support/tcp-proxy.js';
import { waitFor } from '../../support/wait.js';
import { withoutZooKeeper } from '../../support/zookeeper.js';
import { zooKeeperClient } from '../../support/zookeeper-client.js';
import { startMasterStand } from './support/master-stand.js';

/** More than the answer to a call has, and less than an event has that tells of a task or an offer. */
const withinRecord = 300;
/** Of a master, in milliseconds: it cannot be told otherwise. */
const heartbeatMs = 15_000;
/** So many may be missing: with one alone, a stream that is well would break now and then. */
const missing = 2;

t.setTimeout(240_000);

t.test('a stream that fails', { skip: withoutZooKeeper() }, async (t) => {
  // Without a call of its own accord, which a silent master does not answer either.
  const flags = [
    `--mesos_heartbeat_failure_threshold=${missing}`,
    '--reconciliation_initial_delay=600000',
    '--reconciliation_interval=600000',
  ];
  const stand = await startMasterStand(t, { masters: 1, flags });
  const master = await stand.startMaster(0);
  // The scheduler reaches the master through both, and finds the first one in ZooKeeper.
  const recorder = await startRecordingMasterProxy(t, { target: `127.0.0.1:${master.port}` });
  const proxy = await startTcpProxy(t, Number(recorder.authority.split(':')[1]));
  const client = zooKeeperClient(t, stand.zooKeeper.hosts, { sessionTimeoutMs: 60_000 });
  await client.connected(60_000);
  await ensurePath(client, '/mesos');
  const info = { id: 'proxy', hostname: '127.0.0.1', port: proxy.port, address: { ip: '127.0.0.1', port: proxy.port } };
  await client.create(childPath('/mesos', 'json.info_'), Buffer.from(JSON.stringify(info)), 'ephemeralSequential');

  const app = await stand.run('/web', 3);
  const frameworkId = await stand.frameworkId();
  const accepted = (type: string): number =>
    recorder.calls.filter((call) => call.type === type && [200, 202].includes(call.status)).length;

  /** Resolves when the scheduler has subscribed once more, and reconciled on that stream. */
  async function resubscribed(subscriptions: number): Promise<void> {
    await waitFor(
      'another subscription with a reconciliation',
      () => {
        const subscription = recorder.calls.filter(({ type, status }) => type === 'SUBSCRIBE' && status === 200);
        const { streamId } = subscription.at(-1) ?? {};
        return (
          subscription.length > subscriptions &&
          recorder.calls.some((call) => call.type === 'RECONCILE' && call.status === 202 && call.streamId === streamId)
        );
      },
      { withinMs: 90_000 },
    );
  }

  await t.test('it is cut within a record', async (t) => {
    for (const instances of [5, 3]) {
      const subscriptions = accepted('SUBSCRIBE');
      proxy.cutNextAnswerAfter(withinRecord);
      await app.wish(instances);
      await resubscribed(subscriptions);
      await app.settled();
      await app.intact(master);
      t.equal(app.processes.size, instances);
    }
  });

  await t.test('the master is frozen for longer than heartbeats may be missing', async (t) => {
    const subscriptions = accepted('SUBSCRIBE');
    master.freeze();
    const reason = `nothing heard from the master for ${(missing * heartbeatMs) / 1000} s`;
    await waitFor('the scheduler to give the connection up', () => stand.scheduler.log(10_000).includes(reason), {
      withinMs: (missing + 2) * heartbeatMs,
    });
    master.resume();
    await resubscribed(subscriptions);
    await app.intact(master);
    await app.scale(4);
    t.equal(master.exits.length, 0);
  });

  await t.test('ZooKeeper is away, and the master is not', async (t) => {
    const [server] = stand.zooKeeper.servers;
    const subscriptions = accepted('SUBSCRIBE');
    await server?.kill();
    await app.scale(5);
    await sleep(1_000);
    await server?.start();
    await app.scale(3);
    await app.intact(master);
    t.equal(accepted('SUBSCRIBE'), subscriptions, 'the stream has not ended');
    t.equal(master.exits.length, 0);
  });

  t.equal(await stand.frameworkId(), frameworkId, 'the framework has kept its id');
  const ids = new Set(recorder.calls.map((call) => call.frameworkId));
  t.same([...ids], [frameworkId], 'and every call was in its name');
  const launched = recorder.calls
    .filter(({ type, status }) => type === 'ACCEPT' && status === 202)
    .flatMap(({ taskIds }) => taskIds);
  t.equal(new Set(launched).size, launched.length, 'no task was launched twice');
});
