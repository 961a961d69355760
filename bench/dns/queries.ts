import { join } from 'node:path';
import { median } from '../support/statistics.js';
import { table } from '../support/report.js';
import { dnsperf, writeQueries } from './dnsperf.js';
import { bareName, nsdName } from './servers.js';
import type { MeasuredServer } from './servers.js';

/** One kind of queries: its file for dnsperf. */
export interface QueryKind {
  readonly key: string;
  readonly name: string;
  readonly file: string;
  readonly edns: boolean;
  /** Expected of ours, in microseconds per query. */
  readonly limitMicros: number;
}

export function queryFiles(
  directory: string,
  kinds: Readonly<Record<'a' | 'srv' | 'wide' | 'nx', string[]>>,
): QueryKind[] {
  const kind = (key: 'a' | 'srv' | 'wide' | 'nx', name: string, limitMicros: number, edns = false): QueryKind => ({
    key: edns ? `${key}-edns` : key,
    name: edns ? `${name}, EDNS` : name,
    file: writeQueries(join(directory, `${key}.txt`), kinds[key]),
    edns,
    limitMicros,
  });
  return [
    kind('a', 'A, one address', 9),
    kind('a', 'A, one address', 9, true),
    kind('srv', 'SRV, two targets', 9),
    kind('wide', 'SRV, 30 targets', 10),
    kind('nx', 'NXDOMAIN', 9),
  ];
}

interface Sample {
  readonly micros: number;
  readonly perSecond: number;
  readonly lost: number;
}

/** Processor time per answered query, while dnsperf asks for as much as is answered. */
async function sample(server: MeasuredServer, kind: QueryKind, seconds: number, cores: string): Promise<Sample> {
  const before = server.processorNs();
  const { port } = server;
  const { answered, lost, perSecond } = await dnsperf({ port, queries: kind.file, seconds, cores, edns: kind.edns });
  return { micros: (server.processorNs() - before) / 1000 / answered, perSecond, lost };
}

/**
 * Every server is asked every kind of query, in turns, so that a busy moment of the machine meets all of them; medians of `runs`.
 * Returns microseconds per query by server and kind.
 */
export async function measureQueries(
  title: string,
  servers: readonly MeasuredServer[],
  kinds: readonly QueryKind[],
  options: { readonly seconds: number; readonly runs: number; readonly cores: string },
): Promise<Map<string, number>> {
  const { seconds, runs, cores } = options;
  const micros = new Map<string, number>();
  const print = table(title, [
    ['µs/query', 10],
    ['answers/s', 11],
    ['to bare', 9],
    ['to nsd', 9],
    ['lost', 7],
  ]);
  for (const kind of kinds) {
    const samples = new Map<MeasuredServer, Sample[]>(servers.map((server) => [server, []]));
    for (const server of servers) await sample(server, kind, 1, cores);
    for (let run = 0; run < runs; run++) {
      for (const server of servers) samples.get(server)?.push(await sample(server, kind, seconds, cores));
    }
    const microsOf = (name: string): number => micros.get(`${name} ${kind.key}`) ?? Number.NaN;
    for (const [server, own] of samples) micros.set(`${server.name} ${kind.key}`, median(own.map((one) => one.micros)));
    for (const [{ name }, own] of samples) {
      print(
        `${kind.name}: ${name}`,
        microsOf(name),
        median(own.map((one) => one.perSecond)),
        microsOf(name) / microsOf(bareName),
        microsOf(name) / microsOf(nsdName),
        own.reduce((sum, { lost }) => sum + lost, 0),
      );
    }
  }
  return micros;
}
