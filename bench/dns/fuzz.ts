import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fuzzNameServer } from '../../test/dns/hostile/support/fuzz.js';
import { table } from '../support/report.js';
import { startBenchCluster } from './cluster.js';
import type { Expectations } from './expectations.js';
import { startRole } from './servers.js';
import { ask } from './udp-client.js';

const tasks = 1_000;
const rounds = 5;
const names = ['wide-shop.marathon.mesos', 'app0-shop.marathon.mesos', '_http._app1-shop._tcp.marathon.mesos', 'mesos'];
/** By how much memory may grow between the first fifth, after which everything has been used once, and the end. */
const maxGrowthMb = 32;

/** Messages of all kinds to a running name server: what it answers, and its memory meanwhile. */
export async function measureFuzz(
  packets: number,
  { cores, expected }: { readonly cores: string; readonly expected: Expectations },
): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'ekiden-bench-fuzz-'));
  const cluster = await startBenchCluster(tasks);
  const seed = Date.now() % 2 ** 31;
  let faults = 0;
  try {
    const role = await startRole({ directory, cores }, cluster.master.authority, { workers: 0 });
    try {
      const print = table(`Fuzz, seed ${seed}`, [
        ['sent', 10],
        ['answered', 10],
        ['/s', 8],
        ['MB', 8],
        ['faults', 8],
      ]);
      const memory: number[] = [];
      for (let round = 0; round < rounds; round++) {
        const started = performance.now();
        const result = await fuzzNameServer({ port: role.port, seed: seed + round, packets: packets / rounds, names });
        const perSecond = result.sent / ((performance.now() - started) / 1000);
        const [mb = Number.NaN] = role.residentMb();
        memory.push(mb);
        faults += result.faults.length;
        print(`round ${round + 1}`, result.sent, result.answered, perSecond, mb, result.faults.length);
        for (const fault of result.faults) console.log(`  ${fault}`);
      }
      const last = await ask(role.port, 'wide-shop.marathon.mesos', 'A', 2_000);
      expected.atLeast('addresses answered after the fuzz', last?.answers ?? 0, 1);
      expected.atMost('wrong replies and silences in the fuzz', faults, 0);
      expected.atMost('growth of memory in the fuzz, MB', (memory.at(-1) ?? 0) - (memory[0] ?? 0), maxGrowthMb, ' MB');
    } finally {
      await role.stop();
    }
  } finally {
    await cluster.master.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}
