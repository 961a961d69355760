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

/**
 * Some answers are made at random, by the real server too, whose recordings show some of all that are possible: an answer that differs
 * is asked for again, and must be a recorded one once in so many times.
 */
const tries = 8;

/** What is asked for in the questions whose answers differed. */
function differing(report: string): string[] {
  return [...report.matchAll(/^DIFF (?:http|dns) +(.*)$/gm)].map(([, label = '']) => label);
}

for (const scenario of ['main', 'rfc952-host', 'docker-mesos', 'forward', 'upstream-fake']) {
  t.test(`${scenario}: every recorded answer of the real Mesos-DNS is given`, { skip, timeout: 300_000 }, async (t) => {
    const { dns, http } = await startScenario(t, golden ?? '', scenario);
    const folder = join(golden ?? '', 'open', scenario);
    const ask = async (options: readonly string[]): Promise<{ matched: number; report: string }> => {
      const servers = [`127.0.0.1:${dns}`, `http://127.0.0.1:${http}`];
      const words = [compare ?? '', ...servers, folder, '--strict-case', '--strict-order', ...options];
      const { stdout, stderr } = await runCommand(process.execPath, words, { timeoutMs: 240_000 });
      const result = /(\d+) matched, (\d+) differed\n$/.exec(stdout);
      if (result === null) throw new Error(`dns-compare did not come to its end: ${stderr}`);
      return { matched: Number(result[1]), report: stdout };
    };
    const first = await ask([]);
    t.ok(first.matched > 100, `${first.matched} answers matched`);
    let { report } = first;
    for (let left = tries; left > 0 && differing(report).length > 0; left--) {
      const labels = differing(report).map((label) => label.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
      report = (await ask(['--only', `^(?:${labels.join('|')})$`])).report;
    }
    t.same(differing(report), [], report.slice(0, 4_000));
  });
}
