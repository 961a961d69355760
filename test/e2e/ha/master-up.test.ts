// All of Ekiden with its master in ZooKeeper: scheduler and name server find it there, and again when it was killed.
import t from 'tap';
import { waitFor } from '../../support/wait.js';
import { startZooKeeper, withoutZooKeeper } from '../../support/zookeeper.js';
import { zooKeeperClient } from '../../support/zookeeper-client.js';
import { startBundle } from '../support/bundle.js';
import { ask } from '../support/http.js';

t.setTimeout(240_000);

t.test('ekiden up --cluster_zk', { skip: withoutZooKeeper() }, async (t) => {
  const { hosts } = await startZooKeeper(t);
  const bundle = await startBundle(t, [`--cluster_zk=zk://${hosts}/mesos`, '--cluster_zk_session_timeout=2000']);
  const client = zooKeeperClient(t, hosts);
  const announced = async (): Promise<string | undefined> => {
    const [name, ...others] = (await client.children('/mesos')).sort();
    if (name === undefined || others.length > 0) return undefined;
    return (await client.get(`/mesos/${name}`)).data.toString();
  };
  const before = await announced();
  t.match(JSON.parse(before ?? ''), { hostname: '127.0.0.1', port: bundle.ports.cluster });

  await bundle.postApp({ id: '/web', cmd: 'exec sleep 1000', cpus: 0.1, mem: 16, instances: 2 });
  await bundle.waitForDeployments();
  const tasks = (await bundle.tasks('/web')).map(({ id }) => id).sort();
  const frameworkId = ((await bundle.api('GET', '/v2/info')).body as { frameworkId: string }).frameworkId;
  await bundle.kill('cluster');
  await waitFor('another master to be announced', async () => {
    const now = await announced();
    return now !== undefined && now !== before;
  });
  await bundle.ready();
  t.same((await bundle.tasks('/web')).map(({ id }) => id).sort(), tasks);
  const { frameworks } = JSON.parse((await ask(bundle.ports.cluster, '/frameworks')).text) as {
    frameworks: { id: string; tasks: { id: string; state: string }[] }[];
  };
  t.same(
    frameworks.map(({ id, tasks: known }) => [id, known.map((task) => `${task.id} ${task.state}`).sort()]),
    [[frameworkId, tasks.map((id) => `${id} TASK_RUNNING`)]],
  );
  await waitFor('the names of its tasks', async () => {
    const { answer } = await bundle.dig('web.marathon.mesos', 'A');
    return answer.length > 0;
  });

  t.equal(await bundle.stop(), 0);
  t.same(bundle.leftovers(), [], 'the last master ends the tasks');
  t.same(await client.children('/mesos'), [], 'and nobody is announced');
});
