// Starts `last-words` with its output in a pipe, prints its pid, and is killed: `node short-lived-parent.js json|pretty`.
import { spawn } from 'node:child_process';
import { writeSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const script = fileURLToPath(new URL('last-words.js', import.meta.url));
const child = spawn(process.execPath, [script, process.argv[2] ?? ''], {
  detached: true,
  stdio: ['ignore', 'pipe', 'ignore', 'ipc'],
});
child.stdout?.resume();
child.on('message', () => {
  writeSync(1, `${child.pid}\n`);
  process.kill(process.pid, 'SIGKILL');
});
