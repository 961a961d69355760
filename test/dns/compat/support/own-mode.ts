import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import type { Test } from 'tap';
import { silentLogger } from '../../../../src/common/logger.js';
import { runCommand } from '../../../../src/common/run-command.js';
import { dnsOptionsOf } from '../../../../src/dns/config/dns-options.js';
import { readConfig } from '../../../../src/dns/config/read-config.js';
import { startDns } from '../../../../src/dns/start.js';
import { freePort } from '../../../support/ports.js';
import { waitFor } from '../../../support/wait.js';

/** The masters of the recordings, which all listen on one port. */
const masterHosts = ['127.0.0.1', '127.0.0.2', '127.0.0.3', '127.0.0.4'];

/** An answer that differs from the recorded one, and in what, in the words of dns-compare. */
export interface Difference {
  readonly label: string;
  readonly why: readonly string[];
}

function isFree(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, host, () => server.close(() => resolve(true)));
  });
}

/** A port that is free on all of the addresses. */
async function portOfAll(): Promise<number> {
  const port = await freePort();
  for (const host of masterHosts) if (!(await isFree(host, port))) return portOfAll();
  return port;
}

/** A folder of recordings in which masters and resolvers listen where nobody else does, wherever their ports are told. */
async function moved(t: Test, folder: string): Promise<string> {
  const directory = join(t.testdir(), 'moved');
  mkdirSync(directory);
  const master = await portOfAll();
  const ports = new Map<string, string>();
  const text = (name: string): string => readFileSync(join(folder, name), 'utf8');
  let config = text('config.json').replace(/(127\.0\.0\.\d):5050/g, `$1:${master}`);
  let upstream: string | undefined;
  if (config.includes('"zoneResolvers"')) {
    upstream = text('upstream.json');
    for (const [address] of upstream.matchAll(/127\.0\.0\.6\d:53\d\d/g)) {
      if (!ports.has(address)) ports.set(address, `127.0.0.1:${await freePort()}`);
    }
    for (const [from, to] of ports) {
      config = config.replaceAll(from, to);
      upstream = upstream.replaceAll(from, to);
    }
    writeFileSync(join(directory, 'upstream.json'), upstream);
  }
  const settings = JSON.parse(config) as object;
  writeFileSync(join(directory, 'config.json'), JSON.stringify({ ...settings, quirks: false, workers: 0 }));
  const inPlace = (content: string): string =>
    content
      .replace(/(127\.0\.0\.\d):5050/g, `$1:${master}`)
      .replace(/(IN SRV 0 \d+ )5050( leader\.)/g, `$1${master}$2`)
      .replace(/(leader\.[a-z.]*:)5050/g, `$1${master}`)
      .replace(/("port":\s*")5050"/g, `$1${master}"`);
  for (const name of ['state.json', 'dns.json', 'http.json']) {
    writeFileSync(join(directory, name), inPlace(text(name)));
  }
  return directory;
}

/** Asks our own mode, with the configuration of a recorded scenario, everything that was recorded: how many answers are the same, and which are not. */
export async function compareOwnMode(
  t: Test,
  shared: { readonly golden: string; readonly compare: string },
  scenario: string,
): Promise<{ readonly matched: number; readonly differences: readonly Difference[] }> {
  const directory = await moved(t, join(shared.golden, 'open', scenario));
  const others = spawn(process.execPath, [join(shared.golden, 'serve.mjs'), directory], { stdio: 'ignore' });
  const over = new Promise((resolve) => others.once('exit', resolve));
  t.teardown(async () => {
    others.kill('SIGKILL');
    await over;
  });
  const options = dnsOptionsOf(readConfig(join(directory, 'config.json')));
  const ports = { dns: await freePort(), http: await freePort() };
  const handle = await startDns(
    { ...options, dnsPort: ports.dns, dnsHttpPort: ports.http },
    { logger: silentLogger, fatal: (error) => t.error(error) },
  );
  t.teardown(() => handle.stop('self'));
  const base = `http://127.0.0.1:${ports.http}`;
  await waitFor('the first state', async () => (await fetch(`${base}/health`)).status === 200);

  const report = join(directory, 'differences.json');
  const words = [shared.compare, `127.0.0.1:${ports.dns}`, base, directory, '--strict-case', '--json', report];
  const { stdout, stderr } = await runCommand(process.execPath, words, { timeoutMs: 280_000 });
  const matched = /(\d+) matched, \d+ differed\n$/.exec(stdout)?.[1];
  if (matched === undefined) throw new Error(`dns-compare did not come to its end: ${stderr}`);
  return { matched: Number(matched), differences: JSON.parse(readFileSync(report, 'utf8')) as Difference[] };
}
