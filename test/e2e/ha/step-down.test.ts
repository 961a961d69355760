// Leaders that go of their own accord, schedulers that share a path without an election, and ZooKeeper with a password.
import t from 'tap';
import type { Test } from 'tap';
import { freePort } from '../../support/ports.js';
import { waitFor } from '../../support/wait.js';
import { withoutZooKeeper } from '../../support/zookeeper.js';
import type { Fleet, FleetScheduler } from './support/fleet.js';
import { startFleet } from './support/fleet.js';
import { notingApp, readStarts } from './support/starts.js';

t.setTimeout(240_000);

/** Longer than what is waited for here: nobody leads because a session has run out. */
const sessionTimeoutMs = 60_000;
const withinMs = 40_000;

async function frameworkIdOf(fleet: Fleet): Promise<string> {
  return waitFor('the framework id', async () => {
    const { body } = await fleet.api('GET', '/v2/info');
    const { frameworkId } = body as { frameworkId: string | null };
    return frameworkId ?? undefined;
  });
}

/** Waits until so many tasks of the app run. */
async function running(fleet: Fleet, appId: string, count: number): Promise<string[]> {
  return waitFor(
    `${count} tasks of ${appId}`,
    async () => {
      fleet.check();
      const ids = (await fleet.tasks(appId)).filter(({ state }) => state === 'TASK_RUNNING').map(({ id }) => id);
      if (ids.length === count) return ids.sort();
      const logs = fleet.schedulers.map(({ name, log }) => `${name}:\n${log(10)}`);
      throw new Error(`there are ${ids.length}\n${logs.join('\n')}`);
    },
    { withinMs: 60_000, everyMs: 100 },
  );
}

const skip = withoutZooKeeper();

t.test('a leader that goes of its own accord', { skip }, async (t) => {
  const fleet = await startFleet(t, { sessionTimeoutMs });
  await fleet.acknowledged(
    'PUT',
    '/v2/apps/one',
    notingApp(fleet.directory, { id: '/one', instances: 3, generation: 1 }),
  );
  const tasks = await running(fleet, 'one', 3);
  await fleet.waitForDeployments();
  const frameworkId = await frameworkIdOf(fleet);

  /** Everything is as it was, at another leader. */
  async function lookAround(t: Test, leader: FleetScheduler): Promise<void> {
    t.match((await fleet.api('GET', '/v2/leader')).body, { leader: leader.address });
    t.equal(await frameworkIdOf(fleet), frameworkId, 'the framework is the same');
    t.same(await running(fleet, 'one', 3), tasks, 'so are the tasks');
    t.equal(readStarts(fleet.directory).length, 3);
    for (const scheduler of fleet.schedulers) t.equal(await scheduler.isLeading(), scheduler === leader);
  }

  await t.test('DELETE /v2/leader', async (t) => {
    const leader = await fleet.leader();
    const { status, body } = await leader.api('DELETE', '/v2/leader');
    t.equal(status, 200);
    t.same(body, { message: 'Leadership abdicated' });
    t.match(await leader.ended(1), { status: 103, signal: null });
    const next = await fleet.leader({ except: leader, withinMs });
    await lookAround(t, next);
    await waitFor(
      'the former leader to be a candidate',
      async () => (await leader.api('GET', '/v2/leader')).status === 200,
    );
  });

  await t.test('DELETE /v2/leader at a scheduler that does not lead', async (t) => {
    const leader = await fleet.leader();
    const times = leader.exits.length;
    const standby = fleet.schedulers.find((scheduler) => scheduler !== leader);
    t.equal((await standby?.api('DELETE', '/v2/leader'))?.status, 200);
    t.match(await leader.ended(times + 1), { status: 103, signal: null });
    await lookAround(t, await fleet.leader({ except: leader, withinMs }));
  });

  await t.test('SIGTERM', async (t) => {
    const leader = await fleet.leader();
    t.match(await leader.stop(), { status: 0, signal: null });
    const next = await fleet.leader({ except: leader, withinMs });
    await lookAround(t, next);
    leader.start();
    await waitFor('it to be back', async () => (await leader.api('GET', '/v2/leader')).status === 200);
    await lookAround(t, next);
  });
  fleet.check();
});

t.test('two schedulers without an election', { skip }, async (t) => {
  await t.test('the one that was started last has the framework, and the other one ends', async (t) => {
    const fleet = await startFleet(t, { schedulers: 2, flags: ['--disable_ha'], startOnly: [0] });
    const [older, younger] = fleet.schedulers as [FleetScheduler, FleetScheduler];
    const app = notingApp(fleet.directory, { id: '/one', instances: 1, generation: 1 });
    t.equal((await older.api('PUT', '/v2/apps/one', app)).status, 201);
    const tasks = await running(fleet, 'one', 1);
    younger.start();
    t.match(await older.ended(1), { status: 105, signal: null });
    // Started again it would take everything back
    await older.end();
    t.match(older.log(), /another process has (taken the store|subscribed)/);
    await waitFor('the younger one', async () => (await younger.api('GET', '/v2/apps/one')).status === 200);
    t.same(await running(fleet, 'one', 1), tasks);
    t.equal(readStarts(fleet.directory).length, 1);
  });

  await t.test('the other one can write nothing more, even when no master tells it', async (t) => {
    const master = `127.0.0.1:${await freePort()}`;
    const fleet = await startFleet(t, { schedulers: 2, flags: ['--disable_ha'], startOnly: [0], master });
    const [older, younger] = fleet.schedulers as [FleetScheduler, FleetScheduler];
    const app = (generation: number) => notingApp(fleet.directory, { id: '/one', instances: 0, generation });
    t.equal((await older.api('PUT', '/v2/apps/one', app(1))).status, 201);
    younger.start();
    await waitFor('the younger one', async () => (await younger.api('GET', '/v2/apps/one')).status === 200);
    const { status, text } = await older.api('PUT', '/v2/apps/one', app(2));
    t.equal(status, 503, 'what was not stored is not acknowledged');
    t.comment(text);
    t.match(await older.ended(1), { status: 105, signal: null });
    t.match(older.log(), /another process has taken the store/);
  });
});

t.test('ZooKeeper with a user and a password, below a path', { skip }, async (t) => {
  const fleet = await startFleet(t, {
    chroot: '/site/ekiden',
    sessionTimeoutMs: 5_000,
    zooKeeperOf: (n, { hosts }) => (n === 2 ? hosts : `ekiden:secret-word@${hosts}`),
    startOnly: [0, 1],
  });
  await fleet.acknowledged(
    'PUT',
    '/v2/apps/one',
    notingApp(fleet.directory, { id: '/one', instances: 1, generation: 1 }),
  );
  await running(fleet, 'one', 1);
  const [, , stranger] = fleet.schedulers as [FleetScheduler, FleetScheduler, FleetScheduler];
  stranger.start();
  await waitFor('what the stranger says', () => /password/i.test(stranger.log()));
  t.ok(stranger.log(10_000).split('\n').length < 100, 'it does not repeat it all the time');
  t.comment(stranger.log(8));
  for (const scheduler of fleet.schedulers) t.notMatch(scheduler.log(10_000), 'secret-word');
});
