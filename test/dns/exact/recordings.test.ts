import { join } from 'node:path';
import t from 'tap';
import { runCommand } from '../../../src/common/run-command.js';
import { sharedPath } from '../../support/shared.js';
import { startScenario } from './support/replay.js';

const golden = sharedPath('golden/dns');
const compare = sharedPath('tools/dns-compare.mjs');
const skip = (golden === undefined || compare === undefined) && 'no recordings of Mesos-DNS beside the project';

// Each silence of the server is waited for.
t.setTimeout(300_000);

for (const scenario of ['main', 'rfc952-host', 'docker-mesos', 'forward', 'upstream-fake']) {
  t.test(`${scenario}: every recorded answer of the real Mesos-DNS is given`, { skip, timeout: 300_000 }, async (t) => {
    const { dns, http } = await startScenario(t, golden ?? '', scenario);
    const { stdout, stderr } = await runCommand(
      process.execPath,
      [
        compare ?? '',
        `127.0.0.1:${dns}`,
        `http://127.0.0.1:${http}`,
        join(golden ?? '', 'open', scenario),
        '--strict-case',
        '--strict-order',
      ],
      { timeoutMs: 240_000 },
    );
    const result = /(\d+) matched, (\d+) differed\n$/.exec(stdout);
    t.ok(Number(result?.[1]) > 100, `${result?.[1]} answers matched ${stderr}`);
    t.equal(result?.[2], '0', stdout.slice(0, 4_000));
  });
}
