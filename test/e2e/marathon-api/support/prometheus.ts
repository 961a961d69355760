import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Test } from 'tap';
import { killProcess } from '../../../support/kill.js';
import { freePort } from '../../../support/ports.js';
import { waitFor } from '../../../support/wait.js';
import { ask } from '../../support/http.js';

/** Whether Prometheus can be called; a reason to skip what needs it otherwise. */
export const withoutPrometheus: string | false =
  spawnSync('prometheus', ['--version'], { stdio: 'ignore' }).status === 0
    ? false
    : 'Prometheus is not installed (Debian: prometheus)';

type Labels = Readonly<Record<string, string>>;

/** A target as `GET /api/v1/targets` shows it, as far as the tests read it. */
export interface ScrapeTarget {
  readonly scrapeUrl: string;
  readonly health: 'up' | 'down' | 'unknown';
  readonly lastError: string;
  readonly labels: Labels;
  /** What service discovery said, before any relabelling. */
  readonly discoveredLabels: Labels;
}

/** One series of a query's answer. */
export interface Series {
  readonly metric: Labels;
  readonly value: number;
}

export interface Prometheus {
  /** The targets that are scraped now, those of one job, in the order of their URLs. */
  targets(job: string): Promise<ScrapeTarget[]>;
  /** What a PromQL expression is now. */
  query(expression: string): Promise<Series[]>;
}

async function read(port: number, path: string): Promise<unknown> {
  const { status, text } = await ask(port, path);
  if (status !== 200) throw new Error(`${path}: ${status} ${text}`);
  return (JSON.parse(text) as { data: unknown }).data;
}

/** Starts a Prometheus with these `scrape_configs`, asking every second, and waits until it answers. It ends with the test. */
export async function startPrometheus(t: Test, scrapeConfigs: readonly object[]): Promise<Prometheus> {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), 'ekiden-prometheus-')));
  const port = await freePort();
  // JSON is YAML, too
  writeFileSync(
    join(directory, 'prometheus.yml'),
    JSON.stringify({ global: { scrape_interval: '1s', scrape_timeout: '1s' }, scrape_configs: scrapeConfigs }),
  );
  const logPath = join(directory, 'log');
  const log = openSync(logPath, 'w');
  const child = spawn(
    'prometheus',
    [
      `--config.file=${join(directory, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(directory, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--log.level=warn',
    ],
    { cwd: directory, stdio: ['ignore', log, log] },
  );
  closeSync(log);
  t.teardown(async () => {
    if (child.exitCode === null && child.signalCode === null) {
      killProcess(child.pid);
      await once(child, 'exit');
    }
    if (!t.passing()) t.comment(readFileSync(logPath, 'utf8'));
    rmSync(directory, { recursive: true, force: true });
  });
  await waitFor(
    'Prometheus to serve',
    async () => {
      if (child.exitCode !== null) throw new Error(readFileSync(logPath, 'utf8'));
      return (await ask(port, '/-/ready')).status === 200;
    },
    { withinMs: 60_000, everyMs: 100 },
  );
  return {
    async targets(job) {
      const { activeTargets } = (await read(port, '/api/v1/targets?state=active')) as { activeTargets: ScrapeTarget[] };
      return activeTargets
        .filter(({ labels }) => labels['job'] === job)
        .sort((a, b) => (a.scrapeUrl < b.scrapeUrl ? -1 : 1));
    },
    async query(expression) {
      const { result } = (await read(port, `/api/v1/query?query=${encodeURIComponent(expression)}`)) as {
        result: { metric: Labels; value: [number, string] }[];
      };
      return result.map(({ metric, value: [, text] }) => ({ metric, value: Number(text) }));
    },
  };
}
