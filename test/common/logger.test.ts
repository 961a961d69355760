import { fileURLToPath } from 'node:url';
import t from 'tap';
import { identifyProcess } from '../../src/common/process-identity.js';
import { runCommand } from '../../src/common/run-command.js';
import { waitFor } from '../support/wait.js';
import { killProcess } from '../support/kill.js';

for (const format of ['json', 'pretty']) {
  t.test(`a process whose log nobody reads any more can still end (${format})`, async (t) => {
    const script = fileURLToPath(new URL('short-lived-parent.js', import.meta.url));
    const { stdout } = await runCommand(process.execPath, [script, format], { timeoutMs: 30_000 });
    const pid = Number(stdout);
    t.ok(pid > 1, 'the process was there');
    t.teardown(() => {
      if (identifyProcess(pid) !== undefined) killProcess(pid);
    });
    await waitFor('its end', () => identifyProcess(pid) === undefined, { withinMs: 10_000 });
  });
}
