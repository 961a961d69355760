import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { freePort } from '../../test/support/ports.js';
import { waitFor } from '../../test/support/wait.js';

/** A bundle of its own for one benchmark, on free ports. */
export interface BenchBundle {
  readonly api: string;
  readonly dnsPort: number;
  /** Service ports from here on are this bundle's. */
  readonly servicePortMin: number;
  stop(): Promise<void>;
}

/** Starts the built program and waits until it serves. Its log is shown when it does not. */
export async function startBenchBundle(flags: readonly string[] = []): Promise<BenchBundle> {
  const workDir = mkdtempSync(join(tmpdir(), 'ekiden-bench-'));
  const names = [
    'http_port',
    'https_port',
    'cluster_port',
    'agent_port',
    'dns_port',
    'dns_http_port',
    'lb_port',
    'haproxy_http_port',
    'haproxy_https_port',
    'haproxy_stats_port',
  ] as const;
  const ports = new Map<string, number>();
  for (const name of names) ports.set(name, await freePort());
  const portOf = (name: (typeof names)[number]): number => ports.get(name) ?? 0;
  const args = [...ports].map(([name, port]) => `--${name}=${port}`);
  const child = spawn(
    process.execPath,
    [resolve('bin/ekiden'), 'up', `--work_dir=${workDir}`, '--log_format=json', ...args, ...flags],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const log: string[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => log.push(chunk.toString()));

  const stop = async (): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGTERM');
      await once(child, 'exit');
    }
    rmSync(workDir, { recursive: true, force: true });
  };
  const api = `http://127.0.0.1:${portOf('http_port')}`;
  try {
    const outcome = await waitFor(
      'the bundle to serve',
      async () => {
        if (child.exitCode !== null) return 'ended';
        const status = (await (await fetch(`http://127.0.0.1:${portOf('lb_port')}/ekiden/v1/status`)).json()) as {
          synced: boolean;
        };
        return (await fetch(`${api}/ping`)).ok && status.synced && 'serving';
      },
      { withinMs: 60_000, everyMs: 200 },
    );
    if (outcome === 'ended') throw new Error(`the bundle ended with status ${child.exitCode}`);
  } catch (error) {
    await stop();
    throw new Error(`${String(error)}\n${log.join('').slice(-4000)}`, { cause: error });
  }
  return { api, dnsPort: portOf('dns_port'), servicePortMin: 10_000, stop };
}
