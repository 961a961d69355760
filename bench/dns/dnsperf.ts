import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { promisify } from 'node:util';

const run = promisify(execFile);
/** With `-v` there is a line for each query. */
const maxOutputBytes = 256 << 20;
/** So long may dnsperf take besides the time of its run: it waits 5 s for the last answers. */
const extraMs = 30_000;

/** What one run of dnsperf says. */
export interface Load {
  readonly answered: number;
  readonly lost: number;
  readonly perSecond: number;
  /** Shares of the rcodes, as dnsperf prints them: `NOERROR 1200 (100.00%)`. */
  readonly rcodes: string;
  /** Of every query, in milliseconds, sorted; empty unless it was asked for. */
  readonly latenciesMs: readonly number[];
}

export interface LoadOptions {
  readonly port: number;
  /** Lines `name type`. */
  readonly queries: string;
  readonly seconds: number;
  /** Processors that dnsperf may run on, as `taskset -c` takes them. */
  readonly cores: string;
  /** Queries per second; undefined: as many as are answered. */
  readonly rate?: number;
  /** With an OPT record in each query. */
  readonly edns?: boolean;
}

/** Whether a program is there: one that is started and says anything, whatever. */
export async function isInstalled(program: string, ...args: readonly string[]): Promise<boolean> {
  try {
    await run(program, args);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ENOENT';
  }
}

/** Writes queries to a file for dnsperf, which goes through them again and again. */
export function writeQueries(path: string, queries: readonly string[]): string {
  writeFileSync(path, `${queries.join('\n')}\n`);
  return path;
}

/** Lets dnsperf send queries over UDP, 100 of them under way at most. */
export async function dnsperf(options: LoadOptions): Promise<Load> {
  const { port, queries, seconds, cores, rate, edns = false } = options;
  const args = ['-s', '127.0.0.1', '-p', `${port}`, '-d', queries, '-l', `${seconds}`, '-c', '8', '-T', '1', '-t', '2'];
  if (edns) args.push('-e');
  if (rate !== undefined) args.push('-Q', `${rate}`, '-v');
  const { stdout } = await run('taskset', ['-c', cores, 'dnsperf', ...args], {
    maxBuffer: maxOutputBytes,
    timeout: seconds * 1000 + extraMs,
  });
  const number = (what: RegExp): number => Number(what.exec(stdout)?.[1] ?? Number.NaN);
  const latenciesMs = [...stdout.matchAll(/^> \w+ \S+ \w+ (\d+\.\d+)$/gm)].map(([, text]) => Number(text) * 1000);
  return {
    answered: number(/Queries completed:\s+(\d+)/),
    lost: number(/Queries lost:\s+(\d+)/),
    perSecond: number(/Queries per second:\s+([\d.]+)/),
    rcodes: /Response codes:\s+(.*)/.exec(stdout)?.[1]?.trim() ?? '',
    latenciesMs: latenciesMs.sort((a, b) => a - b),
  };
}
