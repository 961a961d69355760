import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Test } from 'tap';
import { haproxyFrontConfig } from '../../../support/haproxy-front.js';
import { killProcess } from '../../../support/kill.js';
import { freePort } from '../../../support/ports.js';

/** Starts HAProxy with the configuration that is shipped, before the schedulers at these ports; returns its own port. Ends with the test. */
export async function startFront(t: Test, schedulers: readonly number[]): Promise<number> {
  const directory = mkdtempSync(join(tmpdir(), 'ekiden-front-'));
  const port = await freePort();
  const path = join(directory, 'haproxy.cfg');
  writeFileSync(
    path,
    haproxyFrontConfig(
      port,
      schedulers.map((at) => ({ host: '127.0.0.1', port: at })),
    ),
  );
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', 'haproxy', '-db', '-f', path], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let complaints = '';
  child.stderr.on('data', (data: Buffer) => (complaints = (complaints + data.toString()).slice(-10_000)));
  const gone = once(child, 'exit');
  t.teardown(async () => {
    if (!t.passing()) t.comment(`HAProxy has said: ${complaints}`);
    if (child.exitCode === null && child.signalCode === null) killProcess(child.pid);
    await gone;
    rmSync(directory, { recursive: true, force: true });
  });
  return port;
}
