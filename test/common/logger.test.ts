import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
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

for (const format of ['json', 'pretty']) {
  t.test(`a process whose log finds no room on the disk goes on (${format})`, async (t) => {
    const script = fileURLToPath(new URL('last-words.js', import.meta.url));
    const full = openSync('/dev/full', 'w');
    t.teardown(() => closeSync(full));
    const child = spawn(process.execPath, [script, format], { stdio: ['ignore', full, 'pipe', 'ipc'] });
    t.teardown(() => child.kill('SIGKILL'));
    let complaint = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (complaint += text));
    await once(child, 'message');
    child.disconnect();
    const [status] = (await once(child, 'exit')) as [number | null];
    t.equal(complaint, '');
    t.equal(status, 0, 'it has come to its own end');
  });
}
