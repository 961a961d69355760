import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Test } from 'tap';
import { answersWell } from '../../../dns/hostile/support/servers.js';
import { freePort } from '../../../support/ports.js';
import { waitFor } from '../../../support/wait.js';

/** Starts `ekiden dns` as a process, which follows `master`, and waits until it answers for the known name. Returns its port. */
export async function startDnsProcess(t: Test, master: string, workers: number): Promise<number> {
  const port = await freePort();
  const directory = mkdtempSync(join(tmpdir(), 'ekiden-dns-'));
  const child = spawn(
    '/usr/bin/env',
    [
      ...['-u', 'NODE_OPTIONS', process.execPath, resolve('bin/ekiden'), 'dns', `--master=${master}`],
      ...['--host=127.0.0.1', `--dns_port=${port}`, `--dns_http_port=${await freePort()}`],
      ...[`--dns_workers=${workers}`, `--work_dir=${directory}`, '--log_format=json'],
    ],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let log = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => (log = (log + chunk.toString()).slice(-4_000)));
  }
  t.teardown(async () => {
    if (!t.passing()) t.comment(log);
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGTERM');
      await once(child, 'exit');
    }
    rmSync(directory, { recursive: true, force: true });
  });
  await waitFor('the first answer', () => answersWell(port));
  return port;
}
