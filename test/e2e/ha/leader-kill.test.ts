// The leader is killed during deployments, again and again: they end with what was wanted, and nothing was started that need not be.
// The long form: EKIDEN_TEST_LONG=1. The same instants again: EKIDEN_TEST_SEED=<number that was printed>.
import t from 'tap';
import { sleep } from '../../../src/common/time.js';
import { seeded } from '../../sim/simulated-world.js';
import { waitFor } from '../../support/wait.js';
import { withoutZooKeeper } from '../../support/zookeeper.js';
import { ask } from '../support/http.js';
import type { Fleet, FleetScheduler } from './support/fleet.js';
import { startFleet } from './support/fleet.js';
import { startFollower } from './support/follower.js';
import { readStarts } from './support/starts.js';
import { startWorkload } from './support/workload.js';

const long = process.env['EKIDEN_TEST_LONG'] === '1';
const seed = Number(process.env['EKIDEN_TEST_SEED'] ?? Date.now() % 1_000_000);
const kills = long ? 24 : 5;
/** What is wanted of the first answer: it comes so long after the end of the session at most. What took longer is told. */
const boundMs = 2_000;
/** Most time between the beginning of a deployment, or of a leadership, and the kill. */
const spreadMs = 2_500;

t.setTimeout(long ? 900_000 : 300_000);

interface MasterFramework {
  readonly tasks: readonly { readonly id: string; readonly state: string }[];
}

/** The ids of the tasks that run by the master's account, of the one framework that it has ever had. */
async function tasksOfMaster(fleet: Fleet): Promise<string[]> {
  const { text } = await ask(fleet.cluster.masterPort, '/state');
  const { frameworks, completed_frameworks } = JSON.parse(text) as {
    frameworks: readonly MasterFramework[];
    completed_frameworks: readonly unknown[];
  };
  if (frameworks.length !== 1 || completed_frameworks.length > 0) {
    throw new Error(`there are ${frameworks.length} frameworks and ${completed_frameworks.length} completed ones`);
  }
  const tasks = frameworks.flatMap((framework) => framework.tasks);
  return tasks.map(({ id, state }) => (state === 'TASK_RUNNING' ? id : `${id} ${state}`)).sort();
}

/** Milliseconds until one of these has answered a request that only the leader can. */
async function untilAnswered(survivors: readonly FleetScheduler[]): Promise<number> {
  const from = performance.now();
  let answered = false;
  await Promise.any(
    survivors.map((scheduler) =>
      waitFor('an answer', async () => answered || (await scheduler.api('GET', '/v2/apps/scaled')).status === 200, {
        withinMs: 60_000,
        everyMs: 20,
      }),
    ),
  );
  answered = true;
  return performance.now() - from;
}

t.test('kill -9 of the leader during deployments', { skip: withoutZooKeeper() }, async (t) => {
  t.comment(`seed ${seed}`);
  const random = seeded(seed);
  const fleet = await startFleet(t, { zooKeepers: long ? 3 : 1, flags: ['--min_revive_offers_interval=500'] });
  const follower = startFollower(
    t,
    fleet.schedulers.map(({ port }) => port),
  );
  await waitFor('the event stream', () => follower.following);
  const workload = startWorkload(fleet);
  await waitFor('the first apps', async () => (await fleet.api('GET', '/v2/apps/scaled')).status === 200);

  const gaps: number[] = [];
  for (let n = 0; n < kills; n++) {
    await waitFor('a deployment', async () => {
      const { body } = await fleet.api('GET', '/v2/deployments');
      return Array.isArray(body) && body.length > 0;
    });
    await sleep(random() * spreadMs);
    const leader = await fleet.leader();
    await leader.kill();
    const survivors = fleet.schedulers.filter((scheduler) => scheduler !== leader);
    const gap = await untilAnswered(survivors);
    gaps.push(gap);
    if (gap < fleet.sessionTimeoutMs + boundMs) continue;
    t.comment(
      `kill ${n + 1} of ${leader.name}: ${Math.round(gap)} ms until ${new Date().toISOString()}; the survivors say:`,
    );
    for (const { name, log } of survivors) t.comment(`${name}:\n${log(15)}`);
  }
  const wanted = await workload.finish();

  const starts = readStarts(fleet.directory);
  const counts = new Map<string, number>();
  for (const { appId, generation } of starts) {
    const key = `${appId} ${generation}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const sorted = (entries: Iterable<readonly [string, unknown]>): [string, unknown][] =>
    [...entries].map(([key, value]): [string, unknown] => [key, value]).sort(([a], [b]) => (a < b ? -1 : 1));
  t.same(sorted(counts), sorted(wanted.starts), 'tasks were started as often as the changes need');
  t.equal(new Set(starts.map(({ taskId }) => taskId)).size, starts.length, 'no task was started twice');
  for (const key of wanted.starts.keys()) {
    const shop = /^(\/shop-\d+)\/web /.exec(key)?.[1];
    if (shop === undefined) continue;
    const order = starts.map(({ appId }) => appId);
    t.ok(
      order.lastIndexOf(`${shop}/db`) < order.indexOf(`${shop}/web`),
      `${shop}/web was started after that on which it depends`,
    );
  }

  const { body } = await fleet.api('GET', '/v2/apps');
  const { apps } = body as {
    apps: { id: string; instances: number; tasksRunning: number; env: { GENERATION: string } }[];
  };
  t.same(
    sorted(apps.map(({ id, env }) => [id, Number(env.GENERATION)])),
    sorted(wanted.generations),
    'exactly the apps that were acknowledged are there, in their last form',
  );
  const ofApps = (of: (app: (typeof apps)[number]) => number) => sorted(apps.map((app) => [app.id, of(app)]));
  t.same(
    ofApps(({ instances }) => instances),
    sorted(wanted.instances),
  );
  t.same(
    ofApps(({ tasksRunning }) => tasksRunning),
    sorted(wanted.instances),
  );
  for (const id of wanted.deleted) t.equal((await fleet.api('GET', `/v2/groups${id}`)).status, 404, `${id} is away`);

  const { tasks } = (await fleet.api('GET', '/v2/tasks')).body as {
    tasks: { id: string; appId: string; state: string }[];
  };
  t.same([...new Set(tasks.map(({ state }) => state))], ['TASK_RUNNING']);
  t.same(
    await tasksOfMaster(fleet),
    tasks.map(({ id }) => id).sort(),
    'the master has the same tasks, and one framework',
  );
  await waitFor(
    'the last events',
    () => follower.deployments.size === 0 && follower.running.size === tasks.length,
  ).catch(() => undefined);
  t.same(
    sorted(follower.running),
    sorted(tasks.map(({ id, appId }) => [id, appId])),
    'who follows the event stream has the same tasks',
  );
  t.same([...follower.deployments], [], 'and no deployment that goes on');
  t.same(fleet.unanswered, [], 'every request to a scheduler that lives was answered');
  fleet.check();

  const ascending = gaps.map(Math.round).sort((a, b) => a - b);
  t.equal(ascending.length, kills);
  t.comment(
    `${kills} kills; ms to the first answer after one (session timeout ${fleet.sessionTimeoutMs}): ${gaps.map(Math.round).join(' ')}`,
  );
  t.comment(`least ${ascending[0]}, median ${ascending[ascending.length >> 1]}, most ${ascending.at(-1)}`);
  t.comment(
    `${starts.length} tasks started, ${[...wanted.starts.values()].reduce((sum, count) => sum + count, 0)} needed; ` +
      `${wanted.changes} changes acknowledged; ${follower.events} events, state read ${follower.reads} times`,
  );
});
