// Random histories, thousands of steps each in CI and as long as wanted by hand:
//   EKIDEN_SIM_STEPS=100000 EKIDEN_SIM_SEED=7 node build/test/sim/chaos/chaos.test.js
import t from 'tap';
import { Chaos } from './chaos.js';

const steps = Number(process.env['EKIDEN_SIM_STEPS'] ?? 2000);
const firstSeed = Number(process.env['EKIDEN_SIM_SEED'] ?? 1);
const seeds = process.env['EKIDEN_SIM_SEED'] === undefined ? 8 : 1;

for (let seed = firstSeed; seed < firstSeed + seeds; seed++) {
  t.test(`seed ${seed}`, async (t) => {
    const few = { launchTokens: 3, launchTokenRefreshMs: 5000, killChunkSize: 2 };
    const chaos = new Chaos(seed, seed % 3 === 0 ? 0 : 0.4, seed % 2 === 0 ? few : {});
    chaos.run(steps);
    chaos.settle();
    t.comment(JSON.stringify(chaos.tally));
    t.ok(chaos.tally.launches > 0 && chaos.tally.crashes > 0 && chaos.tally.drains > 0, 'things have happened');
  });
}

t.test('the same seed gives the same trace', async (t) => {
  const digests = [1, 2].map(() => {
    const chaos = new Chaos(firstSeed, 0.4);
    chaos.run(300);
    return chaos.digest;
  });
  t.equal(digests[0], digests[1]);
  const other = new Chaos(firstSeed + 1, 0.4);
  other.run(300);
  t.not(other.digest, digests[0], 'another seed another one');
});
