import { median, percentile } from '../support/statistics.js';
import { table } from '../support/report.js';
import { dnsperf } from './dnsperf.js';
import type { QueryKind } from './queries.js';
import type { MeasuredServer } from './servers.js';

const columns = [
  ['p50 ms', 10],
  ['p99 ms', 10],
  ['max ms', 10],
  ['lost', 7],
] as const;

export interface Latency {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
  readonly lost: number;
}

/** How long answers take at a fixed rate. */
export async function latencyAt(
  rate: number,
  port: number,
  queries: string,
  { seconds, cores }: { readonly seconds: number; readonly cores: string },
): Promise<Latency> {
  const { latenciesMs, lost } = await dnsperf({ port, queries, seconds, cores, rate });
  return {
    p50: percentile(latenciesMs, 0.5),
    p99: percentile(latenciesMs, 0.99),
    max: latenciesMs.at(-1) ?? Number.NaN,
    lost,
  };
}

/** A table of latencies: what prints a line of the medians of several runs. */
export function latencyTable(title: string): (name: string, runs: readonly Latency[]) => Latency {
  const print = table(title, columns);
  return (name, runs) => {
    const middle = (value: (run: Latency) => number): number => median(runs.map(value));
    const latency = {
      p50: middle(({ p50 }) => p50),
      p99: middle(({ p99 }) => p99),
      max: middle(({ max }) => max),
      lost: runs.reduce((sum, { lost }) => sum + lost, 0),
    };
    print(name, latency.p50, latency.p99, latency.max, latency.lost);
    return latency;
  };
}

/** The servers in turns at the same rate; p99 in milliseconds by server, medians of `runs`. */
export async function measureLatencies(
  rate: number,
  servers: readonly MeasuredServer[],
  kinds: readonly QueryKind[],
  options: { readonly seconds: number; readonly runs: number; readonly cores: string },
): Promise<Map<string, number>> {
  const print = latencyTable(`At ${rate} queries a second`);
  const p99 = new Map<string, number>();
  for (const kind of kinds) {
    const measured = new Map<MeasuredServer, Latency[]>(servers.map((server) => [server, []]));
    for (let run = 0; run < options.runs; run++) {
      for (const [{ port }, runs] of measured) runs.push(await latencyAt(rate, port, kind.file, options));
    }
    for (const [{ name }, runs] of measured) {
      p99.set(`${name} ${kind.key}`, print(`${kind.name}: ${name}`, runs).p99);
    }
  }
  return p99;
}
