import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Test } from 'tap';
import { killProcess } from '../../../support/kill.js';
import { waitFor } from '../../../support/wait.js';
import { processesOf } from '../../support/leftovers.js';
import type { Supervised } from './supervise.js';

/** A directory for the processes of a test; what mentions it is killed when the test ends, after `processes` have been. */
export function workshop(t: Test, processes: readonly Supervised[]): string {
  const base = realpathSync(mkdtempSync(join(tmpdir(), 'ekiden-workshop-')));
  t.teardown(async () => {
    if (!t.passing())
      for (const process of processes) t.comment(`the end of the log of ${process.name}:\n${process.log(80)}`);
    await Promise.all(processes.map((process) => process.end()));
    for (const { pid } of processesOf(base)) {
      try {
        killProcess(pid);
      } catch {
        // it has just ended by itself
      }
    }
    await waitFor('the last processes to end', () => processesOf(base).length === 0).catch(() => undefined);
    rmSync(base, { recursive: true, force: true });
  });
  return base;
}
