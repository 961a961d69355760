import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from '../../src/common/run-command.js';
import { showInfo } from '../../src/lb/apply/stats-socket.js';
import { waitFor } from '../../test/support/wait.js';
import type { LbSite } from './site.js';

/** Longer than the distance that reloads keep by themselves, three times their own duration. */
const pausesPerReload = 4;

/** How long HAProxy was replaced for each of so many new apps: from the rendered text until the new process has answered. Milliseconds. */
export async function measureReloads(site: LbSite, count: number): Promise<number[]> {
  const ms: number[] = [];
  for (let index = 0; index < count; index += 1) {
    const number = site.apps + index;
    site.publish({ apps: [site.app(number)], instances: [site.instance(number, 0)] });
    const { lastReload } = await site.settled();
    ms.push(lastReload?.durationMs ?? Number.NaN);
    await new Promise((resolve) => setTimeout(resolve, 2_000 + pausesPerReload * (lastReload?.durationMs ?? 0)));
  }
  return ms;
}

/** The same file with nothing around it: `haproxy -c`, then a start in place of the process that runs, until that has answered. */
export async function measureBareReloads(site: LbSite, count: number): Promise<number[]> {
  const directory = join(site.directory, 'lb');
  const config = join(directory, 'haproxy.cfg');
  const socket = join(directory, 'haproxy.sock');
  const pidFile = join(directory, 'haproxy.pid');
  const run = async (args: readonly string[]): Promise<void> => {
    const result = await runCommand('haproxy', args, { timeoutMs: 60_000 });
    if (result.exitCode !== 0) throw new Error(result.stderr.slice(-1_000));
  };
  const ms: number[] = [];
  for (let index = 0; index < count; index += 1) {
    const old = readFileSync(pidFile, 'utf8').trim();
    const started = performance.now();
    await run(['-c', '-f', config]);
    await run(['-D', '-f', config, '-p', pidFile, '-x', socket, '-sf', old]);
    await waitFor('the new process', async () => String((await showInfo(socket, 1_000)).pid) !== old, { everyMs: 5 });
    ms.push(performance.now() - started);
    await new Promise((resolve) => setTimeout(resolve, 1_000));
  }
  return ms;
}
