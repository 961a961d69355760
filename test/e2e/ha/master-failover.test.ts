// The master that leads is restarted, killed and frozen: the tasks run on, the scheduler finds the next master and reconciles with it.
// The long form: EKIDEN_TEST_LONG=1. The same instants again: EKIDEN_TEST_SEED=<number that was printed>.
import t from 'tap';
import { sleep } from '../../../src/common/time.js';
import { seeded } from '../../sim/simulated-world.js';
import { waitFor } from '../../support/wait.js';
import { withoutZooKeeper } from '../../support/zookeeper.js';
import { ask } from '../support/http.js';
import { startMasterStand } from './support/master-stand.js';

const long = process.env['EKIDEN_TEST_LONG'] === '1';
const seed = Number(process.env['EKIDEN_TEST_SEED'] ?? Date.now() % 1_000_000);
/** Kills at random instants of a deployment. */
const rounds = long ? 24 : 2;
/** Most time between the beginning of a deployment and the kill. */
const spreadMs = 1_500;
const sessionTimeoutMs = 2_000;

t.setTimeout(long ? 900_000 : 240_000);

t.test('masters that fail', { skip: withoutZooKeeper() }, async (t) => {
  t.comment(`seed ${seed}`);
  const random = seeded(seed);
  const stand = await startMasterStand(t, { masters: 2, sessionTimeoutMs });
  const first = await stand.startMaster(0);
  const app = await stand.run('/web', 3);
  const frameworkId = await stand.frameworkId();
  const agent = (await stand.picture(first))?.slaves[0]?.id;
  const ids = [(await stand.picture(first))?.id];

  await t.test('the only master is killed and started again', async (t) => {
    await first.kill();
    t.equal(await stand.leading(), first);
    await app.intact(first);
    ids.push((await stand.picture(first))?.id);
    await app.scale(4);
  });

  await t.test('kill -9 of the one that leads: the other one takes over', async (t) => {
    const second = await stand.startMaster(1);
    await waitFor('it to know the other one', async () => {
      const { status, headers } = await ask(second.port, '/redirect');
      return status === 307 && headers['location'] === `//127.0.0.1:${first.port}`;
    });
    await first.kill();
    const leader = await stand.leading();
    t.equal(leader, second);
    await app.intact(second);
    ids.push((await stand.picture(second))?.id);
    await app.scale(3);
  });

  await t.test('the one that leads is frozen until its session is over, and wakes up', async (t) => {
    const [one, other] = stand.masters;
    if (one === undefined || other === undefined) throw new Error('two masters were asked for');
    const frozen = await stand.leading();
    const next = frozen === one ? other : one;
    frozen.freeze();
    await sleep(2 * sessionTimeoutMs);
    t.equal(await stand.picture(next), undefined, 'nobody acts before it is gone');
    const exits = frozen.exits.length;
    frozen.resume();
    t.match(await frozen.ended(exits + 1), { status: 1 });
    t.match(frozen.log(), 'this master does not lead any more');
    t.equal(await stand.leading(), next);
    await app.intact(next);
    ids.push((await stand.picture(next))?.id);
    await app.scale(4);
  });

  await t.test(`kill -9 at ${rounds} random instants of deployments`, async (t) => {
    for (let n = 0; n < rounds; n++) {
      await app.wish(n % 2 === 0 ? 7 : 2);
      await sleep(random() * spreadMs);
      await (await stand.leading()).kill();
      const leader = await stand.leading();
      ids.push((await stand.picture(leader))?.id);
      await app.settled();
      await app.intact(leader);
      t.pass(`round ${n}`);
    }
  });

  t.equal(await stand.frameworkId(), frameworkId, 'the framework has kept its id');
  t.equal(new Set(ids).size, ids.length, 'every master has an id of its own');
  t.equal((await stand.picture(await stand.leading()))?.slaves[0]?.id, agent, 'the agent has kept its id');
});
