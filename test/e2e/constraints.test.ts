// Placement by constraints, as the manuals show it, on 16 simulated agents.
import t from 'tap';
import { waitFor } from '../support/wait.js';
import { startBundle } from './support/bundle.js';
import type { Bundle } from './support/bundle.js';
import { readExample } from './support/examples.js';
import type { ExampleApp } from './support/examples.js';
import { running } from './support/running.js';

t.setTimeout(180_000);

const agents = 16;
/** The number of the agent that a host name belongs to. */
const numberOf = (host: string): number => Number(host.replace('dcos', ''));
/** The value of the attribute `slave_id` of an agent. */
const slaveIdOf = (host: string): string => `slave-${numberOf(host) % 4}`;

/** Posts an app and returns the hosts of its instances, sorted, once so many run. */
async function place(bundle: Bundle, app: ExampleApp, instances: number): Promise<string[]> {
  await bundle.postApp(app);
  return (await running(bundle, app.id, instances)).map(({ host }) => host).sort();
}

function countsOf(values: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1;
  return counts;
}

interface Summary {
  readonly reason: string;
  readonly declined: number;
}

/** What `/v2/queue` says of an app that waits. */
async function queued(bundle: Bundle, appId: string): Promise<{ count: number; declined: Record<string, number> }> {
  const { queue } = (await bundle.api('GET', '/v2/queue')).body as {
    queue: {
      app: { id: string };
      count: number;
      processedOffersSummary: { rejectSummaryLastOffers: readonly Summary[] };
    }[];
  };
  const entry = queue.find(({ app }) => app.id === appId);
  if (entry === undefined) throw new Error(`${appId} does not wait`);
  const declined = entry.processedOffersSummary.rejectSummaryLastOffers.filter((summary) => summary.declined > 0);
  return { count: entry.count, declined: Object.fromEntries(declined.map((one) => [one.reason, one.declined])) };
}

t.test('constraints', async (t) => {
  const bundle = await startBundle(t, [
    '--simulate',
    `--agents=${agents}`,
    '--simulate_hostname=dcos{n}',
    '--simulate_attributes=slave_id:slave-{n%4}',
  ]);

  await t.test('§5 17 unique instances on 16 agents: 16 run, the 17th waits and says why', async (t) => {
    const example = readExample('unique');
    await bundle.postApp(example);
    const tasks = await running(bundle, example.id, agents);
    t.equal(new Set(tasks.map(({ host }) => host)).size, agents);
    await waitFor('a look at every agent', async () => {
      const { count, declined } = await queued(bundle, '/shell-unique');
      t.equal(count, 1);
      return declined['UnfulfilledConstraint'] === agents;
    });
    const { body, text } = await bundle.api('GET', '/ekiden/v1/explain/shell-unique');
    t.match(body, { appId: '/shell-unique', instances: 17, waiting: 1 });
    const { agents: explained } = body as { agents: { hostname: string; refusals: object[] }[] };
    t.equal(explained.length, agents, text);
    for (const { hostname, refusals } of explained) {
      t.match(refusals, [{ reason: 'UnfulfilledConstraint', constraint: ['hostname', 'UNIQUE'] }], hostname);
    }
    t.equal(((await bundle.api('GET', '/v2/deployments')).body as unknown[]).length, 1, 'the deployment waits, too');
    t.equal((await bundle.api('PUT', '/v2/apps/shell-unique?force=true', { instances: 16 })).status, 200);
    await bundle.waitForDeployments();
    t.equal((await running(bundle, example.id, agents)).length, agents);
  });

  await t.test('§5 CLUSTER on a host name, and on an attribute that no agent has yet', async (t) => {
    t.same(await place(bundle, readExample('cluster-hostname'), 2), ['dcos7', 'dcos7']);
    const example = readExample('cluster-attribute');
    await bundle.postApp(example);
    await waitFor('a look at every agent', async () => {
      const { count, declined } = await queued(bundle, '/shell-cluster');
      t.equal(count, 3);
      return declined['UnfulfilledConstraint'] === agents;
    });
    const { text } = await bundle.api('GET', '/ekiden/v1/explain/shell-cluster');
    t.match(text, /slave_public/);
    const constraints = [['slave_id', 'CLUSTER', 'slave-2']];
    t.equal((await bundle.api('PUT', '/v2/apps/shell-cluster?force=true', { constraints })).status, 200);
    const hosts = (await running(bundle, 'shell-cluster', 3)).map(({ host }) => host);
    t.same([...new Set(hosts.map(slaveIdOf))], ['slave-2']);
    await bundle.waitForDeployments();
  });

  await t.test('§5 CLUSTER without a value: all where the first one came to be', async (t) => {
    const hosts = await place(
      bundle,
      { ...readExample('cluster-attribute'), id: 'free', constraints: [['slave_id', 'CLUSTER']] },
      3,
    );
    t.equal(new Set(hosts.map(slaveIdOf)).size, 1, hosts.join());
  });

  await t.test('§5 GROUP_BY: spread evenly', async (t) => {
    for (const name of ['group-by', 'group-by-3']) {
      const three = await place(bundle, readExample(name), 3);
      t.equal(new Set(three.map(slaveIdOf)).size, 3, `${name}: ${three.join()}`);
    }
    t.equal((await bundle.api('PUT', '/v2/apps/test-group-by', { instances: 8 })).status, 200);
    const eight = (await running(bundle, 'test-group-by', 8)).map(({ host }) => host);
    t.same(countsOf(eight.map(slaveIdOf)), { 'slave-0': 2, 'slave-1': 2, 'slave-2': 2, 'slave-3': 2 });
    await bundle.waitForDeployments();
    t.equal((await bundle.api('PUT', '/v2/apps/test-group-by', { instances: 4 })).status, 200);
    await bundle.waitForDeployments();
    const four = (await running(bundle, 'test-group-by', 4)).map(({ host }) => host);
    t.same(countsOf(four.map(slaveIdOf)), { 'slave-0': 1, 'slave-1': 1, 'slave-2': 1, 'slave-3': 1 });
  });

  await t.test('§5 LIKE and UNLIKE', async (t) => {
    for (const host of await place(bundle, readExample('like'), 3)) t.match(slaveIdOf(host), /^slave-[1-3]$/);
    for (const host of await place(bundle, readExample('unlike'), 3)) t.equal(slaveIdOf(host), 'slave-0');
  });

  t.equal(await bundle.stop(), 0);
  t.same(bundle.leftovers(), []);
});
