// Inputs and everything that comes of them, by the parts of the scheduler. After a change that is meant, the files are made anew by
//   EKIDEN_TEST_WRITE_GOLDEN=1 node build/test/golden/scenario.test.js
// and their difference is read before it is committed.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { playScenario } from './play-scenario.js';

const folder = fileURLToPath(new URL('../../../test/golden/scenario/', import.meta.url));

for (const name of readdirSync(folder).sort()) {
  t.test(name, async (t) => {
    const text = readFileSync(folder + name, 'utf8');
    const played = playScenario(text);
    if (process.env['EKIDEN_TEST_WRITE_GOLDEN'] === '1') writeFileSync(folder + name, played);
    else t.equal(played, text);
    t.equal(playScenario(played), played, 'the same inputs give the same trace');
  });
}
